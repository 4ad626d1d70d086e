"""Layers bound to their arrays once, one after another: what networks other than perceptrons are made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.activation import Activation
from optlab.nets.arrays import Call, Signal, swap

Pair = tuple[Array, Array]
"""Some params of all runs, and their gradients."""


def asked(signal: Signal) -> bool:
    """Whether anybody reads the gradient of a signal: that of an input has no units."""
    return bool(signal.grad.shape[1])


class Arena:
    """The memory of a chain: signals, and scratch in which no layer leaves anything."""

    def __init__(self, runs: int, dtype: Any, learns: bool = True) -> None:
        self.runs, self.dtype, self.learns = runs, dtype, learns
        self._scratch: dict[str, Array] = {}

    def signal(self, units: int, columns: int, over: bool = False) -> Signal:
        """A signal of its own; `over` lets its gradient be written over its value."""
        full = np.ones((self.runs, units + 1, columns), self.dtype)
        value = full[:, :-1]
        return Signal(full, value, np.empty(value.shape, self.dtype) if self.learns and not over else value)

    def scratch(self, name: str, *shape: int) -> Array:
        """An array for a purpose; those of one purpose lie over each other."""
        size = prod(shape)
        if size > len(self._scratch.get(name, ())):
            self._scratch[name] = np.empty(size, self.dtype)
        return self._scratch[name][:size].reshape(shape)


def product(a: Array, b: Array, out: Array) -> Call:
    """What computes out ← a b for `(R, m, k)` and `(R, k, n)`; one run drops the axis R, which halves the cost."""
    if len(a) > 1:
        return partial(np.matmul, a, b, out)
    return partial(np.dot if out[0].flags.c_contiguous else np.matmul, a[0], b[0], out[0])


def joined(flat: Pair, layout: Layout, first: str, last: str) -> Pair:
    """The layers of `flat (R, D)` from one to another as a single matrix `(R, rows, out)`: a bias is one more row."""
    span = slice(layout.slices[first].start, layout.slices[last].stop)
    params, grads = (x[:, span].reshape(len(x), -1, layout.shapes[first][1]) for x in flat)
    return params, grads


class Stage(ABC):
    """One layer between signals. Going back it leaves ∂L/∂out alone and writes over the gradient of what is below."""

    out: Signal
    slope: Array | None = None
    """σ′ like the value of `out`, where there is an activation."""
    sums: Array | None = None
    """z, where there is an activation that keeps what it is given."""
    bend: Callable[[Array, Array], None] | None = None
    """z ← σ(z), slope ← σ′(z), where there is an activation."""

    @abstractmethod
    def forward(self) -> None:
        """Write the value of `out`."""

    @abstractmethod
    def backward(self) -> None:
        """Write the gradients of the parameters, and of what is below where they are wanted."""


class Dense(Stage):
    """z = Wᵀ h + b"""

    def __init__(self, pair: Pair, below: Signal, arena: Arena, last: bool = False) -> None:
        """Params are `(R, in + 1, out)`: a bias is the last row of its matrix.

        The gradient of the `last` layer will be written over its value, as losses do.
        """
        weights, grads = pair
        self.out = out = arena.signal(weights.shape[2], below.full.shape[2], over=last)
        self._total = product(swap(weights), below.full, out.value)
        self._slope = product(below.full, swap(out.grad), grads)
        self._spread = product(weights[:, :-1], out.grad, below.grad) if asked(below) else None

    def forward(self) -> None:
        self._total()

    def backward(self) -> None:
        self._slope()
        if self._spread is not None:
            self._spread()


class Activate(Stage):
    """h = σ(z), written over z."""

    def __init__(
        self, activation: Activation, below: Signal, arena: Arena, apart: bool = False, keep: bool = False
    ) -> None:
        """With `apart` the gradient of h stays beside that of z, with `keep` z does beside h."""
        self._activation, self._below, self.bend = activation, below, activation.forward
        self.slope = self._slope = np.empty(below.value.shape, arena.dtype)
        self.out = replace(below, grad=np.empty_like(below.grad)) if apart and arena.learns else below
        self.sums = np.empty(below.value.shape, arena.dtype) if keep else None

    def forward(self) -> None:
        if self.sums is not None:
            np.copyto(self.sums, self.out.value)
        self._activation.forward(self.out.value, self._slope)

    def backward(self) -> None:
        np.multiply(self.out.grad, self._slope, self._below.grad)


class Residual(Stage):
    """h ← h + f(h), where f is a chain of stages."""

    def __init__(self, below: Signal, inner: Sequence[Stage], arena: Arena) -> None:
        end = inner[-1].out
        full = np.ones_like(end.full)
        self.out = Signal(full, full[:, :-1], end.grad)
        self._below, self._inner, self._end = below, inner, end
        self.slope, self.sums, self.bend = inner[-1].slope, inner[-1].sums, inner[-1].bend

    def forward(self) -> None:
        for stage in self._inner:
            stage.forward()
        np.add(self._below.value, self._end.value, self.out.value)

    def backward(self) -> None:
        for stage in reversed(self._inner):
            stage.backward()
        grad = self._below.grad
        np.add(grad, self.out.grad, grad)
