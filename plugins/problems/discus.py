"""The discus: one steep direction, all others easy."""

from typing import Any

from optlab.api import LandscapeND, hookimpl, real


class Discus(LandscapeND):
    """A groove: one steep direction, all others flat.

        f(x) = κ x₁² + Σ xᵢ² (i ≥ 2),    minimum 0 at 0

    One single coordinate sets the largest stable learning rate of them all. With two dimensions it is the cigar on its
    side.

    Source: Hansen, Finck, Ros & Auger, "Real-Parameter Black-Box Optimization Benchmarking 2009: Noiseless Functions
    Definitions", INRIA Research Report RR-6829, 2009, function f11, without its rotation and oscillation.
    """

    name = "discus"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    at = (1.0, -4.0)
    kind = ("convex", "valley")

    condition: float = real(
        1e6, 1.0, 1e8, log=True, label="condition number", doc="κ: curvature of the steep direction"
    )

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        first, *others = x
        steep = self.condition * first
        return steep * first + sum(p * p for p in others), 2 * steep, *(2 * p for p in others)


@hookimpl
def register_problems() -> list[type]:
    return [Discus]
