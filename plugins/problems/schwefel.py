"""Schwefel's function: the best valley lies in a far corner."""

from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class Schwefel(LandscapeND):
    """Deceptive: the deepest valley lies in a far corner, the next best at the other end.

        f(x) = 418.9829 D − Σ xᵢ sin √|xᵢ|,    minimum 0 at xᵢ = 420.9687

    Outside the box it falls without end, so runs stop at its walls unless told otherwise.

    Source: Schwefel, "Numerical Optimization of Computer Models", Wiley, 1981, problem 2.26.
    """

    name, title = "schwefel", "Schwefel"
    domain = ((-500.0, 500.0), (-500.0, 500.0))
    at = (330.0, -90.0)
    outside = "clip"
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((420.96874635998203,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        roots = [np.sqrt(abs(p)) for p in x]
        waves = [np.sin(r) for r in roots]
        f = 418.9828872724337 * len(x) - sum(p * w for p, w in zip(x, waves, strict=True))
        return f, *(-w - 0.5 * r * np.cos(r) for w, r in zip(waves, roots, strict=True))


@hookimpl
def register_problems() -> list[type]:
    return [Schwefel]
