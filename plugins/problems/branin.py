"""Branin's function: three minima of the same depth."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class Branin(Landscape):
    """Three valleys of the same depth along a bent one.

        f(x, y) = (y − 5.1 x² / 4π² + 5 x / π − 6)² + 10 (1 − 1 / 8π) cos x + 10

        minimum 0.39789 at (−π, 12.275), (π, 2.275), (3π, 2.475)

    Source: Dixon & Szegő, "The Global Optimization Problem: an Introduction", in "Towards Global Optimisation 2",
    North-Holland, 1978, 1–15; after Branin, 1972.
    """

    name, title = "branin", "Branin"
    domain = ((-5.0, 10.0), (0.0, 15.0))
    at = (6.0, 13.0)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return (-np.pi, 12.275), (np.pi, 2.275), (3 * np.pi, 2.475)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        bend, tilt, height = 5.1 / (4 * np.pi**2), 5 / np.pi, 10 - 1.25 / np.pi
        u = y - bend * x * x + tilt * x - 6
        return u * u + height * np.cos(x) + 10, 2 * u * (tilt - 2 * bend * x) - height * np.sin(x), 2 * u


@hookimpl
def register_problems() -> list[type]:
    return [Branin]
