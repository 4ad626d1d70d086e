"""Levy's function: ripples across a bowl."""

from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class Levy(LandscapeND):
    """A bowl crossed by waves, whose valleys run side by side.

        f(x) = sin² πw₁ + Σ (wᵢ − 1)² (1 + 10 sin²(πwᵢ + 1)) (i < D) + (w_D − 1)² (1 + sin² 2πw_D)

        w = 1 + (x − 1) / 4,    minimum 0 at (1, …, 1)

    Source: Levy & Montalvo, "The Tunneling Algorithm for the Global Minimization of Functions", SIAM Journal on
    Scientific and Statistical Computing 6 (1985), 15–29, DOI 10.1137/0906002.
    """

    name, title = "levy", "Levy"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    at = (-7.0, 8.0)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((1.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        v, pi = [(p - 1) / 4 for p in x], np.pi  # w − 1: the sines have the same squares
        waves = [10 * np.sin(pi * p + 1) ** 2 for p in v[:-1]] + [np.sin(2 * pi * v[-1]) ** 2]
        turns = [10 * np.sin(2 * pi * p + 2) for p in v[:-1]] + [2 * np.sin(4 * pi * v[-1])]
        f = np.sin(pi * v[0]) ** 2 + sum(p * p * (1 + w) for p, w in zip(v, waves, strict=True))
        slopes = [p / 4 * (2 * (1 + w) + pi * p * t) for p, w, t in zip(v, waves, turns, strict=True)]
        return f, slopes[0] + pi / 4 * np.sin(2 * pi * v[0]), *slopes[1:]


@hookimpl
def register_problems() -> list[type]:
    return [Levy]
