"""Michalewicz's function: narrow canyons that cross."""

from typing import Any, ClassVar

import numpy as np

from optlab.api import LandscapeND, hookimpl, integer


class Michalewicz(LandscapeND):
    """Narrow canyons in a plain: only where all of them cross is it deepest.

        f(x) = −Σ sin xᵢ sin²ᵐ(i xᵢ² / π),    minimum −1.8013 at (2.2029, 1.5708) for two dimensions, m = 10

    The larger m, the narrower the canyons and the flatter what lies between. Outside the box there are deeper ones, so
    runs stop at its walls unless told otherwise.

    Source: Michalewicz, "Genetic Algorithms + Data Structures = Evolution Programs", Springer, 1992.
    """

    name, title = "michalewicz", "Michalewicz"
    domain = ((0.0, 3.141592653589793), (0.0, 3.141592653589793))
    at = (1.9, 1.2)
    outside = "clip"
    kind = ("multi-modal", "plateau")
    lowest: ClassVar[tuple[float, ...]] = (
        2.2029055201726093, 1.5707963267948966, 1.2849915705529245, 1.9230584698663629, 1.7204697725658413,
        1.5707963267948966, 1.454413971362379, 1.7560865209450263, 1.6557174168210291, 1.5707963267948966,
    )  # fmt: skip

    m: int = integer(10, 1, 20, doc="how narrow the canyons are")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return (self.lowest[: self.dim],) if self.m == 10 and self.dim <= 10 else ()

    def terms(self, *x: Any) -> tuple[Any, ...]:
        steps = [k * p / np.pi for k, p in enumerate(x, 1)]  # half the slope of the angle
        angles = [s * p for s, p in zip(steps, x, strict=True)]
        heights, sines = [np.sin(p) for p in x], [np.sin(angle) for angle in angles]
        rests = [s ** (2 * self.m - 1) for s in sines]
        f = -sum(h * r * s for h, r, s in zip(heights, rests, sines, strict=True))
        return f, *(
            -r * (np.cos(p) * s + 4 * self.m * h * np.cos(a) * k)
            for p, h, s, r, a, k in zip(x, heights, sines, rests, angles, steps, strict=True)
        )


@hookimpl
def register_problems() -> list[type]:
    return [Michalewicz]
