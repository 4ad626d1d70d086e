"""A multilayer perceptron at work: forward and backward over a flat vector, as calls on arrays made once."""

from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from optlab.layout import Array
from optlab.nets.arrays import Arrays, Signal, swap
from optlab.nets.data import Feed
from optlab.nets.dropout import Dropout
from optlab.nets.hidden_layer import HiddenLayer, affine
from optlab.nets.net import Bound, Hidden
from optlab.nets.norms import Statistics

if TYPE_CHECKING:
    from optlab.nets.network import Network

PIECE = 1 << 20
"""Numbers of a layer that `predict` holds at once: a wide network sees a large picture in pieces."""


class Workspace(Bound):
    """Activations `(R, units + 1, B)` with a row of ones: a bias is one more row of its matrix, its gradient is free.

    What an evaluation calls is bound to its arrays beforehand: a small network does not wait for Python.
    """

    def __init__(
        self, net: "Network", params: Array, grads: Array, loss: Array, feed: Feed, memory: dict[str, Array], keep: bool
    ) -> None:
        self._feed, self._dtype, units = feed, params.dtype, net.sizes[1:-1]
        self._largest = len(params) * max(net.sizes)
        arrays = Arrays(net, params, grads, feed.x.shape[2], keep)
        self._dropout = Dropout(net.dropout, units, arrays.runs, arrays.points, arrays.dtype) if net.drops else None
        running = Statistics(memory["mean"], memory["variance"]) if memory else None
        batch = Statistics(*np.empty((2, arrays.runs, sum(units)), arrays.dtype)) if memory else None
        self._skips, signals = net.skips(), [Signal(feed.x, feed.x[:, : net.sizes[0]], arrays.empty(0))]
        self._layers: list[HiddenLayer] = []
        for k, end in enumerate(accumulate(units), 1):
            skip = signals[self._skips[k]].value if k in self._skips else None
            mask = self._dropout.masks[k - 1] if self._dropout else None
            own = slice(end - units[k - 1], end)
            statistics = (batch.of(own), running.of(own)) if batch and running else (None, None)
            self._layers.append(HiddenLayer(arrays, k, signals[-1], skip, mask, *statistics))
            signals.append(self._layers[-1].signal)
        self._calls = [call for layer in self._layers for call in layer.forward()]
        if running and batch:
            self._calls.append(partial(running.follow, batch, arrays.points))
        self._weights, weight_grads = arrays.matrix(len(net.sizes) - 1)
        z = arrays.empty(net.sizes[-1])
        self._calls.append(arrays.product(swap(self._weights), signals[-1].full, z))
        self._calls.append(partial(net.cost.evaluate, z, feed.y, loss))
        self._calls += arrays.gradients(self._weights, weight_grads, signals[-1], z)
        ends = {start: signals[end].grad for end, start in self._skips.items()}
        for k in range(len(units), 0, -1):
            self._calls += self._layers[k - 1].backward(k in self._skips, ends.get(k - 1))
        self._hidden = tuple(layer.hidden for layer in self._layers) if keep else ()

    def hidden(self) -> tuple[Hidden, ...]:
        return self._hidden

    def evaluate(self, batch: Array | None) -> None:
        if batch is not None:
            if self._dropout is not None:
                self._dropout.draw(batch[:, -1])
                batch = batch[:, :-1]
            self._feed.fill(batch)
        for call in self._calls:
            call()

    def predict(self, x: Array) -> Array:
        piece = max(1, PIECE // self._largest)
        flat = x.reshape(len(x), -1).astype(self._dtype)
        found = [self._outputs(flat[k : k + piece].T[None]) for k in range(0, max(1, len(flat)), piece)]
        return np.concatenate(found, axis=2).transpose(0, 2, 1)

    def _outputs(self, x: Array) -> Array:
        """The outputs `(R, out, N)` for inputs `(1, in, N)`."""
        values = [x]  # of the last two layers: no skip is longer
        for k, layer in enumerate(self._layers, 1):
            skip = values[self._skips[k] - k] if k in self._skips else None
            values = [values[-1], layer.predict(values[-1], skip)]
        return affine(self._weights, values[-1])
