"""Handwritten digits: 1797 real images of 8 × 8 grey levels."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, read_arrays, split


class Digits(NetProblem):
    """Read handwritten digits: 1797 images of 8 × 8 grey levels from 0 to 16, in ten classes.

        x = image / 16,    L = mean( ln Σ e^z − z_digit )

    The mean cross-entropy of guessing is ln 10. The images are the same for every seed; which of them are kept for
    the test, the first weights and the mini-batches are not.

    Source: Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
    DOI 10.24432/C50P49, the test part, licensed CC BY 4.0.
    """

    name, title = "digits", "handwritten digits"
    inputs, outputs, targets, points = 64, 10, "classes", 1797
    image = 8, 8

    hidden: int = integer(2, 0, 100, label="hidden layers", doc="number of hidden layers")

    def data(self, rng: np.random.Generator) -> Data:
        file = read_arrays("digits")
        return split(file["images"] / 16, file["targets"], self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Digits]
