"""The recorder: stages some steps and makes history rows of them at once, so that a small step stays cheap."""

import numpy as np

from optlab.engine.history import History
from optlab.layout import Array, Layout
from optlab.problem import Problem

STAGED = 16_384
"""Numbers staged at once: more fall out of the cache, fewer pay NumPy's call overhead for every step."""


class Recorder:
    """Rows for K steps: copies of `grads`, `points` (K + 1, the last one after the last step), `losses`.

    Each is a list of arrays `(R, D)` or `(R,)`, one a step, that the loop fills.
    """

    def __init__(self, problem: Problem, layout: Layout, like: Array, clips: bool) -> None:
        runs, size = like.shape
        self.depth = int(min(256, max(1, STAGED // like.size)))
        self._layout, self._problem = layout, problem
        self._fortran = problem.order == "F"
        self._points = self._stage(self.depth + 1, runs, size, like)
        self._grads = self._stage(self.depth, runs, size, like)
        self._clipped = self._stage(self.depth if clips else 0, runs, size, like)
        self._scratch = self._stage(self.depth, runs, size, like), self._stage(self.depth, runs, size, like)
        self._losses = np.zeros((self.depth, runs), like.dtype)
        self.rates = np.zeros((self.depth, runs))
        self.evaluations = np.zeros((self.depth, runs), np.int64)
        self.points, self.grads = list(self._points), list(self._grads)
        self.clipped, self.losses = list(self._clipped), list(self._losses)
        self._tracks = problem.tracks()
        self.history = History(self._columns(clips), runs)

    def _stage(self, depth: int, runs: int, size: int, like: Array) -> Array:
        if self._fortran:  # each step's (R, D) then has the storage order of the params
            return np.zeros((depth, size, runs), like.dtype).transpose(0, 2, 1)
        return np.zeros((depth, runs, size), like.dtype)

    def _columns(self, clips: bool) -> tuple[str, ...]:
        series = ["grad_norm", *(["clipped_norm"] if clips else []), "update_ratio"]
        norms = [f"{name}.{layer}" for name in series for layer in self._layout.names]
        return ("step", "evaluations", "lr", "loss", *self._tracks, *norms)

    def flush(self, t: int, count: int, every: int, moved: bool = True) -> Array:
        """Append rows for those of steps `t … t + count − 1` that `every` divides; return all losses `(count, R)`.

        Without `moved` no step followed: the rate and the update are blank.
        """
        losses = self._losses[:count]
        keep = slice(-t % every if moved else 0, count, every)
        if keep.start < count:
            with np.errstate(all="ignore"):
                self.history.append(self._rows(t, keep, moved))
        return losses

    def _rows(self, t: int, keep: slice, moved: bool) -> Array:
        points = self._points[keep]
        n, runs, _ = points.shape
        rows = np.empty((n, runs, len(self.history.columns)))
        rows[:, :, 0] = t + np.arange(keep.start, keep.stop, keep.step)[:, None]
        rows[:, :, 1] = self.evaluations[keep]
        rows[:, :, 2] = self.rates[keep] if moved else np.nan
        rows[:, :, 3] = self._losses[keep]
        at = 4 + len(self._tracks)
        for k in range(n if self._tracks else 0):
            self._problem.measure(points[k], rows[k, :, 4:at])
        layers = len(self._layout.names)
        difference, squares = self._scratch[0][:n], self._scratch[1][:n]
        rows[:, :, at : at + layers] = self._layout.norms(self._grads[keep], squares)
        if len(self._clipped):
            at += layers
            rows[:, :, at : at + layers] = self._layout.norms(self._clipped[keep], squares)
        at += layers
        if moved:
            np.subtract(self._points[keep.start + 1 : keep.stop + 1 : keep.step], points, difference)
            rows[:, :, at:] = self._layout.norms(difference, squares) / self._layout.norms(points, squares)
        else:
            rows[:, :, at:] = np.nan
        return rows
