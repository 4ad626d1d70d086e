"""The camel with three humps."""

from typing import Any

from optlab.api import Landscape, hookimpl


class ThreeHumpCamel(Landscape):
    """Three valleys in a row, the middle one a little deeper.

        f(x, y) = 2 x² − 1.05 x⁴ + x⁶ / 6 + x y + y²,    minimum 0 at (0, 0)

    The two others lie near (1.75, −0.87) and (−1.75, 0.87), at 0.30.

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Camel function, three hump; after Branin, 1972.
    """

    name, title = "three_hump_camel", "three-hump camel"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    view = ((-2.5, 2.5), (-2.0, 2.0))
    at = (-2.2, 1.5)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        square = x * x
        f = square * (2 + square * (square / 6 - 1.05)) + y * (x + y)
        return f, x * (4 + square * (square - 4.2)) + y, x + 2 * y


@hookimpl
def register_problems() -> list[type]:
    return [ThreeHumpCamel]
