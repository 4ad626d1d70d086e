"""The cigar: one easy direction, all others steep."""

from typing import Any

from optlab.api import LandscapeND, hookimpl, real


class Cigar(LandscapeND):
    """A narrow valley: one flat direction, all others steep.

        f(x) = x₁² + κ Σ xᵢ² (i ≥ 2),    minimum 0 at 0

    With κ = 10⁶ gradient descent stands still along x₁ before it diverges along the others.

    Source: Hansen & Ostermeier, "Completely Derandomized Self-Adaptation in Evolution Strategies", Evolutionary
    Computation 9 (2001), 159–195, DOI 10.1162/106365601750190398, function f_cigar.
    """

    name = "cigar"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    at = (-4.0, 1.0)
    kind = ("convex", "valley")

    condition: float = real(
        1e6, 1.0, 1e8, log=True, label="condition number", doc="κ: curvature of the steep directions"
    )

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        first, *others = x
        steep = [self.condition * p for p in others]
        f = first * first + sum(s * p for s, p in zip(steep, others, strict=True))
        return f, 2 * first, *(2 * s for s in steep)


@hookimpl
def register_problems() -> list[type]:
    return [Cigar]
