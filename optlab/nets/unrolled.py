"""A recurrent network at work: along the sequence and back through time, in arrays made once."""

from typing import TYPE_CHECKING, Any

import numpy as np

from optlab.layout import Array
from optlab.nets.cell import swap
from optlab.nets.data import Feed
from optlab.nets.losses import LOSSES
from optlab.nets.net import Bound, Hidden

if TYPE_CHECKING:
    from optlab.nets.recurrent import Recurrent

PIECE = 1 << 20
"""Numbers of a cell that `predict` holds at once: many or long sequences are seen in pieces."""


def matrices(net: "Recurrent", flat: Array) -> dict[str, Array]:
    """The weights in `flat (R, D)` as a cell takes them; one run drops the axis R."""
    views, runs = net.layout.views(flat), len(flat)
    first = slice(0, net.layout.slices["b_in"].stop)
    views["W_in"] = flat[:, first].reshape(runs, net.inputs + 1, -1)  # with b_in as its last row
    for name in ("b_rec", "b_out"):
        if name in views:
            views[name] = views[name].reshape(runs, 1, -1)
    return {name: view[0] if runs == 1 else view for name, view in views.items() if name != "b_in"}


class Reader:
    """Inputs, cell and outputs of `batch` sequences at once: the way forward."""

    def __init__(self, net: "Recurrent", params: Array, batch: int) -> None:
        runs = len(params)
        self._form = (runs, batch, net.length, net.inputs)
        self.weights = matrices(net, params)
        lead = self.weights["W_rec"].shape[:-2]
        self.cell = net.kind(self.weights, net.length, batch, net.activation)
        self.x = np.ones((*lead, net.length * batch, net.inputs + 1), params.dtype)
        self._inputs = self.x.reshape(runs, net.length, batch, net.inputs + 1)[..., :-1]
        self.read = self.cell.h[..., (net.length - net.answers) * batch :, :]
        self.z = np.empty((*lead, net.answers * batch, net.outputs), params.dtype)
        self.product: Any = np.matmul if lead else np.dot

    def take(self, x: Array) -> None:
        """Take the inputs `x (R, B, T · in)`."""
        np.copyto(self._inputs, x.reshape(self._form).transpose(0, 2, 1, 3))

    def forward(self) -> None:
        """Compute the outputs `z (answers · B, out)`."""
        self.cell.forward(self.x)
        self.product(self.read, self.weights["W_out"], self.z)
        self.z += self.weights["b_out"]


class Unrolled(Bound):
    """Inputs, values and outputs as rows by (time step, point): see `Cell`."""

    def __init__(
        self, net: "Recurrent", params: Array, grads: Array, loss: Array, feed: Feed, keep: bool = False
    ) -> None:
        self._net, self._params, self._loss, self._feed = net, params, loss, feed
        runs, batch = len(params), feed.x.shape[2]
        self._reader = reader = Reader(net, params, batch)
        self._slopes = matrices(net, grads)
        self._outer = np.empty_like(reader.read)
        reader.cell.learn(self._slopes, self._outer, keep)
        y = np.empty((runs, net.answers * batch, net.outputs), params.dtype)
        self._wanted = y.reshape(runs, net.answers, batch, net.outputs)
        self._y, self._z = swap(y), swap(reader.z.reshape(y.shape))
        self._hidden = self._shown() if keep else ()
        self._take()

    def _shown(self) -> tuple[Hidden, ...]:
        cell, runs = self._reader.cell, len(self._params)

        def by_unit(step: Array) -> Array:
            return swap(step.reshape(runs, *step.shape[-2:]))

        slopes = [None] * self._net.length if cell.slope is None else [by_unit(s) for s in cell.slope]
        each = zip(self._net.hidden_names(), cell.values, slopes, cell.dh, strict=True)
        return tuple(Hidden(name, by_unit(h), slope, by_unit(dh)) for name, h, slope, dh in each)

    def _take(self) -> None:
        self._reader.take(swap(self._feed.x))
        runs, answers, batch, outputs = self._wanted.shape
        np.copyto(self._wanted, swap(self._feed.y).reshape(runs, batch, answers, outputs).transpose(0, 2, 1, 3))

    def hidden(self) -> tuple[Hidden, ...]:
        return self._hidden

    def evaluate(self, batch: Array | None) -> None:
        if batch is not None:
            self._feed.fill(batch)
            self._take()
        reader, slopes, z = self._reader, self._slopes, self._reader.z
        reader.forward()
        LOSSES[self._net.loss].evaluate(self._z, self._y, self._loss)
        reader.product(swap(reader.read), z, slopes["W_out"])
        np.add.reduce(z, axis=-2, keepdims=True, out=slopes["b_out"])
        reader.product(z, swap(reader.weights["W_out"]), self._outer)
        reader.cell.backward(reader.x)

    def predict(self, x: Array) -> Array:
        net, runs, count = self._net, len(self._params), len(x)
        piece = min(count, max(1, PIECE // (runs * net.length * net.units * net.kind.gates)))
        reader = Reader(net, self._params, piece)
        found = np.empty((runs, count, net.answers, net.outputs), self._params.dtype)
        for start in range(0, count, piece):
            part = slice(min(start, count - piece), min(start + piece, count))  # the last piece overlaps
            flat = x[part].reshape(1, piece, -1)
            reader.take(np.broadcast_to(flat, (runs, *flat.shape[1:])))
            reader.forward()
            found[:, part] = reader.z.reshape(runs, net.answers, piece, net.outputs).transpose(0, 2, 1, 3)
        return found.reshape(runs, count, -1)
