"""Booth's function: two linear equations as a bowl."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Booth(Landscape):
    """Two linear equations in two unknowns, solved by least squares.

        f(x, y) = (x + 2 y − 7)² + (2 x + y − 5)²,    minimum 0 at (1, 3)

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Booth function.
    """

    name, title = "booth", "Booth"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    at = (-8.0, -6.0)
    kind = ("convex",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((1.0, 3.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w = x + 2 * y - 7, 2 * x + y - 5
        return u * u + w * w, 2 * u + 4 * w, 4 * u + 2 * w


@hookimpl
def register_problems() -> list[type]:
    return [Booth]
