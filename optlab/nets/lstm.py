"""The LSTM cell: a memory that is added to, so that its gradient is not multiplied away."""

from collections.abc import Mapping

import numpy as np

from optlab.layout import Array
from optlab.nets.activations import OF_VALUE
from optlab.nets.cell import Cell, swap


class Lstm(Cell):
    """Long short-term memory: c remembers, i writes, f keeps and o reads it.

        g, i, f, o = tanh, sigmoid, sigmoid, sigmoid of ( W_in x_t + b_in + W_rec h_t₋₁ )
        c_t = i g + f c_t₋₁
        h_t = o tanh c_t

    Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), 1735–1780, DOI
    10.1162/neco.1997.9.8.1735; the gate f: Gers, Schmidhuber & Cummins, "Learning to Forget: Continual Prediction with
    LSTM", Neural Computation 12 (2000), 2451–2471, DOI 10.1162/089976600300015015.
    """

    gates, keeper = 4, 2  # g, i, f, o: the sigmoids lie together, and so do those that c sends its gradient to

    def __init__(self, weights: Mapping[str, Array], length: int, batch: int, activation: str) -> None:
        super().__init__(weights, length, batch, activation)
        self._sigmoid = OF_VALUE["sigmoid"]
        self._gates, self._tanh, memory = self._rows(length, 4), self._rows(length), self._rows(length + 1)
        self._remembered, self._memory = memory[..., :-batch, :], memory[..., batch:, :]
        arrays = (self._before, self._remembered, self._gates, self._memory, self._tanh, self.h)
        self._forward = list(zip(*(self._by_step(a) for a in arrays), strict=True))
        self._sums, self._tmp = self._rows(1, 4), self._rows(1)

    def forward(self, x: Array) -> None:
        product, add, multiply, tanh, sigmoid = np.matmul, np.add, np.multiply, np.tanh, self._sigmoid.apply
        weights, sums, kept = self._gated(self._weights["W_rec"]), self._sums, self._tmp
        (g, i, f, o), sigmoids = sums, sums[1:]
        product(x, self._gated(self._weights["W_in"]), self._gates)
        for before, remembered, gates, memory, tanh_memory, h in self._forward:
            product(before, weights, sums)
            add(gates, sums, sums)
            tanh(g, g)
            sigmoid(sigmoids)
            np.copyto(gates, sums)
            multiply(i, g, memory)
            multiply(f, remembered, kept)
            add(memory, kept, memory)
            tanh(memory, tanh_memory)
            multiply(o, tanh_memory, h)

    def learn(self, slopes: Mapping[str, Array], outer: Array, keep: bool) -> None:
        super().learn(slopes, outer, keep)
        self._factor, self._dz = self._rows(self._length, 4), self._rows(self._length, 4)
        self._through, self._dc = self._rows(self._length), self._rows(1)
        arrays = (self._through, self._factor[:3], self._factor[3], self._dz, self._gates[2])
        self._backward = self._way_back(*(self._by_step(a) for a in arrays))

    def _factors(self) -> None:
        """Of all time steps at once: what ∂L/∂c (g, i, f) and ∂L/∂h (o) are times to reach the sums."""
        (g, i, _, o), (dg, di, df, do), through = self._gates, self._factor, self._through
        self._sigmoid.slope(self._gates[1:], self._factor[1:])
        np.multiply(g, g, dg)
        np.subtract(1, dg, dg)
        np.multiply(dg, i, dg)
        np.multiply(di, g, di)
        np.multiply(df, self._remembered, df)
        np.multiply(do, self._tanh, do)
        np.multiply(self._tanh, self._tanh, through)
        np.subtract(1, through, through)
        np.multiply(through, o, through)

    def backward(self, x: Array) -> None:
        product, add, multiply, total = np.matmul, np.add, np.multiply, np.add.reduce
        dc, sent, tmp, back = self._dc, self._sums, self._tmp, swap(self._gated(self._weights["W_rec"]))
        self._factors()
        self.dh[-1].fill(0)
        dc.fill(0)
        for dh, outer, through, inner, last, dz, kept, lower in self._backward:
            if outer is not None:
                add(dh, outer, dh)
            multiply(dh, through, tmp)
            add(dc, tmp, dc)
            multiply(inner, dc, dz[:3])
            multiply(last, dh, dz[3])
            if lower is not None:
                product(dz, back, sent)
                total(sent, axis=0, out=lower)
                multiply(dc, kept, dc)
        product(swap(x), self._dz, self._gated(self._slopes["W_in"]))
        product(swap(self._before), self._dz, self._gated(self._slopes["W_rec"]))
