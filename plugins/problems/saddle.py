"""A saddle: flat where the gradient vanishes, and no minimum there."""

from typing import Any

from optlab.api import Landscape, hookimpl


class Saddle(Landscape):
    """Down along y, up along x: the gradient vanishes at (0, 0), which is no minimum.

        f(x, y) = x² − y²,    no minimum: f falls without end along y

    What counts is how soon a run leaves. Started at exactly y = 0 no deterministic method ever does; the start is a
    thousandth beside it. Methods that divide by the size of the gradient leave first. A run ends where it leaves the
    box: its steps are the time of escape.

    Source: Dauphin, Pascanu, Gulcehre, Cho, Ganguli & Bengio, "Identifying and attacking the saddle point problem in
    high-dimensional non-convex optimization", NeurIPS 2014, arXiv:1406.2572, section 2.
    """

    name = "saddle"
    domain = ((-3.0, 3.0), (-3.0, 3.0))
    at = (-2.5, 0.001)
    outside = "stop"
    kind = ("saddle",)

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        return x * x - y * y, 2 * x, -2 * y


@hookimpl
def register_problems() -> list[type]:
    return [Saddle]
