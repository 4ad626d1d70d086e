"""The recorder: stages some steps and makes history rows of them at once, so that a small step stays cheap."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from optlab.engine.history import History
from optlab.layout import TINY, Array, Layout
from optlab.problem import Problem

STAGED = {"F": 131_072, "C": 2_097_152}
"""Numbers staged at once, by the storage order of the problem: fewer pay NumPy's call overhead for every step (a net of
60,000 steps 1.1 times slower with a quarter), more leave the caches (1000 runs of a landscape 1.25 times slower)."""

LARGE = 65_536
"""Parameters of a run above which its update ratio is recorded beside the loss, every few steps: two passes over params
that have left the caches, which at every step would cost one of 64×50 on 128 points 6 per cent more."""

BLOCK = 32_768
"""Numbers of which a difference is taken at once, where all of them would leave the caches: half the time."""

RATIO = "update_ratio"

DEEPEST = 256
"""Most steps staged at once; a batch also drops the runs that ended at every multiple of it."""


def columns(tracks: Sequence[str], layout: Layout, clips: bool, scheduled: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of a history; `scheduled` are the fields that a schedule moves beside lr."""
    series = ["grad_norm", *(["clipped_norm"] if clips else []), *([] if layout.size > LARGE else [RATIO])]
    layers = layout.names
    norms = (f"{name}.{layer}" for name in series for layer in layers)
    return ("step", "evaluations", "lr", "loss", *tracks, *norms, *scheduled)


class Recorder:
    """Rows for K steps: `points` (K + 1, the last one after the last step), `losses`, and the norms of gradients.

    `points` and `losses` are lists of arrays `(R, D)` or `(R,)`, one a step, that the loop fills; `keep_grads` and
    `keep_clipped` hold a function for each step, to be called while `grads` is that step's. `rates` and each of
    `scheduled` are `(K, R)`. `rows` are the numbers that the R runs have in the history.
    """

    def __init__(
        self, problem: Problem, layout: Layout, params: Array, grads: Array, clips: bool, history: History, rows: Array
    ) -> None:  # fmt: skip
        runs = len(params)
        self.depth = int(min(DEEPEST, max(1, STAGED[problem.order] // params.size)))
        self._layout, self._problem = layout, problem
        self._history, self._rows = history, rows
        self._fortran = problem.order == "F"
        self._points = self._stage(self.depth + 1, params)
        self._after = self._points[1:]
        self._scratch = self._stage(self.depth, params)
        self._at_once = layout.long and not self._fortran
        self._squares = self._stage(0 if self._at_once else self.depth, params)
        self._flows = [self._flow(grads) for _ in range(2 if clips else 1)]
        self._losses = np.zeros((self.depth, runs), params.dtype)
        self.rates = np.zeros((self.depth, runs))
        first = len(columns(problem.tracks(), layout, clips))
        self.scheduled = {name: np.zeros((self.depth, runs)) for name in history.columns[first:]}
        self.evaluations = np.zeros((self.depth, runs), np.int64)
        self.points, self.losses = list(self._points), list(self._losses)
        self.keep_grads, self.keep_clipped = self._flows[0].keep, self._flows[-1].keep
        self._tracks = len(problem.tracks())

    def share(self, params: Array) -> None:
        """Look at the loop's own params after the last step where nothing stands between: one copy less."""
        if self.depth == 1:
            self._after = params[None]
            self.points[1] = params

    def _flow(self, grads: Array) -> "_Copied | _Summed":
        if self._at_once:
            return _Summed(self._layout, grads, self.depth)
        return _Copied(self._layout, grads, self._stage(self.depth, grads), self._squares)

    def _stage(self, depth: int, like: Array) -> Array:
        runs, size = like.shape
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
        points = self._points[keep]
        rows[:, :, 0] = t + np.arange(keep.start, keep.stop, keep.step)[:, None]
        rows[:, :, 1] = self.evaluations[keep]
        rows[:, :, 3] = self._losses[keep]
        at, layers = 4 + self._tracks, len(self._layout.names)
        for flow in self._flows:
            rows[:, :, at : at + layers] = flow.norms(keep)
            at += layers
        if not moved:
            return
        rows[:, :, 2] = self.rates[keep]
        if self._layout.size <= LARGE:
            rows[:, :, at : at + layers] = self._ratios(points, self._after[keep])
            at += layers
        for k, values in enumerate(self.scheduled.values(), at):
            rows[:, :, k] = values[keep]

    def first_ratio(self) -> Any:
        """‖Δx‖ / ‖x‖ of each layer at the first staged step, `(R, L)`."""
        before, after = self._points[0], self.points[1]
        if not self._at_once:
            return self._ratios(before[None], after[None])[0]
        squares = np.empty((2, *before.shape[:1], len(self._layout.names)))
        room = self._scratch.reshape(-1)
        for (layers, old), (_, new) in zip(self._layout.series(before), self._layout.series(after), strict=True):
            many = max(1, BLOCK // (old.size // old.shape[1]))
            for k in range(0, old.shape[1], many):  # the difference of a few layers stays in the caches
                part = old[:, k : k + many]
                difference = np.subtract(new[:, k : k + many], part, room[: part.size].reshape(part.shape))
                squares[0, :, layers][:, k : k + many] = np.vecdot(difference, difference)
                squares[1, :, layers][:, k : k + many] = np.vecdot(part, part)
        if squares.min() < TINY[before.dtype]:
            return self._ratios(before[None], after[None])[0]
        return np.sqrt(squares[0] / squares[1])

    def _ratios(self, points: Array, after: Array) -> Any:
        room, squares = self._scratch[: len(points)], None if self._at_once else self._squares[: len(points)]
        difference = np.subtract(after, points, room)
        ratios, sizes = self._layout.norms(difference, squares), self._layout.norms(points, squares)
        ratios /= sizes
        ratios[sizes == 0] = np.nan  # no share of nothing: biases start at zero
        return ratios


class _Copied:
    """Gradients of short layers: copied, and their norms taken at once, which saves the calls of every step."""

    def __init__(self, layout: Layout, grads: Array, stage: Array, squares: Array) -> None:
        self._layout, self._stage, self._squares = layout, stage, squares
        self.keep: list[Callable[[], object]] = [partial(np.copyto, row, grads) for row in stage]

    def norms(self, kept: slice) -> Array:
        """The norm of each layer at the steps that are `kept`, `(n, R, L)`."""
        staged = self._stage[kept]
        return self._layout.norms(staged, self._squares[: len(staged)])


class _Summed:
    """Gradients of long layers: squared and summed while they are in the caches, which saves copies of them."""

    def __init__(self, layout: Layout, grads: Array, depth: int) -> None:
        self._layout, self._grads = layout, grads
        self._norms = np.zeros((depth, len(grads), len(layout.names)))
        self._sums = np.zeros(self._norms.shape[1:])
        series = layout.series(grads)
        self._pairs = [(part, self._sums[:, layers]) for layers, part in series]
        self.keep: list[Callable[[], object]] = [partial(self._keep, row) for row in self._norms]

    def _keep(self, norms: Array) -> None:
        for part, sums in self._pairs:
            np.vecdot(part, part, out=sums)
        if self._sums.min() < TINY[self._grads.dtype]:
            norms[:] = self._layout.norms(self._grads)
        else:
            np.sqrt(self._sums, out=norms)

    def norms(self, kept: slice) -> Array:
        """The norm of each layer at the steps that are `kept`, `(n, R, L)`."""
        return self._norms[kept]
