"""Handwritten digits through a bottleneck: a deep network that says again what it saw."""

from dataclasses import replace
from functools import cache

import numpy as np

from optlab.api import Data, NetProblem, Network, Series, choice, hookimpl, integer, read_arrays, split


class DigitsAutoencoder(NetProblem):
    """Say an image of 8 × 8 pixels again after it has passed the code, a layer of a few units.

        64 → … → width → … → 64 units, in equal steps down and up again
        L = mean (z − x)²,    x = image / 16,    with binary L = mean( ln(1 + e^z) − x z )

    The line in the plot is the loss of a network that says the mean image whatever it sees. Sigmoids stay there under
    momentum: every layer passes on less than a quarter of the gradient, and until 2006 such networks were trained layer
    by layer first. Adam, which divides by the size of the gradient, frees 7 hidden layers of sigmoids, but not 15;
    tanh with Xavier learns at once with either.

    Source: Hinton & Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 313 (2006),
    504–507, DOI 10.1126/science.1127647; digits: Alpaydin & Kaynak, UCI Machine Learning Repository, 1998,
    DOI 10.24432/C50P49, CC BY 4.0.
    """

    name, title = "digits_autoencoder", "deep autoencoder of digits"
    inputs, outputs, points = 64, 64, 1797
    image = 8, 8

    hidden: int = integer(7, 1, 100, label="hidden layers", doc="hidden layers, of which the middle one is the code")
    width: int = integer(8, 1, 64, label="bottleneck", doc="units of the code")
    targets: str = choice(
        "numbers", "numbers", "binary", label="pixels", doc="numbers, or how likely each pixel is lit"
    )

    def network(self) -> Network:
        even, steps = 1 - self.hidden % 2, self.hidden + self.hidden % 2
        levels = [max(0, abs(2 * k - self.hidden - 1) - even) for k in range(self.hidden + 2)]
        sizes = tuple(round(self.width + (64 - self.width) * level / steps) for level in levels)
        return replace(super().network(), sizes=sizes)

    def chance(self) -> tuple[str, float]:
        return "x̄", _of_the_mean(self.network())

    def series(self) -> tuple[Series, ...]:
        return tuple(each for each in super().series() if "accuracy" not in each.name)  # greys are no classes

    def data(self, rng: np.random.Generator) -> Data:
        x = read_arrays("digits")["images"] / 16
        return split(x, x, self.test, rng)


@cache
def _of_the_mean(network: Network) -> float:
    """The loss of a network that says the mean image."""
    x, loss = read_arrays("digits")["images"].T / 16, np.empty(1)
    mean = np.clip(x.mean(axis=1, keepdims=True), 1e-12, 1 - 1e-12)
    z = np.log(mean / (1 - mean)) if network.loss.startswith("binary") else mean
    network.cost.evaluate(np.tile(z, x.shape[1])[None], network.cost.targets(x.T, 64).T[None], loss)
    return float(loss[0])


@hookimpl
def register_problems() -> list[type]:
    return [DigitsAutoencoder]
