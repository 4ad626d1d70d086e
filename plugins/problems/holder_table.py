"""The table of Hölder: four legs in the corners."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class HolderTable(Landscape):
    """A table whose corners fall away: four equal minima near the edge of the box.

        f(x, y) = −|sin x cos y exp|1 − r / π||,    r = √(x² + y²),    minimum −19.2085 at (±8.05502, ±9.66459)

    Outside the box it is deeper still, so runs stop at its walls unless told otherwise. Where f = 0 the gradient jumps;
    there it is taken as 0.

    Source: Mishra, "Some New Test Functions for Global Optimization and Performance of Repulsive Particle Swarm
    Method", MPRA Paper 2718, 2006.
    """

    name, title = "holder_table", "Hölder table"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    at = (4.0, 5.0)
    outside = "clip"
    kind = ("multi-modal", "non-smooth")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        a, b = 8.055023475736563, 9.664590019241273
        return (a, b), (a, -b), (-a, b), (-a, -b)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        r, across, along = np.sqrt(x * x + y * y), np.sin(x), np.cos(y)
        size, sign = abs(across * along), np.sign(across * along)
        rise = np.exp(abs(1 - r / np.pi))
        turn = -size * np.sign(1 - r / np.pi) / (np.pi * (r + (r == 0)))
        by_x = -rise * (sign * np.cos(x) * along + turn * x)
        return -size * rise, by_x, rise * (sign * across * np.sin(y) - turn * y)


@hookimpl
def register_problems() -> list[type]:
    return [HolderTable]
