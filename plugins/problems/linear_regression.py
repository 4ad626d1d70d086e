"""Linear regression: the quadratic that data make."""

import numpy as np

from optlab.api import Data, DataProblem, Network, hookimpl, integer, real


class LinearRegression(DataProblem):
    """Fit a plane to points by least squares, from inputs whose directions differ in spread.

        L(W, b) = mean (x W + b − y)²,    y = x W* + b* + noise · n,    n ~ N(0, 1)

    The loss is a quadratic with the condition number κ of the inputs; its minimum is close to noise². In mini-batches
    the gradient itself is noisy, and a constant learning rate ends on a noise floor above that.

    Source: Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", Firmin Didot, Paris, 1805,
    appendix "Sur la méthode des moindres quarrés".
    """

    name = "linear_regression"

    samples: int = integer(1000, 200, 20_000, doc="points of the data set")
    features: int = integer(10, 1, 100, doc="inputs of each point")
    noise: float = real(0.5, 0.0, 10.0, doc="standard deviation of the targets about the plane")
    condition: float = real(10.0, 1.0, 1e4, log=True, label="condition number", doc="κ: of the inputs' covariance")
    batch: int = integer(32, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def network(self) -> Network:
        return Network((self.features, 1), "tanh", "xavier", "mse")  # no hidden layer, so no activation

    def count(self) -> int:
        return self.samples

    def data(self, rng: np.random.Generator) -> Data:
        n, m = self.samples, self.features
        normal = rng.standard_normal((n, m))
        white, _ = np.linalg.qr(normal - normal.mean(axis=0))  # exactly uncorrelated, so that κ holds exactly
        turn, _ = np.linalg.qr(rng.standard_normal((m, m)))
        x = np.sqrt(n) * white * np.geomspace(1, self.condition**-0.5, m) @ turn
        y = x @ rng.standard_normal((m, 1)) + rng.standard_normal() + self.noise * rng.standard_normal((n, 1))
        return Data(x, y)


@hookimpl
def register_problems() -> list[type]:
    return [LinearRegression]
