"""Bohachevsky's first function: a bowl with dents."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class Bohachevsky(Landscape):
    """A bowl with small dents that matter only near its bottom.

        f(x, y) = x² + 2 y² − 0.3 cos 3πx − 0.4 cos 4πy + 0.7,    minimum 0 at (0, 0)

    Source: Bohachevsky, Johnson & Stein, "Generalized Simulated Annealing for Function Optimization", Technometrics 28
    (1986), 209–217, DOI 10.1080/00401706.1986.10488128.
    """

    name, title = "bohachevsky", "Bohachevsky"
    domain = ((-100.0, 100.0), (-100.0, 100.0))
    view = ((-1.6, 1.6), (-1.2, 1.2))
    at = (-1.4, 0.9)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        dents = 0.6 * np.sin(1.5 * np.pi * x) ** 2 + 0.8 * np.sin(2 * np.pi * y) ** 2  # 1 − cos 2u = 2 sin² u
        by_x = 2 * x + 0.9 * np.pi * np.sin(3 * np.pi * x)
        by_y = 4 * y + 1.6 * np.pi * np.sin(4 * np.pi * y)
        return x * x + 2 * y * y + dents, by_x, by_y


@hookimpl
def register_problems() -> list[type]:
    return [Bohachevsky]
