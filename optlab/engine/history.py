"""What was recorded of a batch: rows in blocks that only grow, written by one thread, read by others without a lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array

BLOCK_BYTES = 1 << 20

Allocate = Callable[[tuple[int, ...]], Array]
"""Makes an array of float64 that is about to be filled."""


@dataclass(frozen=True)
class Event:
    """A change while a run went: `field` of `run` (its number in the batch) became `value` at step `t`.

    `reason` says why, where a schedule made it; what a user changed has none.
    """

    t: int
    run: int
    field: str
    value: float
    reason: str = ""


class History:
    """Rows `(R, C)`, one per recorded step; column 0 is the step.

    The writer fills rows and then raises `count`; a reader sees the rows below `count`, nothing else. Each run has its
    own length in `lengths (R,)`: a run that ended early keeps its rows and ignores those after. The blocks may be made
    in memory that another process sees.
    """

    def __init__(self, columns: tuple[str, ...], runs: int, allocate: Allocate = np.empty) -> None:
        self.columns = columns
        self.index = {name: k for k, name in enumerate(columns)}
        self.runs = runs
        self.count = 0
        self.lengths = np.zeros(runs, np.int64)
        self.open = np.ones(runs, bool)
        self.events: list[Event] = []
        self._rows = max(16, BLOCK_BYTES // (8 * runs * len(columns)))
        self.blocks: list[Array] = []
        self._allocate = allocate

    def append(self, rows: Array, kept: Array | None = None, runs: Array | None = None) -> None:
        """Write `rows (K, R, C)` and publish them, the first `kept (R,)` of each run; `runs` are their numbers."""
        start, size = self.count, len(rows)
        place = slice(None) if runs is None or len(runs) == self.runs else runs
        done = 0
        while done < size:
            block, offset = divmod(start + done, self._rows)
            if block == len(self.blocks):
                self.blocks.append(self._allocate((self._rows, self.runs, len(self.columns))))
            part = min(size - done, self._rows - offset)
            self.blocks[block][offset : offset + part, place] = rows[done : done + part]
            done += part
        going = self.open[place]
        grown = size if kept is None else kept
        self.lengths[place] = np.where(going, start + grown, self.lengths[place])
        self.count = start + size

    def close(self, run: int, length: int) -> None:
        """Freeze a run at `length` rows."""
        self.lengths[run] = min(length, self.count)
        self.open[run] = False

    def rows(self, run: int, start: int = 0, stop: int | None = None, columns: Sequence[int] | None = None) -> Array:
        """A copy of a run's rows `(n, C)` from `start` to `stop`, or of some of their columns."""
        stop = min(int(self.lengths[run]), self.count if stop is None else stop)
        width = len(self.columns if columns is None else columns)
        if stop <= start:
            return np.empty((0, width))
        found = np.empty((stop - start, width))
        for block in range(start // self._rows, (stop - 1) // self._rows + 1):
            at = block * self._rows
            piece = self.blocks[block][max(start - at, 0) : stop - at, run]
            place = found[max(at - start, 0) : max(at - start, 0) + len(piece)]
            place[...] = piece if columns is None else piece[:, columns]
        return found

    def row(self, run: int, index: int) -> Array:
        """A copy of one row `(C,)`."""
        block, offset = divmod(index, self._rows)
        copy: Array = self.blocks[block][offset, run].copy()
        return copy

    def column(self, run: int, name: str) -> Array:
        """A copy of one column of a run, `(n,)`."""
        k, pieces, left = self.index[name], [], int(self.lengths[run])
        for block in self.blocks:
            pieces.append(block[: min(left, self._rows), run, k])
            left -= self._rows
            if left <= 0:
                break
        return np.concatenate(pieces) if pieces else np.empty(0)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(block.nbytes for block in self.blocks)
