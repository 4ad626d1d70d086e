"""Data sets: inputs and targets to learn from, and some that are kept apart for the test."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from optlab.layout import Array


@dataclass(frozen=True, eq=False)
class Data:
    """Inputs `x (N, …)` and targets `y (N, …)`, or class numbers `(N,)`; `test_x`, `test_y` are kept for the test."""

    x: Array
    y: Array
    test_x: Array | None = None
    test_y: Array | None = None


def held_out(count: int, share: float) -> int:
    """How many of `count` points a test share keeps; at least one stays for training."""
    return min(round(share * count), count - 1)


def split(x: Array, y: Array, share: float, rng: np.random.Generator) -> Data:
    """Data of which a random `share` is kept for the test; the order of the others stays."""
    kept = held_out(len(x), share)
    if not kept:
        return Data(x, y)
    test = np.zeros(len(x), bool)
    test[rng.permutation(len(x))[:kept]] = True
    return Data(x[~test], y[~test], x[test], y[test])


def windows(tokens: Array, length: int, share: float) -> Data:
    """What is seen of `tokens (N,)` and what follows, `(…, length)` each: every window; for the test those of the end.

    The test windows lie side by side, and apart from what is learned; there are none where the end is too short.
    """
    kept = held_out(len(tokens), share)
    learned = sliding_window_view(tokens[: len(tokens) - kept], length + 1)
    if kept <= length:
        return Data(learned[:, :-1], learned[:, 1:])
    end = sliding_window_view(tokens[len(tokens) - kept :], length + 1)[::length]
    return Data(learned[:, :-1], learned[:, 1:], end[:, :-1], end[:, 1:])


class Feed:
    """The mini-batch of every run: inputs `x (R, in, B)`, with `ones` `(R, in + 1, B)`, and targets `y (R, out, B)`.

    Inputs of more axes are flat: `in` is their product. `first (R, 1)` is where a run's points begin in the pool.
    """

    def __init__(self, data: list[Data], targets: list[Array], batch: int, dtype: Any, ones: bool = True) -> None:
        distinct = {id(d): k for k, d in reversed(list(enumerate(data)))}  # runs of one seed share their data
        pool = sorted(distinct.values())
        flat = [data[k].x.reshape(len(data[k].x), -1) for k in pool]
        if ones:
            flat = [np.column_stack((x, np.ones(len(x)))) for x in flat]
        self._x = np.concatenate(flat).astype(dtype)
        self._y = np.concatenate([targets[k].reshape(len(targets[k]), -1) for k in pool]).astype(dtype)
        starts = dict(zip(pool, np.cumsum([0, *(len(x) for x in flat)])[:-1], strict=True))
        self.first = np.array([[starts[distinct[id(d)]]] for d in data])
        runs = len(data)
        self._index = self.first + np.arange(batch)
        x = np.empty((runs, batch, self._x.shape[1]), dtype)
        y = np.empty((runs, batch, self._y.shape[1]), dtype)
        self._rows = x, y
        self.x, self.y = x.transpose(0, 2, 1), y.transpose(0, 2, 1)
        self.fill(np.broadcast_to(np.arange(batch), (runs, batch)))

    def fill(self, batch: Array) -> None:
        """Take the points `batch (R, B)` of each run's data."""
        np.add(batch, self.first, out=self._index)
        x, y = self._rows
        np.take(self._x, self._index, axis=0, out=x, mode="clip")  # "raise" would copy the output
        np.take(self._y, self._index, axis=0, out=y, mode="clip")
