"""Checkerboard: squares of two colours."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class Checkerboard(NetProblem):
    """Tell the black squares of a checkerboard from the white ones.

        y = (i + j) mod 2 in column i and row j of the board (−1, 1)²,    points uniform in as many squares of each

    The more squares, the more often the answer changes along a line and the longer a network takes: smooth functions
    come first. Two squares a side are XOR.

    Source: Rahaman et al., "On the Spectral Bias of Neural Networks", ICML 2019, arXiv:1806.08734 (low frequencies
    are learned first); the board as a test of classifiers: Ho & Kleinberg, "Building projectable classifiers of
    arbitrary complexity", ICPR 1996, 880–885.
    """

    name = "checkerboard"
    inputs, outputs, targets = 2, 1, "binary"

    points: int = integer(1000, 4, 100_000, doc="points of the data set, test included")
    squares: int = integer(4, 2, 16, doc="squares along each side of the board")
    noise: float = real(0.0, 0.0, 0.5, doc="standard deviation by which the points are moved afterwards")

    def data(self, rng: np.random.Generator) -> Data:
        n, y = self.squares, np.arange(self.points) % 2
        board = np.indices((n, n)).reshape(2, -1).T
        square = np.empty((self.points, 2))
        for colour in (0, 1):
            own = board[board.sum(axis=1) % 2 == colour]
            square[y == colour] = rng.choice(own, np.count_nonzero(y == colour))
        x = 2 * (square + rng.uniform(size=square.shape)) / n - 1 + self.noise * rng.standard_normal(square.shape)
        return split(x, y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Checkerboard]
