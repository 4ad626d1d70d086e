"""Pooling: every 2 × 2 pixels of a channel become one."""

import numpy as np

from optlab.nets.arrays import Signal
from optlab.nets.chain import Arena, Stage
from optlab.nets.convolution import Shape


class Pool(Stage):
    """The four pixels that become one, as four views of the image below."""

    def __init__(self, below: Signal, shape: Shape, arena: Arena) -> None:
        (channels, height, width), batch = shape, below.full.shape[2]
        self.out = arena.signal(channels * (height // 2) * (width // 2), batch)
        fine = (arena.runs, channels, height // 2, 2, width // 2, 2, batch)
        coarse = (arena.runs, channels, height // 2, width // 2, batch)
        values, grads = below.value.reshape(fine), below.grad.reshape(fine)
        self._values = [values[:, :, :, v, :, u] for v in (0, 1) for u in (0, 1)]
        self._grads = [grads[:, :, :, v, :, u] for v in (0, 1) for u in (0, 1)]
        self._value, self._grad = self.out.value.reshape(coarse), self.out.grad.reshape(coarse)
        self._tmp = arena.scratch("pool", *coarse)


class MeanPool(Pool):
    """The mean of 2 × 2 pixels."""

    def forward(self) -> None:
        first, second, third, fourth = self._values
        total = np.add(first, second, self._tmp)
        np.add(total, third, total)
        np.add(total, fourth, total)
        np.multiply(total, 0.25, self._value)

    def backward(self) -> None:
        for grad in self._grads:
            np.multiply(self._grad, 0.25, grad)


class MaxPool(Pool):
    """The largest of 2 × 2 pixels; the gradient goes to it, and to the first of several that are equally large."""

    def __init__(self, below: Signal, shape: Shape, arena: Arena) -> None:
        super().__init__(below, shape, arena)
        self._free = np.empty(self._value.shape, bool)
        self._here = np.empty(self._value.shape, bool)

    def forward(self) -> None:
        first, second, third, fourth = self._values
        largest = np.maximum(first, second, out=self._tmp)
        np.maximum(largest, third, out=largest)
        np.maximum(largest, fourth, out=self._value)

    def backward(self) -> None:
        free, here = self._free, self._here
        free.fill(True)
        for value, grad in zip(self._values, self._grads, strict=True):
            np.equal(value, self._value, here)
            np.logical_and(here, free, here)
            np.logical_xor(free, here, free)
            np.multiply(self._grad, here, grad)


POOLS: dict[str, type[Pool]] = {"maximum": MaxPool, "average": MeanPool}
"""Ways to make one pixel of four by their names: options for `choice(…)`."""
