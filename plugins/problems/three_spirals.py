"""Three spirals: three classes that wind around each other."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class ThreeSpirals(NetProblem):
    """Tell three interleaved spirals apart by a point's coordinates.

        p(r) = r (cos φ, sin φ),    φ = 2π · (turns · r + k / 3),    r² uniform in (0.05², 1),    k = 0, 1, 2

    The mean cross-entropy of guessing is ln 3. The output is one number for each arm, so that the network's borders
    are where two of them are equal.

    Source: the spiral of the course CS231n, "Convolutional Neural Networks for Visual Recognition", Stanford
    University, 2015, "Minimal neural network case study"; here with Gaussian noise and points evenly spread over the
    area.
    """

    name = "three_spirals"
    inputs, outputs, targets = 2, 3, "classes"

    points: int = integer(600, 6, 100_000, doc="points of the data set, test included")
    turns: float = real(0.75, 0.25, 4.0, doc="how often each spiral goes round")
    noise: float = real(0.03, 0.0, 0.5, doc="standard deviation of the points about their spiral")

    def data(self, rng: np.random.Generator) -> Data:
        y = np.arange(self.points) % 3
        r = np.sqrt(rng.uniform(0.05**2, 1.0, self.points))
        angle = 2 * np.pi * (self.turns * r + y / 3)
        arm = np.column_stack((r * np.cos(angle), r * np.sin(angle)))
        return split(arm + self.noise * rng.standard_normal((self.points, 2)), y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [ThreeSpirals]
