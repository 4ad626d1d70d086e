"""Bukin's function N. 6: a gorge with a sharp floor."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class BukinN6(Landscape):
    """A bent gorge whose floor is a sharp edge: the gradient never fades, it flips.

        f(x, y) = 100 √|y − 0.01 x²| + 0.01 |x + 10|,    minimum 0 at (−10, 1)

    Towards the edge the gradient grows without bound. On the edge it is taken as 0 across, and only the weak pull along
    the edge is left.

    Source: Bukin, "New Minimization Strategy for Non-Smooth Functions", Budker Institute of Nuclear Physics preprint
    INP 97-79, Novosibirsk, 1997.
    """

    name, title = "bukin_n6", "Bukin N. 6"
    domain = ((-15.0, -5.0), (-3.0, 3.0))
    at = (-7.0, 2.5)
    kind = ("valley", "non-smooth")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((-10.0, 1.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w = y - 0.01 * x * x, x + 10
        root = np.sqrt(abs(u))
        slope = 50 * np.sign(u) / (root + (root == 0))
        return 100 * root + 0.01 * abs(w), 0.01 * np.sign(w) - 0.02 * x * slope, slope


@hookimpl
def register_problems() -> list[type]:
    return [BukinN6]
