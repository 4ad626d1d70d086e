"""A problem held to some points, without the engine around it."""

from collections.abc import Sequence

import numpy as np

from optlab.problem import Problem


class Held:
    """A problem bound to runs at points `away` from their starts; `evaluate()` writes `loss` and `grads`."""

    def __init__(self, problem: Problem, seeds: Sequence[int], dtype: str = "float64", away: float = 0.1) -> None:
        size = problem.layout().size
        self.params = np.zeros((len(seeds), size), dtype, order=problem.order)  # type: ignore[call-overload]
        data = [problem.data(np.random.default_rng((1, seed))) for seed in seeds]
        for row, seed in zip(self.params, seeds, strict=True):
            problem.start(row, np.random.default_rng((0, seed)))
            row += away * np.random.default_rng((2, seed)).standard_normal(size)
        self.before = self.params.copy()
        self.grads, self.loss = np.full_like(self.params, np.nan), np.full(len(seeds), np.nan, dtype)
        self._evaluate = problem.bind(self.params, self.grads, self.loss, data, problem.memory(len(seeds)))
        draws = [problem.sample(np.random.default_rng((3, seed))) for seed in seeds]
        self.batch = None if draws[0] is None else np.stack([epoch[0] for epoch in draws if epoch is not None])

    def evaluate(self) -> "Held":
        self._evaluate(self.batch)
        return self
