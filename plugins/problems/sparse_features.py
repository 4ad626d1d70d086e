"""Sparse features: inputs of which most are rarely there."""

import numpy as np

from optlab.api import Array, Data, DataProblem, Network, hookimpl, integer, real


class SparseFeatures(DataProblem):
    """Linear regression on words: the k-th input is 1 in about one point of k, so that rare ones are seldom taught.

        L(W) = mean (x W + b − y)²,    P(x_k = 1) = ½ · k^−s,    y = x W* ,   W* = ±1

    The tracks are the mean error of the weights of the frequent and of the rare half of the inputs: plain descent
    learns the first and leaves the second; Adagrad gives each input its own rate.

    Source: Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR
    12 (2011), 2121–2159.
    """

    name = "sparse_features"

    samples: int = integer(2000, 100, 20_000, doc="points of the data set")
    features: int = integer(50, 2, 500, doc="inputs of each point, from frequent to rare")
    exponent: float = real(1.0, 0.0, 3.0, doc="s: how fast inputs become rare; 0 makes all alike")
    batch: int = integer(16, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def network(self) -> Network:
        return Network((self.features, 1), "tanh", "xavier", "mse")  # no hidden layer, so no activation

    def count(self) -> int:
        return self.samples

    def start(self, params: Array, rng: np.random.Generator) -> None:
        params[:] = 0.0

    def truth(self) -> Array:
        """W*, alternately 1 and −1."""
        return 1.0 - 2.0 * (np.arange(self.features) % 2)

    def data(self, rng: np.random.Generator) -> Data:
        share = 0.5 * np.arange(1, self.features + 1) ** -self.exponent
        x = (rng.random((self.samples, self.features)) < share).astype(float)
        return Data(x, x @ self.truth())

    def tracks(self) -> tuple[str, ...]:
        return ("error_frequent", "error_rare")

    def measure(self, params: Array, out: Array) -> None:
        off, half = np.abs(params[:, : self.features] - self.truth()), self.features // 2
        out[:, 0], out[:, 1] = off[:, :half].mean(axis=1), off[:, half:].mean(axis=1)


@hookimpl
def register_problems() -> list[type]:
    return [SparseFeatures]
