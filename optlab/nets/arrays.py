"""The flat vectors of a perceptron cut into its layers, and the memory that its layers share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from optlab.layout import Array

if TYPE_CHECKING:
    from optlab.nets.network import Network

Call = Callable[[], object]


@dataclass(frozen=True)
class Signal:
    """What one layer gives the next: `full (R, units + 1, B)` with a row of ones, and `grad (R, units, B)`, ∂L/∂value.

    Without biases there is no row of ones; the gradient of the network's input, which nobody asks for, has no units.
    """

    full: Array
    value: Array
    grad: Array


class Arrays:
    """`params`, `grads` `(R, D)` by layer, and scratch for mini-batches of `points`.

    One run drops the axis R wherever arrays are computed with: `np.dot` costs half of a stacked product.
    """

    def __init__(self, net: "Network", params: Array, grads: Array, points: int, keep: bool) -> None:
        self.net, self.points, self.keep = net, points, keep
        self.runs, self.dtype = len(params), params.dtype
        self._params, self._grads, self._layout = params, grads, net.layout
        self._widest = max(net.sizes[1:])
        # gradients of outputs alternate; a skip over two layers needs a third; those that are shown have their own
        self._ring = [self.empty(self._widest) for _ in range(0 if keep else 3 if net.residual == "second" else 2)]
        self._inner, self._tmp = self.empty(self._widest), self.empty(self._widest)

    def empty(self, units: int) -> Array:
        """A new array `(R, units, B)`."""
        return np.empty((self.runs, units, self.points), self.dtype)

    def grad(self, k: int) -> Array:
        """Where ∂L/∂h of layer k goes."""
        units = self.net.sizes[k]
        return self._cut(self._ring[k % len(self._ring)], units) if self._ring else self.empty(units)

    def inner(self, units: int) -> Array:
        """Scratch for ∂L/∂z where ∂L/∂h stays."""
        return self._cut(self._inner, units)

    def tmp(self, units: int) -> Array:
        """Scratch in which no layer leaves anything."""
        return self._cut(self._tmp, units)

    def _cut(self, scratch: Array, units: int) -> Array:
        return scratch.reshape(-1)[: self.runs * units * self.points].reshape(self.runs, units, self.points)

    def matrix(self, k: int) -> tuple[Array, Array]:
        """Weights of layer k with their bias, `(R, in + 1, out)`, and where their gradient goes."""
        columns, start = self.net.sizes[k], self._layout.slices[f"W{k}"].start
        stop = start + (self.net.sizes[k - 1] + self.net.bias) * columns
        weights, grads = (x[:, start:stop].reshape(self.runs, -1, columns) for x in (self._params, self._grads))
        return weights, grads

    def learned(self, name: str) -> tuple[Array, Array]:
        """Another layer's array `(R, n)`, and where its gradient goes."""
        return self._params[:, self._layout.slices[name]], self._grads[:, self._layout.slices[name]]

    def one(self, x: Array) -> Array:
        """`x` without the axis R where there is one run."""
        return x[0] if self.runs == 1 else x

    def product(self, a: Array, b: Array, out: Array) -> Call:
        """The call of out ← a b."""
        return partial(np.dot if self.runs == 1 else np.matmul, self.one(a), self.one(b), self.one(out))

    def call(self, function: Any, *arrays: Array) -> Call:
        """The call of a function of arrays, such as a ufunc with its output."""
        return partial(function, *(self.one(x) for x in arrays))

    def gradients(self, weights: Array, weight_grads: Array, below: Signal, grad: Array) -> list[Call]:
        """The calls that make the gradients of a layer's weights, and of what is below, from that of its sums."""
        calls = [self.product(below.full, swap(grad), weight_grads)]
        if units := below.grad.shape[1]:
            calls.append(self.product(weights[:, :units], grad, below.grad))
        return calls


def swap(x: Array) -> Array:
    """The matrices of `(…, m, n)` transposed, as a view."""
    return x.swapaxes(-1, -2)
