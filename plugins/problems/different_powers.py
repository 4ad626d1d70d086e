"""Different powers: a bowl whose floor gets ever flatter."""

from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class DifferentPowers(LandscapeND):
    """A bowl whose floor flattens: the nearer the minimum, the worse the condition.

        f(x) = Σ |xᵢ|^pᵢ,    pᵢ = 2 + 4 (i − 1) / (D − 1),    minimum 0 at 0

    Where p > 2 the curvature vanishes at the minimum, and no constant rate is the right one for long.

    Source: Hansen, Finck, Ros & Auger, "Real-Parameter Black-Box Optimization Benchmarking 2009: Noiseless Functions
    Definitions", INRIA Research Report RR-6829, 2009, function f14, there rotated and under a square root.
    """

    name = "different_powers"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    view = ((-2.5, 2.5), (-2.0, 2.0))
    at = (-2.0, 1.5)
    kind = ("convex", "plateau")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        powers = [2 + 4 * k / (len(x) - 1) for k in range(len(x))]
        rest = [abs(p) ** (n - 1) for p, n in zip(x, powers, strict=True)]
        slopes = [n * r * np.sign(p) for p, n, r in zip(x, powers, rest, strict=True)]
        return sum(r * abs(p) for p, r in zip(x, rest, strict=True)), *slopes


@hookimpl
def register_problems() -> list[type]:
    return [DifferentPowers]
