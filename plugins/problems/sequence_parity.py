"""Parity of a sequence: one bit of memory, and every input may turn it."""

import numpy as np

from optlab.api import Data, SequenceProblem, flag, hookimpl, split


class SequenceParity(SequenceProblem):
    """Say whether the number of ones in a sequence of bits is odd.

        xₜ = −1 or 1,    y = 1 where the number of ones is odd

    The mean cross-entropy of guessing is ln 2, and every single bit decides: a network that misses one knows nothing,
    so that there is no half-way and no slope towards the solution. Answering after every bit shows the short sequences
    first, whose gradients are short too, and the rule is found.

    Source: Bengio, Simard & Frasconi, "Learning Long-Term Dependencies with Gradient Descent is Difficult", IEEE
    Transactions on Neural Networks 5 (1994), 157–166, DOI 10.1109/72.279181.
    """

    name, title = "sequence_parity", "parity of a sequence"
    inputs, outputs, loss = 1, 1, "binary"

    every: bool = flag(False, label="answer at every step", doc="the parity so far is asked after every bit")

    @property
    def answers(self) -> int:
        return self.length if self.every else 1

    def data(self, rng: np.random.Generator) -> Data:
        bits = rng.integers(0, 2, (self.points, self.length))
        parity = np.cumsum(bits, axis=1) % 2
        return split(2.0 * bits[..., None] - 1.0, parity if self.every else parity[:, -1], self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [SequenceParity]
