"""Named layers in a flat vector: views without copies, and one norm for each."""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Layout:
    """The layers of `params (R, D)` in storage order, as slices of axis D.

    `Layout({"W1": (2, 24), "b1": (24,)})`; weights are stored (in, out).
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        self.shapes = dict(shapes)
        self.names = tuple(shapes)
        sizes = [prod(shape) for shape in shapes.values()]
        self.offsets = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp)
        self.size = sum(sizes)
        self.slices = {
            name: slice(int(start), int(start) + size)
            for name, start, size in zip(self.names, self.offsets, sizes, strict=True)
        }

    def views(self, flat: Array) -> dict[str, Array]:
        """The layers of `flat (R, D)` by name, each `(R, *shape)`, sharing its memory."""
        runs = flat.shape[0]
        return {name: flat[:, part].reshape(runs, *self.shapes[name]) for name, part in self.slices.items()}

    def norms(self, flat: Array, tmp: Array | None = None) -> Array:
        """Euclidean norm of each layer of `flat (..., D)`, as float64 `(..., L)`; `tmp` is scratch like `flat`.

        Squares underflow below 1e-23 in float32; a layer whose sum is that small is computed anew, scaled.
        """
        with np.errstate(all="ignore"):
            sums = np.add.reduceat(np.multiply(flat, flat, tmp), self.offsets, axis=-1).astype(np.float64, copy=False)
            tiny = sums < (1e-30 if flat.dtype == np.float32 else 1e-280)
            norms: Array = np.sqrt(sums)
            if tiny.any():
                for index in zip(*np.nonzero(tiny), strict=True):
                    norms[index] = _scaled_norm(flat[(*index[:-1], self.slices[self.names[index[-1]]])])
        return norms


def _scaled_norm(x: Array) -> float:
    largest = float(np.abs(x).max(initial=0.0))
    if largest == 0.0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.square(x.astype(np.float64) / largest).sum()))
