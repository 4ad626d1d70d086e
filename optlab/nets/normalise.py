"""Normalisation of every column, as a stage of a chain."""

import numpy as np

from optlab.layout import Array
from optlab.nets.arrays import Signal
from optlab.nets.chain import Arena, Pair, Stage
from optlab.nets.norms import LayerNorm, RmsNorm, Scale


class Normalise(Stage):
    """Layer norm, or RMS norm where there is no shift."""

    def __init__(self, below: Signal, gain: Pair, shift: Pair | None = None, *, arena: Arena) -> None:
        """Params are `(R, units)`."""

        def one(x: Array) -> Array:
            return x[0] if arena.runs == 1 else x

        self._below, shape = below, below.value.shape
        self.out = arena.signal(*shape[1:])
        self._sums = np.empty(shape, arena.dtype)
        scale = Scale(*map(one, gain), *(map(one, shift) if shift else (None, None)))
        kind = LayerNorm if shift else RmsNorm
        self._norm = kind(one(self._sums), scale, one(arena.scratch("norm", *shape)))
        self._value, self._grad, self._grad_below = (one(x) for x in (self.out.value, self.out.grad, below.grad))

    def forward(self) -> None:
        np.copyto(self._sums, self._below.value)  # the norm writes over it, a residual connection still needs it
        self._norm.forward(self._value)

    def backward(self) -> None:
        self._norm.backward(self._grad, self._grad_below)
