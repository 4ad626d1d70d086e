"""The probe: a network looked at from outside, on the same points at every step."""

from collections.abc import Sequence

import numpy as np

from optlab.layout import Array
from optlab.nets.data import Data
from optlab.nets.net import Hidden, Net

POINTS = 512
"""Points that a probe evaluates at most: they say what all of them say, and a look stays short."""

FEWEST = 32
"""Points that stay where each has many positions: with all 512, a transformer of 16 blocks would take gigabytes."""

SATURATED = 0.05
"""|σ′| below which a unit passes next to nothing back."""


def thinned(data: Data, most: int = POINTS, positions: int = 1) -> Data:
    """At most `most` points at even distances, and of the test points as many; fewer where each has many positions."""
    most = min(most, max(most // positions, FEWEST))

    def some(x: Array | None) -> Array | None:
        return x if x is None or len(x) <= most else x[np.linspace(0, len(x) - 1, most).astype(int)]

    x, y = some(data.x), some(data.y)
    assert x is not None and y is not None
    return Data(x, y, some(data.test_x), some(data.test_y))


class Probe:
    """A network bound to arrays of its own for `runs` runs; `look` evaluates it at any params.

    Masks of dropout are those of one seed; what the network remembers is lent, and stays as it is.
    """

    def __init__(
        self, net: Net, data: Sequence[Data], runs: int, memory: dict[str, Array], dtype: str = "float64"
    ) -> None:
        thin = {id(d): thinned(d, positions=net.positions) for d in data}
        self.data = [thin[id(d)] for d in data]
        self.net = net
        size = len(self.data[0].x)
        self.params = np.zeros((runs, net.layout.size), dtype)
        self.grads, self.loss = np.zeros_like(self.params), np.zeros(runs, dtype)
        self._memory = {name: array.copy() for name, array in memory.items()}
        self.bound = net.bind(self.params, self.grads, self.loss, self.data, size, self._memory, keep=True)
        points = np.arange(size + net.drops)
        points[size:] = 0
        self._batch = np.broadcast_to(points, (runs, len(points)))

    def place(self, params: Array, memory: dict[str, Array]) -> None:
        """Stand at `params (R, D)`, with what is remembered there."""
        np.copyto(self.params, params)
        for name, array in memory.items():
            np.copyto(self._memory[name], array)

    def look(self) -> tuple[Hidden, ...]:
        """Evaluate in training mode, into `loss` and `grads`; the hidden layers."""
        self.bound.evaluate(self._batch)
        return self.bound.hidden()

    def scores(self, test: bool) -> dict[str, Array]:
        """Loss and accuracy `(R,)` in evaluation mode, of the points learned from or of those kept for the test."""
        found: dict[str, Array] = {}
        for data in {id(d): d for d in self.data}.values():
            x, y = (data.test_x, data.test_y) if test else (data.x, data.y)
            assert x is not None and y is not None
            mine = [k for k, d in enumerate(self.data) if d is data]
            for name, value in self.net.scores(self.bound.predict(x)[mine], y).items():
                found.setdefault(name, np.empty(len(self.data)))[mine] = value
        return found


def saturated(hidden: Hidden) -> Array:
    """The share of units and points `(R,)` at which the activation passes next to nothing back."""
    if hidden.slope is None:
        return np.full(len(hidden.value), np.nan)
    share: Array = np.mean(np.abs(hidden.slope) < SATURATED, axis=(1, 2))
    return share


def dead(hidden: Hidden) -> Array:
    """The share of units `(R,)` that pass nothing back for any point."""
    if hidden.slope is None:
        return np.full(len(hidden.value), np.nan)
    share: Array = np.mean(np.max(np.abs(hidden.slope), axis=2) == 0, axis=1)
    return share
