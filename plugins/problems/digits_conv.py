"""Handwritten digits by a convolutional network: the same small filters at every place of the image."""

import numpy as np

from optlab.api import (
    ACTIVATIONS,
    INITIALISERS,
    POOLS,
    ConvNet,
    Data,
    DataProblem,
    choice,
    flag,
    held_out,
    hookimpl,
    integer,
    read_arrays,
    real,
    split,
)


class DigitsConv(DataProblem):
    """Read handwritten digits, 8 × 8 pixels, by small filters that see every place of the image in the same way.

        z(y, x) = b + Σ W(v, u)ᵀ h(y + v, x + u),    v, u = −1, 0, 1,    h = 0 beyond the edge
        h ← σ(z),    with residual h ← h + σ(z)
        h ← the largest or the mean of 2 × 2 pixels, after half of the convolutions and after all of them
        z = W h + b,    L = mean( ln Σ e^z − z_digit )

    The second half of the convolutions has twice the channels of the first. With sigmoid and Xavier each convolution
    passes on a quarter of the gradient, as in a perceptron; ReLU with He keeps it alive through twenty. Residuals
    with He and without a norm let the outputs grow instead: twenty convolutions start at a loss of thousands.

    Source: LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document Recognition", Proceedings of
    the IEEE 86 (1998), 2278–2324, DOI 10.1109/5.726791, section II, but with edges of zeros, so that no pixel is lost;
    digits: Alpaydin & Kaynak, UCI Machine Learning Repository, 1998, DOI 10.24432/C50P49, CC BY 4.0.
    """

    name, title = "digits_conv", "handwritten digits, convolutional"
    image = 8, 8

    channels: int = integer(8, 1, 64, doc="channels in the first half of the convolutions, half those of the second")
    depth: int = integer(1, 1, 20, doc="convolutions in each half")
    pool: str = choice("maximum", *POOLS, "none", doc="how 2 × 2 pixels become one, after each half")
    activation: str = choice("relu", *ACTIVATIONS, doc="what each hidden unit does with its sum")
    init: str = choice("he", *INITIALISERS, label="initialiser", doc="how the first weights are drawn")
    spread: float = real(
        0.1, 0.0, 10.0, doc="of normal first weights the standard deviation, of uniform ones the largest size"
    )
    residual: bool = flag(False, doc="add each convolution's input to its output, where they have as many channels")
    batch: int = integer(64, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")
    test: float = real(0.2, 0.0, 0.5, label="test share", doc="share of the points that is kept for the test")

    def network(self) -> ConvNet:
        sizes = (1, *self.image), 10, self.channels, self.depth, self.pool
        return ConvNet(*sizes, self.activation, self.init, residual=self.residual, spread=self.spread)

    def count(self) -> int:
        return 1797 - held_out(1797, self.test)

    def data(self, rng: np.random.Generator) -> Data:
        file = read_arrays("digits")
        return split(file["images"] / 16, file["targets"], self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [DigitsConv]
