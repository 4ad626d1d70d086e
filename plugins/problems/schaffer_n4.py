"""Schaffer's function N. 4: four minima beside the middle."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class SchafferN4(Landscape):
    """Waves along hyperbolas, with four equal minima around a middle that is none.

        f(x, y) = ½ + (cos²(sin |x² − y²|) − ½) / (1 + 0.001 (x² + y²))²

        minimum 0.29258 at (0, ±1.25313) and (±1.25313, 0)

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Schaffer functions.
    """

    name, title = "schaffer_n4", "Schaffer N. 4"
    domain = ((-100.0, 100.0), (-100.0, 100.0))
    view = ((-4.0, 4.0), (-4.0, 4.0))
    at = (2.6, 1.2)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        a = 1.2531318314637332
        return (0.0, a), (0.0, -a), (a, 0.0), (-a, 0.0)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, t = (x - y) * (x + y), 0.001 * (x * x + y * y)  # |u| or u, the cosine is even
        sine, base = np.sin(u), (1 + t) * (1 + t)
        wave = np.cos(sine) ** 2 - 0.5
        turn, fade = -2 * np.sin(2 * sine) * np.cos(u) / base, -0.004 * wave / (base * (1 + t))
        return 0.5 + wave / base, x * (fade + turn), y * (fade - turn)


@hookimpl
def register_problems() -> list[type]:
    return [SchafferN4]
