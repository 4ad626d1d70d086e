"""Schaffer's function N. 2: waves along hyperbolas."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class SchafferN2(Landscape):
    """Waves along hyperbolas, shorter and shorter outwards: a plain of noise, and one pit.

        f(x, y) = ½ + (sin²(x² − y²) − ½) / (1 + 0.001 (x² + y²))²,    minimum 0 at (0, 0)

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Schaffer functions.
    """

    name, title = "schaffer_n2", "Schaffer N. 2"
    domain = ((-100.0, 100.0), (-100.0, 100.0))
    view = ((-4.0, 4.0), (-4.0, 4.0))
    at = (2.6, 1.2)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, t = (x - y) * (x + y), 0.001 * (x * x + y * y)
        wave, base = np.sin(u) ** 2, (1 + t) * (1 + t)
        turn, fade = 2 * np.sin(2 * u) / base, 0.004 * (0.5 - wave) / (base * (1 + t))
        return (wave + 0.5 * t * (2 + t)) / base, x * (fade + turn), y * (fade - turn)


@hookimpl
def register_problems() -> list[type]:
    return [SchafferN2]
