"""Two moons: half circles that reach into one another."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class Moons(NetProblem):
    """Tell two half moons apart that reach into one another.

        p(φ) = ⅔ (cos φ − ½, sin φ − ¼) and −p(φ),    φ uniform in (0, π)

    A line gets about 86 in 100 points right, the others take a curve: a network of one hidden layer bends its border
    within a few hundred steps.

    Source: the two moons of scikit-learn (make_moons), Pedregosa et al., "Scikit-learn: Machine Learning in Python",
    Journal of Machine Learning Research 12 (2011), 2825–2830; here moved to the middle and scaled by ⅔.
    """

    name, title = "moons", "two moons"
    inputs, outputs, targets = 2, 1, "binary"

    hidden: int = integer(1, 0, 100, label="hidden layers", doc="number of hidden layers")
    points: int = integer(400, 4, 100_000, doc="points of the data set, test included")
    noise: float = real(0.07, 0.0, 1.0, doc="standard deviation of the points about their moon")

    def data(self, rng: np.random.Generator) -> Data:
        y = np.arange(self.points) % 2
        angle = rng.uniform(0, np.pi, self.points)
        moon = np.column_stack((np.cos(angle) - 0.5, np.sin(angle) - 0.25)) / 1.5
        x = np.where(y[:, None] == 0, moon, -moon) + self.noise * rng.standard_normal((self.points, 2))
        return split(np.clip(x, -9.9, 9.9), y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Moons]
