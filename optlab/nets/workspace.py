"""A multilayer perceptron at work: forward and backward over a flat vector, in arrays made once."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from optlab.layout import Array
from optlab.nets.activations import ACTIVATIONS
from optlab.nets.data import Feed
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Hidden

if TYPE_CHECKING:
    from optlab.nets.network import Network

PIECE = 1 << 20
"""Numbers of a layer that `predict` holds at once: a wide network sees a large picture in pieces."""


class Workspace(Bound):
    """Activations `(R, units + 1, B)` with a row of ones: a bias is one more row of its matrix, its gradient is free.

    One run drops the axis R: `np.dot` costs half of a stacked product there.
    """

    def __init__(
        self, net: "Network", params: Array, grads: Array, loss: Array, feed: Feed, keep: bool = False
    ) -> None:
        self._net, self._loss, self._feed = net, loss, feed
        self._single = params.shape[0] == 1
        self._product = np.dot if self._single else np.matmul
        self._activation = ACTIVATIONS[net.activation]
        runs, batch = params.shape[0], feed.x.shape[2]
        self._weights, slopes = self._matrices(params), [self._squeeze(g) for g in self._matrices(grads)]
        weights, sizes = [self._squeeze(w) for w in self._weights], net.sizes
        hidden = range(1, len(sizes) - 1)
        shape = (runs, max(sizes[1:]), batch)
        scratch = [np.empty(shape, params.dtype) for _ in range(4)]  # two that alternate, σ′, and dz of residual layers

        def cut(k: int, units: int, own: bool = False) -> Array:
            flat = np.empty(shape, params.dtype) if own else scratch[k]
            return flat.reshape(-1)[: runs * units * batch].reshape(runs, units, batch)

        self._forward: list[tuple[Any, ...]] = []
        self._backward: list[tuple[Any, ...]] = []
        shown: list[Hidden] = []
        below = self._squeeze(feed.x)
        lower: Array | None = None
        for k in hidden:
            units = sizes[k]
            h = np.ones((runs, units + 1, batch), params.dtype)
            out = self._squeeze(h[:, :-1])
            skip = net.residual and k > 1 and sizes[k - 1] == units
            value = self._squeeze(np.empty((runs, units, batch), params.dtype)) if skip else out
            self._forward.append((self._swap(weights[k - 1]), below, value, out, below[..., :-1, :] if skip else None))
            dh, slope = cut(k % 2, units, keep), cut(2, units, keep)
            dz = cut(3, units) if skip or keep else dh
            back = None if k == 1 else weights[k - 1][..., :-1, :]
            upper, inner, outer = (self._squeeze(x) for x in (dh, slope, dz))
            self._backward.append((value, upper, outer, inner, below, slopes[k - 1], back, lower, skip))
            if keep:
                shown.append(Hidden(f"h{k}", h[:, :-1], slope, dh))
            below, lower = self._squeeze(h), upper
        self._backward.reverse()
        self._hidden = tuple(shown)
        self._z = np.empty((runs, sizes[-1], batch), params.dtype)
        self._head = (
            self._swap(weights[-1]), below, self._squeeze(self._z), slopes[-1], weights[-1][..., :-1, :], lower,
        )  # fmt: skip

    def _squeeze(self, x: Array) -> Array:
        return x[0] if self._single else x

    def _swap(self, x: Array) -> Array:
        return x.T if self._single else x.transpose(0, 2, 1)

    def _matrices(self, flat: Array) -> list[Array]:
        at, found = 0, []
        for m, n in pairwise(self._net.sizes):
            found.append(flat[:, at : at + (m + 1) * n].reshape(-1, m + 1, n))
            at += (m + 1) * n
        return found

    def hidden(self) -> tuple[Hidden, ...]:
        return self._hidden

    def predict(self, x: Array) -> Array:
        runs = len(self._loss)
        piece = max(1, PIECE // (runs * max(self._net.sizes)))
        flat = x.reshape(len(x), -1).astype(self._z.dtype)
        found = [self._outputs(flat[k : k + piece].T) for k in range(0, max(1, len(flat)), piece)]
        return np.concatenate(found, axis=2).transpose(0, 2, 1)

    def _outputs(self, h: Array) -> Array:
        """The outputs `(R, out, N)` for inputs `(in, N)`."""
        for k, weight in enumerate(self._weights, 1):
            z = np.matmul(weight[:, :-1].transpose(0, 2, 1), h)
            z += weight[:, -1, :, None]
            if k < len(self._weights):
                self._activation.forward(z)
                if self._net.residual and k > 1 and z.shape == h.shape:
                    z += h
            h = z
        return h

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
        for value, dh, dz, tmp, below, slope, back, lower, skip in self._backward:
            activation.slope(value, tmp)
            np.multiply(dh, tmp, dz)
            product(below, self._swap(dz), slope)
            if back is not None:
                product(back, dz, lower)
                if skip:
                    np.add(lower, dh, lower)
