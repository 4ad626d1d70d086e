"""Two spirals: a small task that needs depth to be patient."""

import numpy as np

from optlab.api import Data, NetProblem, hookimpl, real, split


class Spirals(NetProblem):
    """Tell two interleaved spirals apart by a point's coordinates.

        p(r) = r (cos φ, sin φ) and its mirror image,    φ = 2π · turns · r,    r² uniform in (0.05², 1)

    The mean cross-entropy of guessing is ln 2. No line separates the spirals, so that every hidden layer has to learn;
    a deep network of sigmoids does not, because its first layers get no gradient.

    Source: Lang & Witbrock, "Learning to Tell Two Spirals Apart", Proceedings of the 1988 Connectionist Models Summer
    School, Morgan Kaufmann, 1989, 52–59; here with Gaussian noise and points evenly spread over the area.
    """

    name, title = "spirals", "two spirals"
    inputs, outputs, targets, points = 2, 1, "binary", 640

    turns: float = real(1.0, 0.25, 4.0, doc="how often each spiral goes round")
    noise: float = real(0.03, 0.0, 0.5, doc="standard deviation of the points about their spiral")

    def data(self, rng: np.random.Generator) -> Data:
        half = self.points // 2
        r = np.sqrt(rng.uniform(0.05**2, 1.0, half))
        angle = 2 * np.pi * self.turns * r
        arm = np.column_stack((r * np.cos(angle), r * np.sin(angle)))
        x = np.concatenate((arm, -arm)) + self.noise * rng.standard_normal((2 * half, 2))
        return split(x, np.repeat([0.0, 1.0], half), self.test, rng)


@hookimpl
def register_problems() -> list[type]:
    return [Spirals]
