"""Levy's function N. 13: a fine grid of pits."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class LevyN13(Landscape):
    """A bowl with a fine grid of pits.

        f(x, y) = sin² 3πx + (x − 1)² (1 + sin² 3πy) + (y − 1)² (1 + sin² 2πy),    minimum 0 at (1, 1)

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008; after Levy & Montalvo, 1985.
    """

    name, title = "levy_n13", "Levy N. 13"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    view = ((-2.0, 4.0), (-2.0, 4.0))
    at = (-1.2, 2.9)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((1.0, 1.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, v, pi = x - 1, y - 1, np.pi  # the sines have the same squares
        across, along = 1 + np.sin(3 * pi * v) ** 2, 1 + np.sin(2 * pi * v) ** 2
        by_x = 3 * pi * np.sin(6 * pi * u) + 2 * u * across
        by_y = 3 * pi * u * u * np.sin(6 * pi * v) + 2 * v * along + 2 * pi * v * v * np.sin(4 * pi * v)
        return np.sin(3 * pi * u) ** 2 + u * u * across + v * v * along, by_x, by_y


@hookimpl
def register_problems() -> list[type]:
    return [LevyN13]
