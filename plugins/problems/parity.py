"""Parity: whether an odd number of bits is set."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class Parity(NetProblem):
    """Say whether an odd number of bits is set: the exclusive or of n bits.

        x ∈ {−1, 1}ⁿ,    y = 1 where the number of ones among the bits is odd

    Turning any one bit changes the answer, so that a pattern's nearest neighbours are all of the other class. n hidden
    units are enough, many more learn it faster. With all 2ⁿ patterns the task is to learn a table; patterns kept for
    the test show whether the rule was found.

    Source: Minsky & Papert, "Perceptrons", MIT Press, 1969, chapter 3; n hidden units: Rumelhart, Hinton & Williams,
    "Learning internal representations by error propagation", Parallel Distributed Processing 1, MIT Press, 1986,
    318–362.
    """

    name = "parity"
    outputs, targets = 1, "binary"

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    batch: int = integer(0, 0, 100_000, label="batch size", doc="points per mini-batch; 0 = all of them")
    test: float = real(0.0, 0.0, 0.5, label="test share", doc="share of the points that is kept for the test")
    bits: int = integer(4, 2, 16, doc="n: the number of inputs")
    samples: int = integer(0, 0, 65_536, doc="different patterns to learn from, test included; 0 = all 2ⁿ of them")

    @property
    def inputs(self) -> int:
        return self.bits

    @property
    def points(self) -> int:
        return min(self.samples or 1 << self.bits, 1 << self.bits)

    def data(self, rng: np.random.Generator) -> Data:
        every = np.arange(2**self.bits)
        chosen = every if self.points == len(every) else np.sort(rng.permutation(every)[: self.points])
        bits = chosen[:, None] >> np.arange(self.bits) & 1
        return split(2.0 * bits - 1, bits.sum(axis=1) % 2.0, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Parity]
