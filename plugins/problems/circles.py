"""Two circles, one inside the other."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, integer, real, split


class Circles(NetProblem):
    """Tell a small circle from a large one around it.

        p(φ) = r (cos φ, sin φ),    r = 1 or ratio,    φ uniform in (0, 2π)

    Lines do hardly better than guessing: the radius alone decides. With its few inputs and smooth border the task is
    easy for a shallow network, so that what a deep one fails to learn is lost by its depth.

    Source: the circles of scikit-learn (make_circles), Pedregosa et al., "Scikit-learn: Machine Learning in Python",
    Journal of Machine Learning Research 12 (2011), 2825–2830.
    """

    name, title = "circles", "two circles"
    inputs, outputs, targets = 2, 1, "binary"

    points: int = integer(400, 4, 100_000, doc="points of the data set, test included")
    ratio: float = real(0.5, 0.0, 0.95, doc="radius of the inner circle; the outer one has radius 1")
    noise: float = real(0.08, 0.0, 1.0, doc="standard deviation of the points about their circle")

    def data(self, rng: np.random.Generator) -> Data:
        y = np.arange(self.points) % 2
        angle = rng.uniform(0, 2 * np.pi, self.points)
        circle = np.where(y, self.ratio, 1.0) * np.stack((np.cos(angle), np.sin(angle)))
        x = circle.T + self.noise * rng.standard_normal((self.points, 2))
        return split(np.clip(x, -9.9, 9.9), y, self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Circles]
