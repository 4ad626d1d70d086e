"""Convolution of small images, as a stage of a chain."""

from dataclasses import dataclass
from itertools import product as pairs

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from optlab.layout import Array
from optlab.nets.arrays import Call, Signal, swap
from optlab.nets.chain import Arena, Pair, Stage, asked, product

BLOCK = 131_072
"""Numbers in the columns of one block: they stay in the cache, where all rows at once are up to twice as slow."""

Shape = tuple[int, int, int]
"""Channels, height and width of an image; values of images are `(R, channels · height · width, B)`."""


@dataclass(frozen=True, eq=False)
class _Block:
    """Some rows of pixels: their neighbours, the products made of them, and where gradients of neighbours go."""

    neighbours: Array
    total: Call
    slope: Call
    share: Call
    places: list[tuple[Array, Array]]


class Convolution(Stage):
    """The weighted sum of every pixel's 3 × 3 neighbours in all channels; beyond the edge there are zeros.

        z(y, x) = b + Σ W(v, u)ᵀ h(y + v, x + u),    v, u = −1, 0, 1

    Source: Chellapilla, Puri & Simard, "High Performance Convolutional Neural Networks for Document Processing",
    IWFHR 2006: neighbours are copied into columns, so that products of matrices do the rest; here some rows at a time.
    """

    def __init__(self, pair: Pair, below: Signal, shape: Shape, arena: Arena) -> None:
        """Params are `(R, 9 · in + 1, out)`: rows by v, u and channel below, and the bias as the last."""
        (channels, height, width), batch, runs = shape, below.full.shape[2], arena.runs
        image = (runs, channels, height, width, batch)
        self._weights, self._grads = weights, grads = pair
        self._value, self._below = below.value.reshape(image), below.grad.reshape(image) if asked(below) else None
        self._padded = np.zeros((runs, channels, height + 2, width + 2, batch), arena.dtype)
        self._spread = arena.scratch("spread", *self._padded.shape)
        self._more = arena.scratch("more", *grads.shape)
        self.out = arena.signal(weights.shape[2] * height * width, batch)
        each = runs * weights.shape[1] * width * batch
        rows = max(k for k in range(1, height + 1) if height % k == 0 and (k == 1 or k * each <= BLOCK))
        self._columns = arena.scratch("columns", runs, weights.shape[1], rows * width * batch)
        self._shares = arena.scratch("shares", runs, weights.shape[1] - 1, rows * width * batch)
        self._cells = self._columns[:, :-1].reshape(runs, 3, 3, channels, rows, width, batch)
        self._blocks = [self._block(y, rows) for y in range(0, height, rows)]

    def _block(self, y: int, rows: int) -> _Block:
        runs, outputs, width = len(self._weights), self._weights.shape[2], self._value.shape[3]
        window = sliding_window_view(self._padded[:, :, y : y + rows + 2], (3, 3), (2, 3))
        size = self._columns.shape[2]
        part = slice(y // rows * size, (y // rows + 1) * size)
        z, dz = (x.reshape(runs, outputs, -1)[:, :, part] for x in (self.out.value, self.out.grad))
        shares = self._shares.reshape(self._cells.shape)
        return _Block(
            neighbours=window.transpose(0, 5, 6, 1, 2, 3, 4),
            total=product(swap(self._weights), self._columns, z),
            slope=product(self._columns, swap(dz), self._more if y else self._grads),
            share=product(self._weights[:, :-1], dz, self._shares),
            places=[
                (self._spread[:, :, y + v : y + v + rows, u : u + width], shares[:, v, u])
                for v, u in pairs(range(3), repeat=2)
            ],
        )

    def forward(self) -> None:
        np.copyto(self._padded[:, :, 1:-1, 1:-1], self._value)
        self._columns[:, -1] = 1
        for block in self._blocks:
            np.copyto(self._cells, block.neighbours)
            block.total()

    def backward(self) -> None:
        self._spread.fill(0)
        self._columns[:, -1] = 1
        for block in self._blocks:
            np.copyto(self._cells, block.neighbours)
            block.slope()
            if block is not self._blocks[0]:
                np.add(self._grads, self._more, self._grads)
            if self._below is not None:
                block.share()
                for place, share in block.places:
                    np.add(place, share, place)
        if self._below is not None:
            np.copyto(self._below, self._spread[:, :, 1:-1, 1:-1])
