"""Rastrigin's function: a bowl full of eggs."""

from typing import Any

import numpy as np

from optlab.api import LandscapeND, hookimpl


class Rastrigin(LandscapeND):
    """A bowl with a regular pattern of pits: large steps see the bowl, small ones the pits.

        f(x) = 10 D + Σ (xᵢ² − 10 cos 2πxᵢ),    minimum 0 at 0

    Near every point of whole numbers there is a minimum.

    Source: Mühlenbein, Schomisch & Born, "The Parallel Genetic Algorithm as Function Optimizer", Parallel Computing 17
    (1991), 619–632, DOI 10.1016/S0167-8191(05)80052-3; after Rastrigin, 1974, for two dimensions.
    """

    name, title = "rastrigin", "Rastrigin"
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    at = (3.6, -2.7)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        f = sum(p * p + 20 * np.sin(np.pi * p) ** 2 for p in x)  # 10 − 10 cos 2πx = 20 sin² πx
        return f, *(2 * p + 20 * np.pi * np.sin(2 * np.pi * p) for p in x)


@hookimpl
def register_problems() -> list[type]:
    return [Rastrigin]
