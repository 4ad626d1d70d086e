"""Causal self-attention, as a stage of a chain."""

from math import sqrt

import numpy as np

from optlab.layout import Array
from optlab.nets.arrays import Signal, swap
from optlab.nets.chain import Arena, Stage


class CausalAttention(Stage):
    """Every position takes a mean of the values of those up to itself, weighted by how its query fits their keys.

        s(j, i) = kⱼ · qᵢ / √size,    p(j, i) = e^s(j, i) / Σ e^s(l, i) over l ≤ i, and 0 for j > i
        oᵢ = Σ p(j, i) vⱼ             for each head by itself

    Below are queries, keys and values `(R, 3 · heads · size, B · T)`, a point's T positions side by side.

    Source: Vaswani et al., "Attention Is All You Need", NeurIPS 2017, arXiv:1706.03762, equation 1 and section 3.2.3.
    """

    def __init__(self, below: Signal, heads: int, length: int, arena: Arena) -> None:
        runs, (rows, columns) = arena.runs, below.value.shape[1:]
        size, points = rows // (3 * heads), columns // length
        self._scale = 1 / sqrt(size)
        self.out = arena.signal(rows // 3, columns)

        def heads_of(x: Array, parts: int) -> Array:
            """`(parts, R, heads, B, size, T)`"""
            return x.reshape(runs, parts, heads, size, points, length).transpose(1, 0, 2, 4, 3, 5)

        # Scaled as one block: NumPy copies a view of so many axes before it writes over it.
        self._queries, self._dqueries = below.value[:, : rows // 3], below.grad[:, : rows // 3]
        self._q, self._k, self._v = heads_of(below.value, 3)
        self._dq, self._dk, self._dv = heads_of(below.grad, 3)
        (self._o,), (self._do,) = heads_of(self.out.value, 1), heads_of(self.out.grad, 1)
        # Keys outermost: sums over them then add long rows, five to ten times as fast as sums along short ones.
        shape = length, runs, heads, points, length
        self._p, self._dp = np.empty(shape, arena.dtype), arena.scratch("attention", *shape)
        self._each, self._deach = (x.transpose(1, 2, 3, 0, 4) for x in (self._p, self._dp))  # (R, heads, B, T, T)
        self._row = arena.scratch("row", *shape[1:])
        future = np.arange(length)[:, None] > np.arange(length)
        self._mask = np.where(future, -np.inf, 0.0).astype(arena.dtype)[:, None, None, None, :]

    def forward(self) -> None:
        p, row = self._p, self._row
        np.multiply(self._queries, self._scale, self._queries)
        np.matmul(swap(self._k), self._q, self._each)
        np.add(p, self._mask, p)
        np.maximum.reduce(p, axis=0, out=row)
        np.subtract(p, row, p)
        np.exp(p, p)
        np.add.reduce(p, axis=0, out=row)
        np.divide(p, row, p)
        np.matmul(self._v, self._each, self._o)

    def backward(self) -> None:
        p, dp, row = self._p, self._dp, self._row
        np.matmul(self._do, swap(self._each), self._dv)
        np.matmul(swap(self._v), self._do, self._deach)
        np.multiply(dp, p, dp)
        np.add.reduce(dp, axis=0, out=row)
        np.multiply(p, row, p)
        np.subtract(dp, p, dp)  # ∂L/∂s = p (∂L/∂p − Σ p ∂L/∂p)
        np.matmul(self._k, self._deach, self._dq)
        np.multiply(self._dqueries, self._scale, self._dqueries)
        np.matmul(self._q, swap(self._deach), self._dk)  # q is scaled already
