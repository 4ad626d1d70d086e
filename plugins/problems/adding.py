"""The adding task: two of many numbers count, and both are long ago."""

import numpy as np

from optlab.api import Data, SequenceProblem, hookimpl, split


class Adding(SequenceProblem):
    """Add the two numbers of a sequence that are marked, one in each half.

        xₜ = (a number of (0, 1), marker 0 or 1),    y = sum of the two marked numbers,    L = mean (z − y)²

    Answering 1 whatever the sequence costs 1/6, the variance of y. To do better the network has to carry the first
    number over half the sequence and more. ∂L/∂hₜ is a product of T − t factors: with a spectral radius below 1 it
    vanishes and the loss stays at 1/6, with one far above 1 it explodes and the loss jumps.

    Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), 1735–1780, DOI
    10.1162/neco.1997.9.8.1735, experiment 4; the form here is that of Arjovsky, Shah & Bengio, "Unitary Evolution
    Recurrent Neural Networks", ICML 2016, arXiv:1511.06464, section 5.2.
    """

    name, title = "adding", "adding task"
    inputs, outputs, answers, loss = 2, 1, 1, "mse"

    def data(self, rng: np.random.Generator) -> Data:
        n, half = self.points, self.length // 2
        x = np.stack([rng.uniform(0.0, 1.0, (n, self.length)), np.zeros((n, self.length))], axis=2)
        marked = np.stack([rng.integers(0, half, n), rng.integers(half, self.length, n)], axis=1)
        rows = np.arange(n)[:, None]
        x[rows, marked, 1] = 1.0
        return split(x, x[rows, marked, 0].sum(axis=1), self.test, rng)

    def chance(self) -> tuple[str, float]:
        return "1/6", 1 / 6


@hookimpl
def register_problems() -> list[type]:
    return [Adding]
