"""A degenerate valley: a curve of minima."""

from typing import Any

from optlab.api import Landscape, hookimpl


class DegenerateValley(Landscape):
    """Every point of a curve is a minimum: the start decides where a run ends.

        f(x, y) = (x y − 1)²,    minimum 0 wherever x y = 1

    It is the smallest deep network: two weights in a row, to be learnt to multiply to 1. Along gradient flow x² − y²
    stays as it was. The ends of the curve are sharp, its middle is flat, and at (0, 0) lies a saddle.

    Source: Saxe, McClelland & Ganguli, "Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural
    Networks", ICLR 2014, arXiv:1312.6120.
    """

    name = "degenerate_valley"
    domain = ((-3.0, 3.0), (-3.0, 3.0))
    at = (-0.6, 2.2)
    kind = ("valley", "saddle")

    def terms(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        rest = x * y - 1
        return rest * rest, 2 * rest * y, 2 * rest * x


@hookimpl
def register_problems() -> list[type]:
    return [DegenerateValley]
