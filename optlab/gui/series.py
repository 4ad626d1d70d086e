"""What plots read of a run: any range of any series in as many points as the screen has columns."""

import numpy as np

from optlab.engine.run import Run
from optlab.gui.plots.decimate import Envelope
from optlab.layout import Array


class RunSeries:
    """The recorded columns of one run as a pyramid of extremes that grows with it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._columns = run.history.columns
        self._envelope = Envelope(len(self._columns), run.rows)
        self._last: tuple[tuple[int, ...], tuple[Array, Array]] = ((), (np.empty(0), np.empty(0)))

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
        asked = (*span, buckets, self.count)
        if asked != self._last[0]:  # several plots ask for the same range in one frame
            self._last = asked, self._envelope.read(*span, buckets)[1:]
        lo, hi = self._last[1]
        columns = [self.run.history.index[name] for name in names]
        return hi[:, 0], lo[:, columns], hi[:, columns]

    def row_at(self, step: float) -> int:
        """The number of the recorded row at or before `step`; −1 where there is none."""
        return min(int(step // self._every()), self.count - 1) if self.count else -1

    def _every(self) -> int:
        return max(1, round(self.run.at(1, "step"))) if self.count > 2 else 1
