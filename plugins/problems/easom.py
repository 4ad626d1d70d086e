"""Easom's function: a hole in a plain."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class Easom(Landscape):
    """A single hole in an endless plain: elsewhere the gradient is all but zero.

        f(x, y) = −cos x cos y exp(−(x − π)² − (y − π)²),    minimum −1 at (π, π)

    Ten units away the gradient is below 10⁻⁴⁰: methods that divide by its size still move, others do not.

    Source: Easom, "A Survey of Global Optimization Techniques", M. Eng. thesis, University of Louisville, 1990.
    """

    name, title = "easom", "Easom"
    domain = ((-100.0, 100.0), (-100.0, 100.0))
    view = ((0.0, 6.3), (0.0, 6.3))
    at = (1.9, 4.6)
    kind = ("plateau", "multi-modal")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((np.pi, np.pi),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w = x - np.pi, y - np.pi
        fall, across, along = np.exp(-u * u - w * w), np.cos(x), np.cos(y)
        by_x = fall * along * (np.sin(x) + 2 * u * across)
        by_y = fall * across * (np.sin(y) + 2 * w * along)
        return -across * along * fall, by_x, by_y


@hookimpl
def register_problems() -> list[type]:
    return [Easom]
