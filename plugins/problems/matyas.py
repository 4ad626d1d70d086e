"""Matyas' function: a long bowl on the diagonal."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Matyas(Landscape):
    """A bowl along the diagonal, twenty-five times longer than wide in curvature.

        f(x, y) = 0.26 (x² + y²) − 0.48 x y,    minimum 0 at (0, 0)

    Both coordinates have the same curvature, so that rates by coordinate have nothing to go by.

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Matyas function.
    """

    name, title = "matyas", "Matyas"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    at = (-9.0, -3.0)
    kind = ("convex", "valley")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return 0.26 * (x * x + y * y) - 0.48 * x * y, 0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x


@hookimpl
def register_problems() -> list[type]:
    return [Matyas]
