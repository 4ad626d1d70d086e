"""A saddle: flat where the gradient vanishes, and no minimum there."""

import numpy as np

from optlab.api import Array, Landscape, hookimpl


class Saddle(Landscape):
    """Down along y, up along x: the gradient vanishes at (0, 0), which is no minimum.

        f(x, y) = x² − y²,    no minimum: f falls without end along y

    What counts is how soon a run leaves. Started at exactly y = 0 no deterministic method ever does; the start is a
    thousandth beside it. Methods that divide by the size of the gradient leave first.

    Source: Dauphin, Pascanu, Gulcehre, Cho, Ganguli & Bengio, "Identifying and attacking the saddle point problem in
    high-dimensional non-convex optimization", NeurIPS 2014, arXiv:1406.2572, section 2.
    """

    name = "saddle"
    domain = ((-3.0, 3.0), (-3.0, 3.0))
    at = (-2.5, 0.001)

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        np.add(x, x, grad)
        down = grad[:, 1]
        np.negative(down, down)
        x, y = x.T
        loss[:] = x * x - y * y


@hookimpl
def register_problems() -> list[type]:
    return [Saddle]
