"""Salomon's function: rings on a cone."""

from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class Salomon(LandscapeND):
    """Rings on a cone: only the radius counts, and every ring is a trap.

        f(x) = 1 − cos 2πr + 0.1 r,    r = √(Σ xᵢ²),    minimum 0 at 0

    It looks the same however it is turned. At the tip the slope is 0.1 all round; there it is taken as 0.

    Source: Salomon, "Re-evaluating Genetic Algorithm Performance under Coordinate Rotation of Benchmark Functions",
    BioSystems 39 (1996), 263–278, DOI 10.1016/0303-2647(96)01621-8.
    """

    name, title = "salomon", "Salomon"
    domain = ((-100.0, 100.0), (-100.0, 100.0))
    view = ((-3.5, 3.5), (-3.5, 3.5))
    at = (2.2, 1.6)
    kind = ("multi-modal", "non-smooth")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        r = np.sqrt(sum(p * p for p in x))
        slope = (2 * np.pi * np.sin(2 * np.pi * r) + 0.1) / (r + (r == 0))
        return 2 * np.sin(np.pi * r) ** 2 + 0.1 * r, *(p * slope for p in x)


@hookimpl
def register_problems() -> list[type]:
    return [Salomon]
