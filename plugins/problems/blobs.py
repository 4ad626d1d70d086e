"""Blobs: clouds of points around a circle."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class Blobs(NetProblem):
    """Tell clouds of points apart whose centres stand around a circle like the hours of a clock.

        x = (cos φ, sin φ) + noise · n,    φ = 2π k / classes,    n ~ N(0, 1),    y = k

    Lines are the best borders, so that a network without hidden layers does as well as any. Where the clouds overlap
    nobody can be right everywhere: a training accuracy above that of the test is learned by heart.

    Source: Gaussian classes with one covariance, whose best borders are lines: Fisher, "The use of multiple
    measurements in taxonomic problems", Annals of Eugenics 7 (1936), 179–188, DOI 10.1111/j.1469-1809.1936.tb02137.x.
    """

    name = "blobs"
    inputs, targets = 2, "classes"

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    points: int = integer(400, 4, 100_000, doc="points of the data set, test included")
    classes: int = integer(4, 2, 20, doc="number of clouds")
    noise: float = real(0.25, 0.0, 2.0, doc="standard deviation of each cloud; the centres have distance 1 from 0")

    @property
    def outputs(self) -> int:
        return self.classes

    def data(self, rng: np.random.Generator) -> Data:
        y = np.arange(self.points) % self.classes
        angle = 2 * np.pi * y / self.classes
        centre = np.column_stack((np.cos(angle), np.sin(angle)))
        x = centre + self.noise * rng.standard_normal((self.points, 2))
        return split(np.clip(x, -9.9, 9.9), y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Blobs]
