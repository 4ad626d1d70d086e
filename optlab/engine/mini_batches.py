"""Mini-batches: each seed's own permutations, epoch by epoch, for the runs that go on."""

from collections.abc import Iterator, Sequence

import numpy as np

from optlab.engine.streams import stream
from optlab.i18n import tr
from optlab.layout import Array
from optlab.net_problem import DataProblem
from optlab.problem import Problem


class MiniBatches:
    """Iterates over the indices `(R, B)` of every step, or None where every step sees everything.

    Runs of one seed share its stream, whatever else differs between them.
    """

    def __init__(self, problem: Problem, seeds: Sequence[int]) -> None:
        self._problem = problem
        self._seeds = list(seeds)
        self._rngs = {seed: stream(seed, "batches") for seed in seeds}
        self._epoch: Array | None = None

    def __iter__(self) -> Iterator[Array | None]:
        while True:
            self._epoch = self._draw()
            if self._epoch is None:
                while True:
                    yield None
            for step in range(len(self._epoch)):
                yield self._epoch[step]  # looked up anew: `take` may have left fewer runs

    def take(self, keep: Array) -> None:
        """Go on with the runs `keep`, from where they are."""
        self._seeds = [self._seeds[k] for k in keep]
        if self._epoch is not None:
            self._epoch = self._epoch[:, keep]

    def _draw(self) -> Array | None:
        epochs = {seed: self._problem.sample(self._rngs[seed]) for seed in dict.fromkeys(self._seeds)}
        if all(epoch is None for epoch in epochs.values()):
            return None
        for epoch in epochs.values():
            good = isinstance(epoch, np.ndarray) and epoch.ndim == 2 and epoch.size and epoch.dtype.kind in "iu"
            if not good:
                text = tr("{problem}.sample: expected indices (N // B, B), got {that}")
                shape = getattr(epoch, "shape", epoch)
                raise ValueError(text.format(problem=self._problem.name, that=shape))
        return np.stack([epochs[seed] for seed in self._seeds], axis=1)  # type: ignore[misc]


def steps_per_epoch(problem: Problem) -> int:
    """N // B: the steps that pass the data once; 1 where every step sees everything."""
    if isinstance(problem, DataProblem):
        return max(1, problem.count() // problem.batch) if problem.batch else 1
    batches = problem.sample(np.random.default_rng(0))
    return max(1, len(batches)) if isinstance(batches, np.ndarray) and batches.ndim else 1
