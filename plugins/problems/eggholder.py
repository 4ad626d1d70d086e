"""The egg holder: deep folds, and the best of them cut by the wall."""

from typing import Any

import numpy as np

from optlab.api import Landscape, hookimpl


class Eggholder(Landscape):
    """Deep folds everywhere; the best point lies on the wall of the box.

        f(x, y) = −(y + 47) sin √|x / 2 + y + 47| − x sin √|x − y − 47|,    minimum −959.64 at (512, 404.23)

    Outside the box it is deeper still, so runs stop at its walls unless told otherwise. Where a root is 0 its gradient
    is taken as 0.

    Source: Whitley, Rana, Dzubera & Mathias, "Evaluating Evolutionary Algorithms", Artificial Intelligence 85 (1996),
    245–276, DOI 10.1016/0004-3702(95)00124-7.
    """

    name = "eggholder"
    domain = ((-512.0, 512.0), (-512.0, 512.0))
    at = (420.0, 330.0)
    outside = "clip"
    kind = ("multi-modal", "non-smooth")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((512.0, 404.2318051137578),)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        v = y + 47
        a, b = 0.5 * x + v, x - v
        p, q = np.sqrt(abs(a)), np.sqrt(abs(b))
        left = 0.5 * v * np.cos(p) * np.sign(a) / (p + (p == 0))
        right = 0.5 * x * np.cos(q) * np.sign(b) / (q + (q == 0))
        f = -v * np.sin(p) - x * np.sin(q)
        return f, -0.5 * left - np.sin(q) - right, right - np.sin(p) - left


@hookimpl
def register_problems() -> list[type]:
    return [Eggholder]
