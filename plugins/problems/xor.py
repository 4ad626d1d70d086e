"""Exclusive or: the smallest task that no line can do."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class Xor(NetProblem):
    """Say whether the two inputs differ: clouds of points at the four corners of a square.

        x = (±1, ±1) + noise · n,    n ~ N(0, 1),    y = 1 where the corner's signs differ

    No line separates the classes: without a hidden layer a network answers ½ everywhere and its loss stays at ln 2,
    that of guessing. Two hidden units are enough, but two in five starts of so few do not find the way; eight do.
    Without noise, the points are the four corners themselves.

    Source: Minsky & Papert, "Perceptrons", MIT Press, 1969; learned by back-propagation in Rumelhart, Hinton &
    Williams, "Learning internal representations by error propagation", Parallel Distributed Processing 1, MIT Press,
    1986, 318–362.
    """

    name, title = "xor", "XOR"
    inputs, outputs, targets = 2, 1, "binary"

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    width: int = integer(8, 1, 512, doc="units of each hidden layer")
    points: int = integer(400, 4, 100_000, doc="points of the data set, test included")
    noise: float = real(0.2, 0.0, 2.0, doc="standard deviation of the points about their corner")

    def data(self, rng: np.random.Generator) -> Data:
        corner = np.arange(self.points) % 4
        first, second = corner // 2, corner % 2
        x = 2.0 * np.column_stack((first, second)) - 1 + self.noise * rng.standard_normal((self.points, 2))
        return split(np.clip(x, -9.9, 9.9), (first != second).astype(float), self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Xor]
