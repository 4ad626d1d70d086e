"""The sphere: the easiest landscape there is."""

from typing import Any

from optlab.api import LandscapeND, hookimpl


class Sphere(LandscapeND):
    """A round bowl: every gradient points away from the minimum.

        f(x) = Σ xᵢ²,    minimum 0 at 0

    Gradient descent reaches the minimum in one step of lr = ½. Whoever is slow here is slow by its own rule.

    Source: De Jong, "An Analysis of the Behavior of a Class of Genetic Adaptive Systems", PhD thesis, University of
    Michigan, 1975, function F1.
    """

    name = "sphere"
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    at = (3.0, -4.0)
    kind = ("convex",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        return sum(p * p for p in x), *(2 * p for p in x)


@hookimpl
def register_problems() -> list[type]:
    return [Sphere]
