"""The Elman cell: one layer that hears itself."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from optlab.layout import Array
from optlab.nets.activation import OfValue
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.cell import Cell, swap


class Elman(Cell):
    """A simple recurrent network.

        h_t = σ( W_in x_t + b_in + W_rec h_t₋₁ )

    Source: Elman, "Finding Structure in Time", Cognitive Science 14 (1990), 179–211, DOI 10.1207/s15516709cog1402_1.
    PyTorch has two biases, of which only the sum counts.
    """

    def __init__(self, weights: Mapping[str, Array], length: int, batch: int, activation: str) -> None:
        super().__init__(weights, length, batch, activation)
        self._activation = ACTIVATIONS[activation]
        self._product: Any = np.matmul if self._lead else np.dot  # one run: half the cost
        self._sums, self._slope = self._rows(1), self._rows(length)
        values = self.values
        # In-place functions of a view with gaps go through buffers, at three times the cost: several runs do without.
        works = [self._rows(1)] * length if self._lead else values
        self._forward = list(zip(self._by_step(self._before), values, works, self.slope, strict=True))

    def forward(self, x: Array) -> None:
        product, add, copy, activate, sums = self._product, np.add, np.copyto, self._activate, self._sums
        weights = self._weights["W_rec"]
        product(x, self._weights["W_in"], self.h)
        for before, value, work, slope in self._forward:
            product(before, weights, sums)
            add(value, sums, work)
            activate(work, slope)
            if work is not value:
                copy(value, work)

    def _activate(self, z: Array, slope: Array) -> None:
        """z ← σ(z), and slope ← σ′(z) where it cannot be had from the values of all time steps at once."""
        if isinstance(self._activation, OfValue):
            self._activation.apply(z)
        else:
            self._activation.forward(z, slope)

    def learn(self, slopes: Mapping[str, Array], outer: Array, keep: bool) -> None:
        super().learn(slopes, outer, keep)
        self._dz = self._rows(self._length)
        self._backward = self._way_back(self.slope, self._by_step(self._dz))

    @property
    def slope(self) -> list[Array]:
        return self._by_step(self._slope)

    def backward(self, x: Array) -> None:
        product, add, multiply, back = self._product, np.add, np.multiply, swap(self._weights["W_rec"])
        if isinstance(self._activation, OfValue):
            self._activation.slope(self.h, self._slope)
        self.dh[-1].fill(0)
        for dh, outer, slope, dz, lower in self._backward:
            if outer is not None:
                add(dh, outer, dh)
            multiply(dh, slope, dz)
            if lower is not None:
                product(dz, back, lower)
        product(swap(x), self._dz, self._slopes["W_in"])
        product(swap(self._before), self._dz, self._slopes["W_rec"])
