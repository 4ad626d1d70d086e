"""Powell's singular function: four dimensions and no curvature at the minimum."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Powell(Landscape):
    """Four dimensions, of which two have no curvature left at the minimum.

        f(x) = (x₁ + 10 x₂)² + 5 (x₃ − x₄)² + (x₂ − 2 x₃)⁴ + 10 (x₁ − x₄)⁴,    minimum 0 at (0, 0, 0, 0)

    The Hessian is singular there: Newton's method converges at a constant ratio only, and others crawl.

    Source: Powell, "An Iterative Method for Finding Stationary Values of a Function of Several Variables", The Computer
    Journal 5 (1962), 147–151, DOI 10.1093/comjnl/5.2.147, with the start (3, −1, 0, 1).
    """

    name, title = "powell", "Powell"
    domain = ((-4.0, 5.0), (-4.0, 5.0), (-4.0, 5.0), (-4.0, 5.0))
    at = (3.0, -1.0, 0.0, 1.0)
    kind = ("convex", "plateau")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0, 0.0, 0.0),)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        s, d, u, w = x[0] + 10 * x[1], x[2] - x[3], x[1] - 2 * x[2], x[0] - x[3]
        cube, steep = 4 * u * u * u, 40 * w * w * w
        f = s * s + 5 * d * d + 0.25 * (u * cube + w * steep)
        return f, 2 * s + steep, 20 * s + cube, 10 * d - 2 * cube, -10 * d - steep


@hookimpl
def register_problems() -> list[type]:
    return [Powell]
