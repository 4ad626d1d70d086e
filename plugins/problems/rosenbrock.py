"""Rosenbrock's banana: a curved valley."""

from typing import Any

from optlab.api import Landscape, hookimpl, real


class Rosenbrock(Landscape):
    """A curved valley: easy to enter, slow to follow.

        f(x, y) = (x − a)² + b (y − x²)²,    minimum 0 at (a, a²)

    The floor of the valley bends and hardly falls, while its walls are b times steeper.

    Source: Rosenbrock, "An Automatic Method for Finding the Greatest or Least Value of a Function", The Computer
    Journal 3 (1960), 175–184, DOI 10.1093/comjnl/3.3.175, with b = 100 and the start (−1.2, 1).
    """

    name, title = "rosenbrock", "Rosenbrock"
    domain = ((-2.0, 2.0), (-1.0, 3.0))
    at = (-1.2, 1.0)

    a: float = real(1.0, 0.1, 1.5, doc="x of the minimum")
    b: float = real(100.0, 1.0, 1000.0, log=True, doc="steepness of the walls")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((self.a, self.a * self.a),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w = x - self.a, y - x * x
        slope = self.b * w
        return u * u + slope * w, 2 * u - 4 * x * slope, 2 * slope


@hookimpl
def register_problems() -> list[type]:
    return [Rosenbrock]
