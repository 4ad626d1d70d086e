"""What plots read of a run: any range of any series in as many points as the screen has columns."""

import numpy as np

from optlab.engine.run import Run
from optlab.gui.plots.decimate import Envelope
from optlab.layout import Array

PIECE = 256
"""Rows kept at once of a run that is first seen late."""


class RunSeries:
    """The recorded columns of one run as a pyramid of extremes that grows with it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._columns = run.history.columns
        self._envelope = Envelope(len(self._columns), run.rows)
        self._frame: tuple[int, ...] = ()
        self._known: dict[tuple[int, ...], tuple[Array, Array]] = {}
        self._trails: dict[tuple[int, tuple[int, ...]], Trail] = {}

    def update(self) -> bool:
        """Take in what was recorded since; whether there was anything."""
        known, count = self._envelope.rows, self.run.count
        if count <= known:
            return False
        for start in range(known, count, 100_000):  # a long run that is first seen late does not double its memory
            self._envelope.push(self.run.rows(start, min(count, start + 100_000)))
        return True

    @property
    def count(self) -> int:
        """Rows taken in."""
        return self._envelope.rows

    def span(self, x0: float, x1: float) -> tuple[int, int]:
        """Row numbers of the steps `x0 … x1`, with one row more on either side."""
        if not self.count:
            return 0, 0
        every = self._every()
        first = int(np.clip(np.floor(x0 / every) - 1, 0, self.count - 1))
        last = int(np.clip(np.ceil(x1 / every) + 2, first + 1, self.count))
        return first, last

    def read(self, names: list[str], span: tuple[int, int], buckets: int) -> tuple[Array, Array, Array]:
        """Steps `(m,)` and extremes `lo`, `hi` `(m, S)` of series over a span of rows, in at most `buckets` points."""
        if span[1] <= span[0]:
            return np.empty(0), np.empty((0, len(names))), np.empty((0, len(names)))
        frame, columns = (*span, self.count), (0, *(self.run.history.index[name] for name in names))
        if frame != self._frame:
            self._frame, self._known = frame, {}
        key = buckets, *columns
        if key not in self._known:  # several plots ask for the same in one frame
            self._known[key] = self._envelope.read(*span, buckets, columns)[1:]
        lo, hi = self._known[key]
        return hi[:, 0], lo[:, 1:], hi[:, 1:]

    def least(self, name: str) -> float:
        """The least value of a series so far; nan where there is none."""
        column = (self.run.history.index[name],)
        return float(np.fmin.reduce(self._envelope.read(0, self.count, 4, column)[1][:, 0], initial=np.nan))

    def trail(self, names: list[str], most: int) -> Array:
        """Steps and values of series `(m, 1 + S)` at even distances, at most `most` rows and the last one."""
        key = most, (0, *(self.run.history.index[name] for name in names))
        if key not in self._trails:
            self._trails[key] = Trail(self.run, *key)
        return self._trails[key].read()

    def row_at(self, step: float) -> int:
        """The number of the recorded row at or before `step`; −1 where there is none."""
        return min(int(step // self._every()), self.count - 1) if self.count else -1

    def _every(self) -> int:
        return max(1, round(self.run.at(1, "step"))) if self.count > 2 else 1


class Trail:
    """Every k-th row of some columns of a run; k doubles where the rows kept exceed `most`.

    A frame reads what came since the last one, and not the whole run again.
    """

    def __init__(self, run: Run, most: int, columns: tuple[int, ...]) -> None:
        self._run, self._most, self._columns = run, most, columns
        self._every = 1
        self._kept = np.empty((0, len(columns)))

    def read(self) -> Array:
        """The rows kept and the last one `(m, C)`."""
        count = self._run.count
        while count > self._every * self._most:
            self._every *= 2
            self._kept = self._kept[::2]
        pieces = [self._kept]
        for start in range(len(self._kept) * self._every, count, PIECE * self._every):
            stop = min(count, start + PIECE * self._every)
            pieces.append(self._run.rows(start, stop, self._columns)[:: self._every])
        self._kept = np.concatenate(pieces)
        if count and (count - 1) % self._every:
            return np.concatenate((self._kept, self._run.rows(count - 1, count, self._columns)))
        return self._kept
