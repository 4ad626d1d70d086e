"""An ellipsoid whose axes are not those of the coordinates."""

import math
from typing import Any

from optlab.api import LandscapeND, hookimpl, real


class RotatedEllipsoid(LandscapeND):
    """A stretched bowl, turned: a rate for each coordinate no longer helps.

        f(x) = Σ wᵢ yᵢ²,    y = R x,    wᵢ = κ^((i − 1) / (D − 1)),    minimum 0 at 0

    R turns the planes (1, 2), (2, 3), … one after another by the same angle. Compare with `ellipse`: momentum does not
    care, Adam and its kin do.

    Source: Hansen, Finck, Ros & Auger, "Real-Parameter Black-Box Optimization Benchmarking 2009: Noiseless Functions
    Definitions", INRIA Research Report RR-6829, 2009, function f10; there R is drawn at random.
    """

    name = "rotated_ellipsoid"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    at = (-4.0, 1.5)
    kind = ("convex", "valley")

    condition: float = real(1000.0, 1.0, 1e8, log=True, label="condition number", doc="κ: largest over least curvature")
    angle: float = real(30.0, -180.0, 180.0, unit="°", doc="by which each plane of two neighbours is turned")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        y, last = list(x), len(x) - 1
        for k in range(last):
            y[k], y[k + 1] = c * y[k] - s * y[k + 1], s * y[k] + c * y[k + 1]
        g = [self.condition ** (k / last) * p for k, p in enumerate(y)]
        f = sum(w * p for w, p in zip(g, y, strict=True))
        for k in reversed(range(last)):  # Rᵀ: the same turns back
            g[k], g[k + 1] = c * g[k] + s * g[k + 1], c * g[k + 1] - s * g[k]
        return f, *(2 * w for w in g)


@hookimpl
def register_problems() -> list[type]:
    return [RotatedEllipsoid]
