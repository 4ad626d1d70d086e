"""The GRU cell: a gate that decides how much of the value stays."""

from collections.abc import Mapping

import numpy as np

from optlab.layout import Array
from optlab.nets.activations import OF_VALUE
from optlab.nets.cell import Cell, swap


class Gru(Cell):
    """Gated recurrent unit: z keeps, r forgets, n is new.

        r, z = sigmoid of ( W_in x_t + b_in + W_rec h_t₋₁ )
        q = W_rec h_t₋₁ + b_rec
        n = tanh( W_in x_t + b_in + r q )
        h_t = (1 − z) n + z h_t₋₁

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder–Decoder for Statistical Machine Translation",
    EMNLP 2014, arXiv:1406.1078, eq. 5 to 8. As in PyTorch r acts after W_rec, so that a time step is one product.
    """

    gates, keeper, biased = 3, 2, True  # n, r, z in W_in and r, z, q in W_rec: slices of n, r, z, q in the gradient

    def __init__(self, weights: Mapping[str, Array], length: int, batch: int, activation: str) -> None:
        super().__init__(weights, length, batch, activation)
        self._sigmoid = OF_VALUE["sigmoid"]
        self._gates, self._q = self._rows(length, 3), self._rows(length)
        arrays = (self._before, self._gates, self._q, self.h)
        self._forward = list(zip(*(self._by_step(a) for a in arrays), strict=True))
        self._sums, self._work, self._tmp = self._rows(1, 3), self._rows(1, 3), self._rows(1)

    def forward(self, x: Array) -> None:
        product, add, multiply, subtract = np.matmul, np.add, np.multiply, np.subtract
        sums, work, tmp, sigmoid = self._sums, self._work, self._tmp, self._sigmoid.apply
        weights, bias = self._gated(self._weights["W_rec"]), self._weights["b_rec"]
        (n, r, z), sigmoids, outer, inner = work, work[1:], sums[:2], sums[2]
        product(x, self._gated(self._weights["W_in"]), self._gates)
        for before, gates, q, h in self._forward:
            product(before, weights, sums)
            add(gates[1:], outer, sigmoids)
            sigmoid(sigmoids)
            add(inner, bias, q)
            multiply(r, q, tmp)
            add(gates[0], tmp, n)
            np.tanh(n, n)
            np.copyto(gates, work)
            subtract(before, n, tmp)
            multiply(tmp, z, tmp)
            add(tmp, n, h)

    def learn(self, slopes: Mapping[str, Array], outer: Array, keep: bool) -> None:
        super().learn(slopes, outer, keep)
        self._factor, self._dz = self._rows(self._length, 4), self._rows(self._length, 4)
        arrays = (self._factor, self._dz, self._gates[2])
        self._backward = self._way_back(*(self._by_step(a) for a in arrays))

    def _factors(self) -> None:
        """Of all time steps at once: what ∂L/∂h is times to reach the sums n, r, z and q."""
        (n, r, z), (dn, dr, dz, dq) = self._gates, self._factor
        self._sigmoid.slope(self._gates[1:], self._factor[1:3])
        np.multiply(n, n, dn)
        np.subtract(1, dn, dn)
        np.subtract(1, z, dq)
        np.multiply(dn, dq, dn)
        np.subtract(self._before, n, dq)
        np.multiply(dz, dq, dz)
        np.multiply(dn, self._q, dq)
        np.multiply(dr, dq, dr)
        np.multiply(dn, r, dq)

    def backward(self, x: Array) -> None:
        product, add, multiply, total = np.matmul, np.add, np.multiply, np.add.reduce
        sent, tmp, back, slopes = self._sums, self._tmp, swap(self._gated(self._weights["W_rec"])), self._slopes
        self._factors()
        self.dh[-1].fill(0)
        for dh, outer, factor, dz, kept, lower in self._backward:
            if outer is not None:
                add(dh, outer, dh)
            multiply(factor, dh, dz)
            if lower is not None:
                multiply(dh, kept, tmp)
                product(dz[1:], back, sent)
                total(sent, axis=0, out=lower)
                add(lower, tmp, lower)
        product(swap(x), self._dz[:3], self._gated(slopes["W_in"]))
        product(swap(self._before), self._dz[1:], self._gated(slopes["W_rec"]))
        total(self._dz[3], axis=-2, keepdims=True, out=slopes["b_rec"])
