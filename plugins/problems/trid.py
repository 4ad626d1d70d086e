"""Trid: a chain of neighbours."""

from itertools import pairwise
from typing import Any

from optlab.api import LandscapeND, hookimpl


class Trid(LandscapeND):
    """A chain: each coordinate pulls its neighbours along.

        f(x) = Σ (xᵢ − 1)² − Σ xᵢ xᵢ₋₁,    minimum −D (D + 4) (D − 1) / 6 at xᵢ = i (D + 1 − i)

    The minimum moves far away as dimensions are added, and news of it passes along the chain step by step.

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Trid functions.
    """

    name, title = "trid", "Trid"
    domain = ((-4.0, 4.0), (-4.0, 4.0))
    at = (-3.0, 1.0)
    kind = ("convex",)

    def box(self) -> tuple[tuple[float, float], ...]:
        return ((-float(self.dim**2), float(self.dim**2)),) * self.dim

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return (tuple(float(k * (self.dim + 1 - k)) for k in range(1, self.dim + 1)),)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        f = sum((p - 1) * (p - 1) for p in x) - sum(p * q for p, q in pairwise(x))
        chain = (0.0, *x, 0.0)
        return f, *(2 * (p - 1) - before - after for before, p, after in zip(chain, x, chain[2:], strict=False))


@hookimpl
def register_problems() -> list[type]:
    return [Trid]
