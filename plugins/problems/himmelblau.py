"""Himmelblau's function: four minima of the same depth."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Himmelblau(Landscape):
    """Four valleys of the same depth: which one a run ends in is decided by its first steps.

        f(x, y) = (x² + y − 11)² + (x + y² − 7)²,    minimum 0 at four points, such as (3, 2)

    Between the valleys lie four saddles, and a local maximum near (−0.27, −0.92).

    Source: Himmelblau, "Applied Nonlinear Programming", McGraw-Hill, New York, 1972, ISBN 0-07-028921-2.
    """

    name, title = "himmelblau", "Himmelblau"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    at = (0.0, 0.0)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        )

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        u, w = x * x + y - 11, x + y * y - 7
        return u * u + w * w, 4 * x * u + 2 * w, 2 * u + 4 * y * w


@hookimpl
def register_problems() -> list[type]:
    return [Himmelblau]
