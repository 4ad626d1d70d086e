"""The function of Goldstein and Price: six decades in a small square."""

from typing import Any

from optlab.api import Landscape, hookimpl


class GoldsteinPrice(Landscape):
    """Six decades of height in a small square, with three false valleys.

        f(x, y) = (1 + (x + y + 1)² (19 − 14 x + 3 x² − 14 y + 6 x y + 3 y²))
                · (30 + (2 x − 3 y)² (18 − 32 x + 12 x² + 48 y − 36 x y + 27 y²)),    minimum 3 at (0, −1)

    Gradients of 10⁵ lie beside some of 1: a rate that is stable is slow, unless the gradient is clipped or scaled.

    Source: Goldstein & Price, "On Descent from Local Minima", Mathematics of Computation 25 (1971), 569–574,
    DOI 10.1090/S0025-5718-1971-0312365-X.
    """

    name, title = "goldstein_price", "Goldstein–Price"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    at = (-1.2, 0.8)
    kind = ("multi-modal", "valley")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, -1.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        s, r = x + y + 1, 2 * x - 3 * y
        p = 19 - 14 * (x + y) + 3 * (x + y) * (x + y)
        q = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y
        left, right = 1 + s * s * p, 30 + r * r * q
        turn = s * (2 * p + s * (6 * (x + y) - 14))  # ∂left/∂x and ∂left/∂y
        by_x = turn * right + left * r * (4 * q + r * (24 * x - 36 * y - 32))
        by_y = turn * right + left * r * (r * (54 * y - 36 * x + 48) - 6 * q)
        return left * right, by_x, by_y


@hookimpl
def register_problems() -> list[type]:
    return [GoldsteinPrice]
