"""The cross in the tray."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class CrossInTray(Landscape):
    """A tray of hollows around a raised cross, with four equal minima beside it.

        f(x, y) = −10⁻⁴ (|sin x sin y exp|100 − r / π|| + 1)^0.1,    r = √(x² + y²)

        minimum −2.06261 at (±1.34941, ±1.34941)

    On the cross, where a sine is 0, the gradient jumps; there it is taken as 0.

    Source: Mishra, "Some New Test Functions for Global Optimization and Performance of Repulsive Particle Swarm
    Method", MPRA Paper 2718, 2006.
    """

    name = "cross_in_tray"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    at = (3.6, 2.3)
    kind = ("multi-modal", "non-smooth")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        a = 1.3494066171539108
        return (a, a), (a, -a), (-a, a), (-a, -a)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        r, across, along = np.sqrt(x * x + y * y), np.sin(x), np.sin(y)
        size, sign = abs(across * along), np.sign(across * along)
        power, turn = abs(100 - r / np.pi), -np.sign(100 - r / np.pi) / (np.pi * (r + (r == 0)))
        whole = size + np.exp(-power)  # the exponential taken out of the bracket, where it would overflow
        f = -1e-4 * np.exp(0.1 * power) * whole**0.1
        scale = 0.1 * f / (whole + (whole == 0))
        by_x = scale * (sign * np.cos(x) * along + size * turn * x)
        return f, by_x, scale * (sign * across * np.cos(y) + size * turn * y)


@hookimpl
def register_problems() -> list[type]:
    return [CrossInTray]
