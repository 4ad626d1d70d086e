"""Logistic regression: two classes and a line between them."""

import numpy as np

from optlab.api import Data, DataProblem, Network, hookimpl, integer, real


class LogisticRegression(DataProblem):
    """Tell two clouds of points apart by a plane.

        L(W, b) = mean( ln(1 + eᶻ) − z y ),    z = x W + b,   y 0 or 1

    The loss is convex. Where the clouds can be parted it has no minimum: the weights grow for ever, and the loss falls
    as 1 / t; overlapping clouds or an L2 penalty give it one.

    Source: Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 20 (1958),
    215–242.
    """

    name = "logistic_regression"

    samples: int = integer(1000, 10, 20_000, doc="points of the data set")
    features: int = integer(10, 1, 100, doc="inputs of each point")
    distance: float = real(2.0, 0.0, 20.0, doc="distance of the clouds' centres in units of their spread")
    batch: int = integer(32, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def network(self) -> Network:
        return Network((self.features, 1), "tanh", "xavier", "binary")  # no hidden layer, so no activation

    def count(self) -> int:
        return self.samples

    def data(self, rng: np.random.Generator) -> Data:
        y = np.arange(self.samples) % 2
        direction = rng.standard_normal(self.features)
        direction *= self.distance / np.sqrt(direction @ direction)
        x = rng.standard_normal((self.samples, self.features)) + (y[:, None] - 0.5) * direction
        return Data(np.clip(x, -9.9, 9.9), y)


@hookimpl
def register_problems() -> list[type]:
    return [LogisticRegression]
