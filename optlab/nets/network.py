"""A multilayer perceptron over a flat vector: forward and backward in a workspace made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from optlab.layout import Array, Layout
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.data import Data, Feed
from optlab.nets.initialisers import INITIALISERS
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Net


@dataclass(frozen=True)
class Network(Net):
    """A multilayer perceptron: z = W hᵀ + b, h ← σ(z), or h ← h + σ(z) with `residual`.

    The first hidden layer and the output have no residual connection; the output is linear.
    """

    sizes: tuple[int, ...]
    activation: str
    init: str
    loss: str
    residual: bool = False

    @property
    def layout(self) -> Layout:
        """`W1 (in, out)`, `b1 (out,)`, `W2`, … : W and b of a layer lie together as one (in + 1, out) matrix."""
        shapes: dict[str, tuple[int, ...]] = {}
        for k, (m, n) in enumerate(pairwise(self.sizes), 1):
            shapes[f"W{k}"], shapes[f"b{k}"] = (m, n), (n,)
        return Layout(shapes)

    def start(self, params: Array, rng: np.random.Generator) -> None:
        """Draw one run's weights into `params (D,)`; biases are zero."""
        for name, view in self.layout.views(params[None]).items():
            if name.startswith("W"):
                spread = INITIALISERS[self.init](view.shape[1], view.shape[2])
                view[0] = spread * rng.standard_normal(view.shape[1:])
            else:
                view[0] = 0.0

    @property
    def loss_label(self) -> str:
        """Name and unit of the loss."""
        return str(LOSSES[self.loss].label)

    def chance(self) -> tuple[str, float] | None:
        """Label and loss of guessing."""
        chance: tuple[str, float] | None = LOSSES[self.loss].chance(self.sizes[-1])
        return chance

    def bind(
        self, params: Array, grads: Array, loss: Array, data: Sequence[Data], batch: int,
        memory: dict[str, Array] | None = None, keep: bool = False,
    ) -> Bound:  # fmt: skip
        targets = [LOSSES[self.loss].targets(d.y, self.sizes[-1]) for d in data]
        feed = Feed(list(data), targets, batch, params.dtype)
        return Workspace(self, params, grads, loss, feed)

    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        raise NotImplementedError


class Workspace(Bound):
    """Activations `(R, units + 1, B)` with a row of ones: a bias is one more row of its matrix, its gradient is free.

    One run drops the axis R: `np.dot` costs half of a stacked product there.
    """

    def __init__(self, net: Network, params: Array, grads: Array, loss: Array, feed: Feed) -> None:
        self._net, self._loss, self._feed = net, loss, feed
        self._single = params.shape[0] == 1
        self._product = np.dot if self._single else np.matmul
        self._activation = ACTIVATIONS[net.activation]
        runs, batch = params.shape[0], feed.x.shape[2]
        weights, slopes = self._matrices(params), self._matrices(grads)
        sizes = net.sizes
        hidden = range(1, len(sizes) - 1)
        shape = (runs, max(sizes[1:]), batch)
        scratch = [np.empty(shape, params.dtype) for _ in range(4)]  # two that alternate, σ′, and dz of residual layers

        def cut(k: int, units: int) -> Array:
            return self._squeeze(scratch[k].reshape(-1)[: runs * units * batch].reshape(runs, units, batch))

        self._forward: list[tuple[Any, ...]] = []
        self._backward: list[tuple[Any, ...]] = []
        below = self._squeeze(feed.x)
        for k in hidden:
            units = sizes[k]
            h = np.ones((runs, units + 1, batch), params.dtype)
            out = self._squeeze(h[:, :-1])
            skip = net.residual and k > 1 and sizes[k - 1] == units
            value = self._squeeze(np.empty((runs, units, batch), params.dtype)) if skip else out
            self._forward.append((self._swap(weights[k - 1]), below, value, out, below[..., :-1, :] if skip else None))
            dh = cut(k % 2, units)
            dz = cut(3, units) if skip else dh
            back = None if k == 1 else weights[k - 1][..., :-1, :]
            lower = cut((k - 1) % 2, sizes[k - 1]) if k > 1 else None
            self._backward.append((value, dh, dz, cut(2, units), below, slopes[k - 1], back, lower))
            below = self._squeeze(h)
        self._backward.reverse()
        last = len(sizes) - 1
        z = np.empty((runs, sizes[-1], batch), params.dtype)
        self._z = z
        self._head = (
            self._swap(weights[-1]),
            below,
            self._squeeze(z),
            slopes[-1],
            weights[-1][..., :-1, :],
            cut((last - 1) % 2, sizes[last - 1]) if last > 1 else None,
        )

    def _squeeze(self, x: Array) -> Array:
        return x[0] if self._single else x

    def _swap(self, x: Array) -> Array:
        return x.T if self._single else x.transpose(0, 2, 1)

    def _matrices(self, flat: Array) -> list[Array]:
        sizes, at, found = self._net.sizes, 0, []
        for m, n in pairwise(sizes):
            found.append(self._squeeze(flat[:, at : at + (m + 1) * n].reshape(-1, m + 1, n)))
            at += (m + 1) * n
        return found

    def predict(self, x: Array) -> Array:
        raise NotImplementedError

    def evaluate(self, batch: Array | None) -> None:
        if batch is not None:
            self._feed.fill(batch)
        product, activation = self._product, self._activation
        for weight, below, value, out, skip in self._forward:
            product(weight, below, value)
            activation.forward(value)
            if skip is not None:
                np.add(skip, value, out)
        weight, below, z, slope, back, dh = self._head
        product(weight, below, z)
        LOSSES[self._net.loss].evaluate(self._z, self._feed.y, self._loss)
        product(below, self._swap(z), slope)
        if dh is not None:
            product(back, z, dh)
        for value, dh, dz, tmp, below, slope, back, lower in self._backward:
            if dz is not dh:
                np.copyto(dz, dh)
            activation.backward(value, dz, tmp)
            product(below, self._swap(dz), slope)
            if back is not None:
                product(back, dz, lower)
                if dz is not dh:
                    np.add(lower, dh, lower)
