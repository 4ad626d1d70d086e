"""Beale's function: flat ground between high corners."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Beale(Landscape):
    """Flat ground that ends in steep corners, with a bent valley to the minimum.

        f(x, y) = (1.5 − x + x y)² + (2.25 − x + x y²)² + (2.625 − x + x y³)²,    minimum 0 at (3, 0.5)

    In the corners f is ten thousand times that of the flat ground: a rate fit for the one diverges in the other.

    Source: Moré, Garbow & Hillstrom, "Testing Unconstrained Optimization Software", ACM Transactions on Mathematical
    Software 7 (1981), 17–41, DOI 10.1145/355934.355936, function 5, with the start (1, 1); after Beale, 1958.
    """

    name, title = "beale", "Beale"
    domain = ((-4.5, 4.5), (-4.5, 4.5))
    at = (1.0, 1.0)
    kind = ("valley", "plateau")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((3.0, 0.5),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        square = y * y
        p, q, r = y - 1, square - 1, square * y - 1
        u, v, w = 1.5 + x * p, 2.25 + x * q, 2.625 + x * r
        by_x = 2 * (u * p + v * q + w * r)
        by_y = 2 * x * (u + 2 * y * v + 3 * square * w)
        return u * u + v * v + w * w, by_x, by_y


@hookimpl
def register_problems() -> list[type]:
    return [Beale]
