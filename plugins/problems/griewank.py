"""Griewank's function: a wide bowl with small ripples."""

from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class Griewank(LandscapeND):
    """A wide, shallow bowl under ripples: from afar a sphere, from near an egg box.

        f(x) = 1 + Σ xᵢ² / 4000 − Π cos(xᵢ / √i),    minimum 0 at 0

    The more dimensions, the smaller the ripples: more is easier here.

    Source: Griewank, "Generalized Descent for Global Optimization", Journal of Optimization Theory and Applications 34
    (1981), 11–39, DOI 10.1007/BF00933356.
    """

    name, title = "griewank", "Griewank"
    domain = ((-600.0, 600.0), (-600.0, 600.0))
    view = ((-14.0, 14.0), (-14.0, 14.0))
    at = (10.5, -9.0)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        shares = [1 / np.sqrt(k) for k in range(1, len(x) + 1)]
        angles = [s * p for s, p in zip(shares, x, strict=True)]
        waves = [np.cos(angle) for angle in angles]
        before = list(accumulate(waves, mul, initial=1.0))
        after = list(accumulate(reversed(waves), mul, initial=1.0))[-2::-1]  # so that no wave divides: it may be 0
        f = 1 + sum(p * p for p in x) / 4000 - before[-1]
        slopes = [s * np.sin(a) * b * c for s, a, b, c in zip(shares, angles, before, after, strict=False)]
        return f, *(p / 2000 + slope for p, slope in zip(x, slopes, strict=True))


@hookimpl
def register_problems() -> list[type]:
    return [Griewank]
