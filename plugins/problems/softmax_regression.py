"""Softmax regression: several classes by a linear map."""

import numpy as np

from optlab.api import Data, DataProblem, Network, hookimpl, integer, real


class SoftmaxRegression(DataProblem):
    """Tell several clouds of points apart by the largest of as many linear functions.

        L(W, b) = mean( ln Σ eᶻ − z_y ),    z = x W + b,   y a class number

    Convex; what the last layer of a classifier does with the features that it gets.

    Source: Bridle, "Probabilistic Interpretation of Feedforward Classification Network Outputs", Neurocomputing, NATO
    ASI Series 68 (1990), 227–236.
    """

    name = "softmax_regression"

    samples: int = integer(1000, 10, 20_000, doc="points of the data set")
    features: int = integer(10, 1, 100, doc="inputs of each point")
    classes: int = integer(4, 2, 50, doc="number of clouds")
    spread: float = real(1.0, 0.01, 10.0, doc="spread of each cloud; the centres have spread 1")
    batch: int = integer(32, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def network(self) -> Network:
        return Network((self.features, self.classes), "tanh", "xavier", "softmax")  # no hidden layer, so no activation

    def count(self) -> int:
        return self.samples

    def data(self, rng: np.random.Generator) -> Data:
        y = np.arange(self.samples) % self.classes
        centres = rng.standard_normal((self.classes, self.features))
        x = centres[y] + self.spread * rng.standard_normal((self.samples, self.features))
        return Data(np.clip(x, -9.9, 9.9), y)


@hookimpl
def register_problems() -> list[type]:
    return [SoftmaxRegression]
