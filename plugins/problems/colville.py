"""Colville's function: two bananas, tied together, in four dimensions."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Colville(Landscape):
    """Two curved valleys in four dimensions, tied to each other.

        f(x) = 100 (x₁² − x₂)² + (x₁ − 1)² + 90 (x₃² − x₄)² + (x₃ − 1)²
             + 10.1 ((x₂ − 1)² + (x₄ − 1)²) + 19.8 (x₂ − 1) (x₄ − 1),    minimum 0 at (1, 1, 1, 1)

    Near (−1, 1, −1, 1) there is a saddle, where many runs rest for long. Also known as Wood's function.

    Source: Colville, "A Comparative Study on Nonlinear Programming Codes", IBM New York Scientific Center Report
    320-2949, 1968; the start (−3, −1, −3, −1) is that of Moré, Garbow & Hillstrom, "Testing Unconstrained Optimization
    Software", ACM Transactions on Mathematical Software 7 (1981), 17–41, DOI 10.1145/355934.355936, function 14.
    """

    name, title = "colville", "Colville"
    domain = ((-10.0, 10.0), (-10.0, 10.0), (-10.0, 10.0), (-10.0, 10.0))
    at = (-3.0, -1.0, -3.0, -1.0)
    kind = ("valley", "saddle")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((1.0, 1.0, 1.0, 1.0),)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        a, b, c, d = (p - 1 for p in x)
        u, w = x[0] * x[0] - x[1], x[2] * x[2] - x[3]
        f = 100 * u * u + a * a + 90 * w * w + c * c + 10.1 * (b * b + d * d) + 19.8 * b * d
        return (
            f, 400 * x[0] * u + 2 * a, 20.2 * b + 19.8 * d - 200 * u,
            360 * x[2] * w + 2 * c, 20.2 * d + 19.8 * b - 180 * w,
        )  # fmt: skip


@hookimpl
def register_problems() -> list[type]:
    return [Colville]
