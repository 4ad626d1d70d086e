"""A ride: an optimizer driven by hand over a bowl, without the engine around it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from optlab.engine.oracle import give_oracle
from optlab.engine.rates import base_rate
from optlab.layout import Array, Layout
from optlab.optimizer import Optimizer, make_state

START = np.array([[1.0, -1.0, 0.5, 2.0]])
CURVATURE = np.array([0.5, 1.0, 2.0, 3.0])


class Ride:
    """Runs `(R, D)` of an optimizer; the loss is scale · ½ Σ c x², or what `gradient(x, t)` says.

    `reuse` hands the same array of gradients to every step, as the engine does; without it each step gets a new one.
    """

    def __init__(
        self, optimizer: Optimizer, start: Any, dtype: str = "float64", scale: float = 1.0, lr: Any = None,
        gradient: Callable[[Array, int], Array] | None = None, reuse: bool = True,
    ) -> None:  # fmt: skip
        self.optimizer = optimizer
        self.params = np.array(start, dtype)
        size = self.params.shape[1]
        self._curvature = np.resize(CURVATURE, size) * scale
        self._gradient = gradient or (lambda x, t: self._curvature * x)
        self._grads, self._reuse = np.zeros_like(self.params), reuse
        self._lr = base_rate(optimizer) if lr is None else lr
        loss = np.zeros(len(self.params), dtype)
        self.state = make_state(optimizer, self.params, Layout({"x": (size,)}), loss)
        give_oracle(optimizer, self.state, self._oracle, self._multiply, self._signs)

    def go(self, steps: int) -> "Ride":
        """Take `steps` more."""
        for _ in range(steps):
            self.step()
        return self

    def step(self, grads: Any = None) -> None:
        """Take one step, with these gradients or those of the bowl; they are read-only."""
        state = self.state
        state.t += 1
        state.lr = self._lr
        given = self._grads if self._reuse else np.zeros_like(self.params)
        given.flags.writeable = True
        given[...] = self._gradient(self.params, state.t) if grads is None else grads
        state.loss[:] = 0.5 * (self.params * given).sum(axis=1)
        given.flags.writeable = False
        self.optimizer.step(self.params, given, state)

    def loss(self) -> Array:
        """½ Σ c x² of each run."""
        value: Array = 0.5 * (self._curvature * self.params.astype(float) ** 2).sum(axis=1)
        return value

    def copied(self) -> "Ride":
        """Another ride that goes on from a copy of the named arrays: what a checkpoint keeps."""
        other = Ride(self.optimizer, self.params, self.params.dtype.name, lr=self._lr, gradient=self._gradient)
        for name, array in self.state.arrays().items():
            other.state.arrays()[name][...] = array
        other.state.t = self.state.t
        for name, value in vars(self.state).items():
            if isinstance(value, int | float | str) and name not in ("t", "lr"):
                setattr(other.state, name, value)
        return other

    def _oracle(self, at: Array, out: Array) -> Array:
        out[...] = self._gradient(at, self.state.t)
        value: Array = 0.5 * (at * out).sum(axis=1)
        return value

    def _multiply(self, at: Array, v: Array, out: Array) -> None:
        np.multiply(self._curvature, v, out=out)

    def _signs(self, out: Array) -> None:
        out[...] = 1 - 2 * ((np.arange(out.shape[1]) + self.state.t) % 2)
