"""A ravine: the quadratic on which every theory of convergence is made."""

from typing import Any

from optlab.api import Landscape, hookimpl, real


class Ravine(Landscape):
    """A long valley with steep walls.

        f(x, y) = ½ (x² + κ y²),    minimum 0 at (0, 0)

    κ is the condition number. Gradient descent is stable only for lr < 2 / κ, the limit that y sets, and then crawls
    along x; for lr above 1 / κ it zigzags across the valley.

    Source: Goh, "Why Momentum Really Works", Distill, 2017, DOI 10.23915/distill.00006; the rates are of Polyak, "Some
    methods of speeding up the convergence of iteration methods", USSR Computational Mathematics and Mathematical
    Physics 4 (1964), 1–17, DOI 10.1016/0041-5553(64)90137-5.
    """

    name = "ravine"
    domain = ((-10.0, 4.0), (-4.0, 4.0))
    at = (-9.0, 2.0)
    kind = ("convex", "valley")

    condition: float = real(100.0, 1.0, 1e4, log=True, label="condition number", doc="κ: curvature of y over that of x")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        steep = self.condition * y
        return 0.5 * (x * x + steep * y), x, steep


@hookimpl
def register_problems() -> list[type]:
    return [Ravine]
