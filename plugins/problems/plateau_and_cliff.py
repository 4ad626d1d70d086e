"""A plateau that ends at a cliff."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl, real


class PlateauAndCliff(Landscape):
    """A plateau where the gradient fades, a cliff where it explodes, and a flat floor below.

        f(x, y) = ½ h (2 + tanh k(x − 1) − tanh k(x + 1)) + ½ y²,    minimum h (1 − tanh k) at (0, 0)

    On the plateau plain descent stands still; on the cliff one gradient throws it far beyond, unless it is clipped.

    Source: Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks", ICML 2013,
    arXiv:1211.5063, section 2, for the cliff.
    """

    name = "plateau_and_cliff"
    domain = ((-3.0, 3.0), (-2.0, 2.0))
    at = (1.7, 1.4)
    kind = ("plateau",)

    height: float = real(2.0, 0.01, 100.0, log=True, doc="h: of the plateau over the floor")
    steepness: float = real(4.0, 1.0, 50.0, log=True, doc="k: the cliff is about 2 / k wide")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0, 0.0),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        h, k = self.height, self.steepness
        right, left = k * (x - 1), k * (x + 1)
        a, b = np.exp(-2 * abs(right)), np.exp(-2 * abs(left))  # 1 − tanh² = 4a / (1 + a)², also where tanh is 1
        slope = 2 * h * k * (a / ((1 + a) * (1 + a)) - b / ((1 + b) * (1 + b)))
        return 0.5 * h * (2 + np.tanh(right) - np.tanh(left)) + 0.5 * y * y, slope, y


@hookimpl
def register_problems() -> list[type]:
    return [PlateauAndCliff]
