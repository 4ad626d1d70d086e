"""The monkey saddle: flat to the second order."""

from typing import Any

from optlab.api import Landscape, hookimpl


class MonkeySaddle(Landscape):
    """Three ways down and three ways up: gradient and curvature both vanish at (0, 0).

        f(x, y) = x³ − 3 x y²,    no minimum: f falls without end along three directions

    Nothing of second order tells the way out of here, so that leaving takes longer than from a plain saddle. A run ends
    where it leaves the box: its steps are the time of escape.

    Source: Anandkumar & Ge, "Efficient Approaches for Escaping Higher Order Saddle Points in Non-Convex Optimization",
    COLT 2016, arXiv:1602.05908.
    """

    name = "monkey_saddle"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    at = (1.5, 0.01)
    outside = "stop"
    kind = ("saddle",)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        a, b = x * x, y * y
        return x * (a - 3 * b), 3 * (a - b), -6 * x * y


@hookimpl
def register_problems() -> list[type]:
    return [MonkeySaddle]
