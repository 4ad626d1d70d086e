"""Memory that two processes see: what a worker process records is read by the lab without a copy."""

import mmap
import os
import sys
import tempfile
from itertools import count
from pathlib import Path

import numpy as np

from optlab.layout import Array

SMALLEST, LARGEST = 1 << 20, 1 << 25
"""Bytes of a segment: as much as there is already, so that a long history does not need thousands of descriptors."""

ALIGNED = 64

Place = tuple[int, int, int]
"""Where its segment begins, how large that is, and where in it an array begins."""

_names = count(1)


class Shared:
    """Arrays in segments that only grow: `give` makes one in the process that writes, `take` finds it in the other.

    `handle` is a descriptor of a file without a name, or a name where Windows has such memory itself: nothing is left
    of either when both processes have ended, however they end.
    """

    def __init__(self, handle: int | str) -> None:
        self.handle = handle
        self._segments: dict[int, mmap.mmap] = {}
        self._start = self._used = self._end = 0

    def give(self, shape: tuple[int, ...], dtype: str = "float64") -> tuple[Array, Place]:
        """A new array and its place; raises `OSError` where there is no room for it."""
        nbytes = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        if self._used + nbytes > self._end - self._start:
            self._grow(max(nbytes, min(max(self._end, SMALLEST), LARGEST)))
        place = self._start, self._end - self._start, self._used
        self._used += -(-nbytes // ALIGNED) * ALIGNED
        return self.take(place, shape, dtype), place

    def take(self, place: Place, shape: tuple[int, ...], dtype: str = "float64") -> Array:
        """The array at a place that `give` returned in the other process."""
        start, size, offset = place
        if start not in self._segments:
            self._segments[start] = self._map(start, size)
        n = int(np.prod(shape, dtype=np.int64))
        found: Array = np.frombuffer(self._segments[start], dtype, n, offset).reshape(shape)
        return found

    def close(self) -> None:
        """Take no more; arrays that were given stay."""
        if isinstance(self.handle, int):
            os.close(self.handle)
        self.handle = ""
        self._segments.clear()

    def _grow(self, nbytes: int) -> None:
        size = -(-nbytes // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        if isinstance(self.handle, int):
            _reserve(self.handle, self._end, size)
        self._start, self._used, self._end = self._end, 0, self._end + size

    def _map(self, start: int, size: int) -> mmap.mmap:
        if sys.platform == "win32":
            return mmap.mmap(-1, size, tagname=f"{self.handle}-{start}")
        assert isinstance(self.handle, int)
        return mmap.mmap(self.handle, size, offset=start)


def create() -> Shared:
    """Memory that belongs to this process and can be passed on by its handle."""
    if sys.platform == "win32":
        return Shared(f"optlab-{os.getpid()}-{next(_names)}")
    if sys.platform == "linux":
        import fcntl

        handle = os.memfd_create("optlab", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)  # who reads past an end is killed
        return Shared(handle)
    handle, name = tempfile.mkstemp(prefix="optlab-")
    Path(name).unlink()
    return Shared(handle)


def _reserve(handle: int, start: int, size: int) -> None:
    """Room that is there: a file that only says it is large kills who writes into it when the disk is full."""
    if sys.platform == "linux":
        os.posix_fallocate(handle, start, size)
    else:
        os.pwrite(handle, bytes(size), start)
