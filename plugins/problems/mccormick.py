"""McCormick's function: a wavy valley."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class McCormick(Landscape):
    """A valley along the diagonal whose floor waves and falls.

        f(x, y) = sin(x + y) + (x − y)² − 1.5 x + 2.5 y + 1,    minimum −1.9132 at (½ − π/3, −½ − π/3)

    The waves go on outside the box, each lower than the one before.

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, McCormick function.
    """

    name, title = "mccormick", "McCormick"
    domain = ((-1.5, 4.0), (-3.0, 4.0))
    at = (1.0, 3.5)
    kind = ("multi-modal", "valley")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.5 - np.pi / 3, -0.5 - np.pi / 3),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        s, d, slope = x + y, x - y, np.cos(x + y)
        return np.sin(s) + d * d - 1.5 * x + 2.5 * y + 1, slope + 2 * d - 1.5, slope - 2 * d + 2.5


@hookimpl
def register_problems() -> list[type]:
    return [McCormick]
