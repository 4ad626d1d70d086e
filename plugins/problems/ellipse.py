"""An ellipsoid along the axes: the condition number, and nothing else."""

from typing import Any

from optlab.api import LandscapeND, hookimpl, real


class Ellipse(LandscapeND):
    """A bowl that is stretched along the axes.

        f(x) = Σ wᵢ xᵢ²,    wᵢ = κ^((i − 1) / (D − 1)),    minimum 0 at 0

    Methods with a rate for each coordinate see a sphere here; turned by an angle, as `rotated_ellipsoid`, they no
    longer do.

    Source: Hansen & Ostermeier, "Completely Derandomized Self-Adaptation in Evolution Strategies", Evolutionary
    Computation 9 (2001), 159–195, DOI 10.1162/106365601750190398, function f_elli.
    """

    name = "ellipse"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    at = (-4.0, 1.0)
    kind = ("convex", "valley")

    condition: float = real(1000.0, 1.0, 1e8, log=True, label="condition number", doc="κ: largest over least curvature")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        last = len(x) - 1
        weighted = [self.condition ** (k / last) * p for k, p in enumerate(x)]
        return sum(w * p for w, p in zip(weighted, x, strict=True)), *(2 * w for w in weighted)


@hookimpl
def register_problems() -> list[type]:
    return [Ellipse]
