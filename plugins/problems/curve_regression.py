"""Regression of a curve: one input, one output, so that the fit can be drawn."""

import numpy as np

from optlab.api import Array, Data, NetProblem, choice, hookimpl, integer, real, split


class CurveRegression(NetProblem):
    """Fit noisy points of a curve by a network of one input and one output.

        y = f(x) + noise · n,    x uniform in (−1, 1),    n ~ N(0, 1)
        f(x) = sin 2πx   or   sign x   or   8x⁴ − 8x² + 1

    The sine is smooth, the step has an edge that a network of few units rounds off, the polynomial turns three times.
    The loss cannot fall below noise² without learning the noise by heart, which few points and many units do.

    Source: Hornik, Stinchcombe & White, "Multilayer feedforward networks are universal approximators", Neural
    Networks 2 (1989), 359–366, DOI 10.1016/0893-6080(89)90020-8.
    """

    name = "curve_regression"
    inputs, outputs, targets = 1, 1, "numbers"

    hidden: int = integer(2, 0, 100, label="hidden layers", doc="number of hidden layers")
    curve: str = choice("sine", "sine", "step", "polynomial", doc="f: a wave, an edge, or a polynomial of degree 4")
    points: int = integer(200, 2, 100_000, doc="points of the data set, test included")
    noise: float = real(0.1, 0.0, 2.0, doc="standard deviation of the points about the curve")

    def at(self, x: Array) -> Array:
        """f at `x`."""
        match self.curve:
            case "sine":
                return np.asarray(np.sin(2 * np.pi * x))
            case "step":
                return np.asarray(np.sign(x))
        return np.asarray(8 * x**4 - 8 * x**2 + 1)

    def data(self, rng: np.random.Generator) -> Data:
        x = rng.uniform(-1, 1, (self.points, 1))
        return split(x, self.at(x) + self.noise * rng.standard_normal(x.shape), self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [CurveRegression]
