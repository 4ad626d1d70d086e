"""The recorder: stages some steps and makes history rows of them at once, so that a small step stays cheap."""

from collections.abc import Sequence

import numpy as np

from optlab.engine.history import History
from optlab.layout import Array, Layout
from optlab.problem import Problem

STAGED = {"F": 131_072, "C": 524_288}
"""Numbers staged at once, by the storage order of the problem: fewer pay NumPy's call overhead for every step (a net of
60,000 steps 1.1 times slower with a quarter), more leave the caches (1000 runs of a landscape 1.25 times slower)."""

DEEPEST = 256
"""Most steps staged at once; a batch also drops the runs that ended at every multiple of it."""


def columns(
    tracks: Sequence[str], layers: Sequence[str], clips: bool, scheduled: Sequence[str] = ()
) -> tuple[str, ...]:
    """The columns of a history; `scheduled` are the fields that a schedule moves beside lr."""
    series = ["grad_norm", *(["clipped_norm"] if clips else []), "update_ratio"]
    norms = (f"{name}.{layer}" for name in series for layer in layers)
    return ("step", "evaluations", "lr", "loss", *tracks, *norms, *scheduled)


class Recorder:
    """Rows for K steps: copies of `grads`, `points` (K + 1, the last one after the last step), `losses`.

    Each is a list of arrays `(R, D)` or `(R,)`, one a step, that the loop fills. `rates` and each of `scheduled` are
    `(K, R)`. `rows` are the numbers that the R runs have in the history.
    """

    def __init__(
        self, problem: Problem, layout: Layout, like: Array, clips: bool, history: History, rows: Array
    ) -> None:
        runs, size = like.shape
        self.depth = int(min(DEEPEST, max(1, STAGED[problem.order] // like.size)))
        self._layout, self._problem = layout, problem
        self._history, self._rows = history, rows
        self._fortran = problem.order == "F"
        self._points = self._stage(self.depth + 1, runs, size, like)
        self._after = self._points[1:]
        self._grads = self._stage(self.depth, runs, size, like)
        self._clipped = self._stage(self.depth if clips else 0, runs, size, like)
        self._scratch = self._stage(self.depth, runs, size, like), self._stage(self.depth, runs, size, like)
        self._losses = np.zeros((self.depth, runs), like.dtype)
        self.rates = np.zeros((self.depth, runs))
        first = len(columns(problem.tracks(), layout.names, clips))
        self.scheduled = {name: np.zeros((self.depth, runs)) for name in history.columns[first:]}
        self.evaluations = np.zeros((self.depth, runs), np.int64)
        self.points, self.grads = list(self._points), list(self._grads)
        self.clipped, self.losses = list(self._clipped), list(self._losses)
        self._tracks = len(problem.tracks())

    def share(self, params: Array, grads: Array) -> None:
        """Look at the loop's own arrays where one step is staged at a time and nothing stands between: two copies less.

        The point after the step is where the params are, and its gradient is still there when rows are made.
        """
        if self.depth == 1:
            self._after, self._grads = params[None], grads[None]
            self.points[1], self.grads = params, [grads]

    def _stage(self, depth: int, runs: int, size: int, like: Array) -> Array:
        if self._fortran:  # each step's (R, D) then has the storage order of the params
            return np.zeros((depth, size, runs), like.dtype).transpose(0, 2, 1)
        return np.zeros((depth, runs, size), like.dtype)

    def bad(self, count: int, bound: float) -> Array:
        """Which of `count` staged steps have a loss beyond `bound`, or a loss or point not finite: `(count, R)`."""
        found: Array = ~(np.abs(self._losses[:count]) <= bound)  # nan compares false, so it is bad too
        if count and not self._is_finite(self._points[count - 1]):
            found |= ~np.isfinite(self._points[:count]).all(axis=2)
        return found

    def _is_finite(self, point: Array) -> bool:
        # the product takes a third of the time; where a square is too large, all numbers are looked at
        sums = np.add.reduce(point, axis=1) if self._fortran else np.vecdot(point, point)
        return bool(np.isfinite(sums).all())

    def staged(self, count: int) -> Array:
        """The points `(count, R, D)` of the first `count` steps."""
        return self._points[:count]

    def flush(self, t: int, kept: Array, every: int, moved: bool = True) -> None:
        """Append rows for those of steps t, t + 1, … that `every` divides, of each run the first `kept (R,)` steps.

        Without `moved` no step followed: the row is kept, and rate and update are blank.
        """
        count = int(kept.max())
        keep = slice(-t % every if moved else 0, count, every)
        if keep.start >= count:
            return
        with np.errstate(all="ignore"):
            points = self._points[keep]
            rows = np.full((*points.shape[:2], len(self._history.columns)), np.nan)
            try:
                for point, row in zip(points if self._tracks else (), rows, strict=False):
                    self._problem.measure(point, row[:, 4 : 4 + self._tracks])
            finally:  # a plugin that cannot measure costs its tracks, not the rows
                self._fill(rows, t, keep, moved)
                self._history.append(rows, np.maximum(0, -(-(kept - keep.start) // every)), self._rows)

    def _fill(self, rows: Array, t: int, keep: slice, moved: bool) -> None:
        points, n = self._points[keep], len(rows)
        rows[:, :, 0] = t + np.arange(keep.start, keep.stop, keep.step)[:, None]
        rows[:, :, 1] = self.evaluations[keep]
        rows[:, :, 3] = self._losses[keep]
        at, layers = 4 + self._tracks, len(self._layout.names)
        difference, squares = self._scratch[0][:n], self._scratch[1][:n]
        for staged in (self._grads, self._clipped) if len(self._clipped) else (self._grads,):
            rows[:, :, at : at + layers] = self._layout.norms(staged[keep], squares)
            at += layers
        if moved:
            rows[:, :, 2] = self.rates[keep]
            np.subtract(self._after[keep], points, difference)
            sizes = self._layout.norms(points, squares)
            ratios = rows[:, :, at : at + layers]
            ratios[...] = self._layout.norms(difference, squares) / sizes
            ratios[sizes == 0] = np.nan  # no share of nothing: biases start at zero
            for k, values in enumerate(self.scheduled.values(), at + layers):
                rows[:, :, k] = values[keep]
