"""Named layers in a flat vector: views without copies, and one norm for each."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""A NumPy array; its shape stands in the text of who takes it."""

LONG = 1024
"""Numbers for each series of equal layers from which norms are products with themselves: half to a third of the time
of squares and their sums, which cross the memory twice; shorter ones pay for the calls."""

TINY = {np.dtype(np.float32): 1e-30, np.dtype(np.float64): 1e-280}
"""Sums of squares below which too many of the squares may have vanished."""


class Layout:
    """The layers of `params (R, D)` in storage order, as slices of axis D.

    `Layout({"W1": (2, 24), "b1": (24,)})`; weights are stored (in, out).
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.shapes = dict(shapes)
        self.names = tuple(shapes)
        sizes = [prod(shape) for shape in shapes.values()]
        self.offsets = np.cumsum([0, *sizes], dtype=np.intp)[:-1]
        self.size = sum(sizes)
        self.slices = {
            name: slice(int(start), int(start) + size)
            for name, start, size in zip(self.names, self.offsets, sizes, strict=True)
        }
        self._series = self._find_series()
        self.long = self.size >= LONG * len(self._series)
        """Whether norms are products of layers with themselves."""

    def views(self, flat: Array) -> dict[str, Array]:
        """The layers of `flat (R, D)` by name, each `(R, *shape)`, sharing its memory."""
        runs = flat.shape[0]
        return {name: flat[:, part].reshape(runs, *self.shapes[name]) for name, part in self.slices.items()}

    def norms(self, flat: Array, tmp: Array | None = None) -> Array:
        """Euclidean norm of each layer of `flat (..., D)`, as float64 `(..., L)`; `tmp` is scratch like `flat`.

        Squares underflow below 1e-23 in float32; a layer whose sum is that small is computed anew, scaled.
        """
        with np.errstate(all="ignore"):
            sums = self._squares(flat, tmp).astype(np.float64, copy=False)
            tiny = sums < TINY[flat.dtype]
            norms: Array = np.sqrt(sums)
            if tiny.any():
                for index in zip(*np.nonzero(tiny), strict=True):
                    norms[index] = _scaled_norm(flat[(*index[:-1], self.slices[self.names[index[-1]]])])
        return norms

    def series(self, flat: Array) -> list[tuple[slice, Array]]:
        """Views of C-ordered `flat (..., D)` as `(..., k, n)` for each series of k equal layers, with their places."""
        item, lead = flat.itemsize, (flat.shape[:-1], flat.strides[:-1])
        views = []
        for layers, count, size, start, step in self._series:
            shape, strides = (*lead[0], count, size), (*lead[1], step * item, item)
            part: Array = np.ndarray(shape, flat.dtype, flat, start * item, strides)  # as_strided takes 5 µs more
            views.append((layers, part))
        return views

    def _squares(self, flat: Array, tmp: Array | None) -> Array:
        """The sum of squares of each layer `(..., L)`."""
        if not self.long or not flat.flags.c_contiguous:
            squares: Array = np.add.reduceat(np.multiply(flat, flat, tmp), self.offsets, axis=-1)
            return squares
        sums = np.empty((*flat.shape[:-1], len(self.names)), flat.dtype)
        for layers, part in self.series(flat):
            np.vecdot(part, part, out=sums[..., layers])
        return sums

    def _find_series(self) -> list[tuple[slice, int, int, int, int]]:
        """Layers of one size at even distances: which, how many, their size, where they start, and how far apart."""
        sizes, found, done = [part.stop - part.start for part in self.slices.values()], [], set[int]()
        for first, size in enumerate(sizes):
            if first in done:
                continue
            alike = [k for k in range(first, len(sizes)) if sizes[k] == size and k not in done]
            by = alike[1] - first if len(alike) > 1 else 1
            step = int(self.offsets[first + by] - self.offsets[first]) if len(alike) > 1 else size
            k = first
            while k + by in alike and self.offsets[k + by] - self.offsets[k] == step:
                k += by
            done.update(range(first, k + 1, by))
            found.append((slice(first, k + 1, by), (k - first) // by + 1, size, int(self.offsets[first]), step))
        return found


def _scaled_norm(x: Array) -> float:
    largest = float(np.abs(x).max(initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.square(x.astype(np.float64) / largest).sum()))
