"""Rosenbrock's banana: a curved valley."""

from itertools import pairwise
from typing import Any

from optlab.api import LandscapeND, hookimpl, real


class Rosenbrock(LandscapeND):
    """A curved valley: easy to enter, slow to follow.

        f(x) = Σ (xᵢ − a)² + b (xᵢ₊₁ − xᵢ²)² (i < D),    minimum 0 at (a, a²); for a = 1 at (1, …, 1)

    The floor of the valley bends and hardly falls, while its walls are b times steeper. From four to seven dimensions
    there is a second, local minimum near (−1, 1, …, 1).

    Source: Rosenbrock, "An Automatic Method for Finding the Greatest or Least Value of a Function", The Computer
    Journal 3 (1960), 175–184, DOI 10.1093/comjnl/3.3.175, with b = 100 and the start (−1.2, 1).
    """

    name, title = "rosenbrock", "Rosenbrock"
    domain = ((-2.0, 2.0), (-1.0, 3.0))
    at = (-1.2, 1.0)
    kind = ("valley",)

    a: float = real(1.0, 0.1, 1.5, doc="x of the minimum")
    b: float = real(100.0, 1.0, 1000.0, log=True, doc="steepness of the walls")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        if self.dim == 2:
            return ((self.a, self.a * self.a),)
        return ((1.0,) * self.dim,) if self.a == 1.0 else ()

    def terms(self, *x: Any) -> tuple[Any, ...]:
        if len(x) == 2:
            return self._plane(*x)
        f, slopes = 0.0, [0.0]
        for p, q in pairwise(x):
            value, by_p, by_q = self._plane(p, q)
            f = f + value
            slopes[-1] = slopes[-1] + by_p
            slopes.append(by_q)
        return f, *slopes

    def _plane(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w = x - self.a, y - x * x
        slope = self.b * w
        return u * u + slope * w, 2 * u - 4 * x * slope, 2 * slope


@hookimpl
def register_problems() -> list[type]:
    return [Rosenbrock]
