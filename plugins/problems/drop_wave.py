"""The drop wave: rings in water."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class DropWave(Landscape):
    """Rings around the minimum, as of a drop in water: each is a valley all round.

        f(x, y) = −(1 + cos 12r) / (½ r² + 2),    r = √(x² + y²),    minimum −1 at (0, 0)

    Source: Molga & Smutnicki, "Test Functions for Optimization Needs", 2005, Drop wave function.
    """

    name = "drop_wave"
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    view = ((-2.2, 2.2), (-2.2, 2.2))
    at = (1.5, 1.0)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        r = np.sqrt(x * x + y * y)
        crest, base = 2 * np.cos(6 * r) ** 2, 0.5 * r * r + 2  # 1 + cos 12r
        slope = 12 * np.sin(12 * r) / (base * (r + (r == 0))) + crest / (base * base)  # ∂f/∂r over r
        return -crest / base, x * slope, y * slope


@hookimpl
def register_problems() -> list[type]:
    return [DropWave]
