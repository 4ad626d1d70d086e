"""A pyramid of extremes over rows that grow: any range of a long run in as many buckets as the screen has columns."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FACTOR = 16  # rows of one level per row of the next: lo and hi cost 2/16 + 2/256 + … = 13.3 % of the raw rows


class _Level:
    """Minimum and maximum of every `size` raw rows; the block that is not yet full waits in `open_lo`, `open_hi`."""

    def __init__(self, columns: int, size: int) -> None:
        self.size, self.full, self.waiting = size, 0, 0
        self.lo = np.empty((64, columns))
        self.hi = np.empty((64, columns))
        self.open_lo = np.full(columns, np.nan)
        self.open_hi = np.full(columns, np.nan)

    def push(self, lo: Array, hi: Array) -> tuple[Array, Array]:
        """Take rows of the level below; give the rows that became full here."""
        before, head = self.full, min(-self.waiting % FACTOR, len(lo))
        if head:
            self._wait(lo[:head], hi[:head])
        blocks = (len(lo) - head) // FACTOR
        if blocks:
            body = slice(head, head + blocks * FACTOR)
            self._append(
                np.fmin.reduce(lo[body].reshape(blocks, FACTOR, -1), axis=1),
                np.fmax.reduce(hi[body].reshape(blocks, FACTOR, -1), axis=1),
            )
        tail = head + blocks * FACTOR
        if tail < len(lo):
            self._wait(lo[tail:], hi[tail:])
        return self.lo[before : self.full], self.hi[before : self.full]

    def _wait(self, lo: Array, hi: Array) -> None:
        self.open_lo = np.fmin(self.open_lo, np.fmin.reduce(lo, axis=0))
        self.open_hi = np.fmax(self.open_hi, np.fmax.reduce(hi, axis=0))
        self.waiting += len(lo)
        if self.waiting == FACTOR:
            self._append(self.open_lo[None], self.open_hi[None])
            self.open_lo = np.full_like(self.open_lo, np.nan)
            self.open_hi = np.full_like(self.open_hi, np.nan)
            self.waiting = 0

    def _append(self, lo: Array, hi: Array) -> None:
        stop = self.full + len(lo)
        if stop > len(self.lo):
            self.lo, self.hi = _grown(self.lo, stop), _grown(self.hi, stop)
        self.lo[self.full : stop] = lo
        self.hi[self.full : stop] = hi
        self.full = stop


class Envelope:
    """Extremes of any range of rows at a cost that does not depend on how many rows there are.

    `raw(start, stop)` gives the rows themselves, `(stop - start, S)`: they are read where a range is short, never kept.
    Where `read` is asked for some columns only, it is `raw(start, stop, columns)`.
    """

    def __init__(self, columns: int, raw: Callable[..., Array]) -> None:
        self.columns, self.rows = columns, 0
        self._raw = raw
        self._levels: list[_Level] = []

    def __len__(self) -> int:
        return self.rows

    @property
    def nbytes(self) -> int:
        """Bytes of extremes in use."""
        return sum(2 * level.full * self.columns * 8 for level in self._levels)

    def push(self, rows: Array) -> None:
        """Take the next rows `(k, S)`."""
        if rows.ndim != 2 or rows.shape[1] != self.columns:
            raise ValueError(f"Envelope.push: expected rows (k, {self.columns}), got {rows.shape}")
        self.rows += len(rows)
        lo = hi = np.asarray(rows, dtype=np.float64)
        depth = 0
        while len(lo):
            if depth == len(self._levels):
                self._levels.append(_Level(self.columns, FACTOR ** (depth + 1)))
            lo, hi = self._levels[depth].push(lo, hi)
            depth += 1

    def read(
        self, first: int, last: int, buckets: int, columns: Sequence[int] | None = None
    ) -> tuple[NDArray[np.int64], Array, Array]:
        """Rows `first` to `last` (exclusive) in at most `buckets`: their first rows `(m,)`, minima and maxima `(m, S)`.

        The first and the last bucket hold one row each, so that a curve begins and ends where its data do. S counts the
        `columns`, all by default.
        """
        first, last = max(first, 0), min(last, self.rows)
        part = _Part(self._raw, self._levels, columns)
        if last - first <= max(buckets, 4):
            rows = part.rows(first, max(last, first))
            return np.arange(first, first + len(rows)), rows, rows
        unit = self._unit((last - first) / buckets)
        inner = _edges(first + 1, last - 1, max(buckets, 4) - 2, unit)
        index = np.concatenate(([first], inner[:-1], [last - 1]))
        lo = np.empty((len(index), self.columns if columns is None else len(columns)))
        hi = np.empty_like(lo)
        lo[0] = hi[0] = part.rows(first, first + 1)[0]
        lo[-1] = hi[-1] = part.rows(last - 1, last)[0]
        part.reduce(unit, inner, lo[1:-1], hi[1:-1])
        return index, lo, hi

    def _unit(self, width: float) -> int:
        return max((level.size for level in self._levels if level.size <= width), default=1)


class _Part:
    """Some columns of the rows and of the levels."""

    def __init__(self, raw: Callable[..., Array], levels: list[_Level], columns: Sequence[int] | None) -> None:
        self._raw, self._levels, self._columns = raw, levels, columns

    def rows(self, start: int, stop: int) -> Array:
        """Raw rows `(stop - start, S)`."""
        rows = self._raw(start, stop) if self._columns is None else self._raw(start, stop, self._columns)
        return np.asarray(rows, dtype=np.float64)

    def _blocks(self, level: _Level, start: int, stop: int) -> tuple[Array, Array]:
        lo, hi = level.lo[start:stop], level.hi[start:stop]
        return (lo, hi) if self._columns is None else (lo[:, self._columns], hi[:, self._columns])

    def reduce(self, unit: int, edges: NDArray[np.int64], lo: Array, hi: Array) -> None:
        """Fill the extremes between neighbouring `edges`; all but the outer two are multiples of `unit`."""
        level = next((level for level in self._levels if level.size == unit), None)
        ends = {0, len(lo) - 1}  # the outer buckets begin or end amid a block of the level
        inner = edges if level is None else edges[1:-1]
        if len(inner) > 1:
            start, stop = int(inner[0]) // unit, int(inner[-1]) // unit
            if level is None:
                rows_lo = rows_hi = self.rows(start, stop)
            else:
                rows_lo, rows_hi = self._blocks(level, start, stop)
            offset, into = inner[:-1] // unit - start, slice(None) if level is None else slice(1, -1)
            np.fmin.reduceat(rows_lo, offset, axis=0, out=lo[into])
            np.fmax.reduceat(rows_hi, offset, axis=0, out=hi[into])
        for bucket in ends if level is not None else ():
            lo[bucket], hi[bucket] = self._extremes(int(edges[bucket]), int(edges[bucket + 1]), len(self._levels))

    def _extremes(self, start: int, stop: int, depth: int) -> tuple[Array, Array]:
        """Extremes of any range: whole blocks from level `depth`, what is left at both ends from the levels below."""
        if depth == 0:
            rows = self.rows(start, stop)
            return np.fmin.reduce(rows, axis=0), np.fmax.reduce(rows, axis=0)
        level = self._levels[depth - 1]
        a, b = -(-start // level.size), min(stop // level.size, level.full)
        if a >= b:
            return self._extremes(start, stop, depth - 1)
        blocks_lo, blocks_hi = self._blocks(level, a, b)
        lo, hi = np.fmin.reduce(blocks_lo, axis=0), np.fmax.reduce(blocks_hi, axis=0)
        for left, right in ((start, a * level.size), (b * level.size, stop)):
            if left < right:
                part_lo, part_hi = self._extremes(left, right, depth - 1)
                lo, hi = np.fmin(lo, part_lo), np.fmax(hi, part_hi)
        return lo, hi


def zigzag(index: NDArray[Any], lo: Array, hi: Array) -> tuple[Array, Array]:
    """Vertices that draw an envelope as one line: lo, hi, then hi, lo, …; `lo` and `hi` are `(m,)` or `(m, S)`."""
    x = np.asarray(index, dtype=np.float64)
    if lo is hi or np.array_equal(lo, hi, equal_nan=True):
        return x, lo
    y = np.empty((len(lo), 2, *lo.shape[1:]))
    y[::2, 0], y[::2, 1] = lo[::2], hi[::2]
    y[1::2, 0], y[1::2, 1] = hi[1::2], lo[1::2]
    return np.repeat(x, 2), y.reshape(-1, *lo.shape[1:])


def squeezed(x: Array, y: Array, buckets: int) -> tuple[Array, Array]:
    """A curve of many points as about `2 · buckets` that keep its extremes and its end."""
    if len(y) <= 2 * buckets:
        return x, y
    at = np.linspace(0, len(y), buckets, endpoint=False).astype(np.intp)
    short_x, short_y = zigzag(x[at], np.fmin.reduceat(y, at), np.fmax.reduceat(y, at))
    return np.append(short_x, x[-1]), np.append(short_y, y[-1])


def _edges(first: int, last: int, buckets: int, unit: int) -> NDArray[np.int64]:
    inner = np.linspace(first / unit, last / unit, buckets + 1)[1:-1].round().astype(np.int64) * unit
    return np.unique(np.concatenate(([first], inner[(inner > first) & (inner < last)], [last])))


def _grown(rows: Array, needed: int) -> Array:
    larger = np.empty((max(needed, len(rows) * 2), rows.shape[1]))
    larger[: len(rows)] = rows
    return larger
