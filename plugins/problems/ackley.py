"""Ackley's function: a funnel with ripples, and a tip at the bottom."""

from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class Ackley(LandscapeND):
    """A nearly flat plain with ripples, and a funnel in its middle that ends in a tip.

        f(x) = −20 exp(−0.2 r) − exp(mean cos 2πxᵢ) + 20 + e,    r = √(mean xᵢ²),    minimum 0 at 0

    At the tip the gradient jumps, so that steps of a constant size never come to rest; there it is taken as 0.

    Source: Ackley, "A Connectionist Machine for Genetic Hillclimbing", Kluwer, 1987, DOI 10.1007/978-1-4613-1997-9.
    """

    name, title = "ackley", "Ackley"
    domain = ((-32.768, 32.768), (-32.768, 32.768))
    view = ((-5.0, 5.0), (-5.0, 5.0))
    at = (3.6, -2.7)
    kind = ("multi-modal", "non-smooth")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        n, turn = len(x), 2 * np.pi
        r = np.sqrt(sum(p * p for p in x) / n)
        wave = np.exp(sum(np.cos(turn * p) for p in x) / n)
        depth = -2 * sum(np.sin(np.pi * p) ** 2 for p in x) / n  # mean cos 2πx − 1, without cancellation
        pull, ripple = 4 * np.exp(-0.2 * r) / (n * (r + (r == 0))), turn / n * wave
        f = -20 * np.expm1(-0.2 * r) - np.e * np.expm1(depth)
        return f, *(pull * p + ripple * np.sin(turn * p) for p in x)


@hookimpl
def register_problems() -> list[type]:
    return [Ackley]
