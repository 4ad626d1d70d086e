"""Recurrent cells: what a time step makes of the one before, forward and backward through time."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import numpy as np

from optlab.layout import Array


class Cell(ABC):
    """A cell bound to its weights, for sequences of `length` T and mini-batches of `batch` B points.

    Arrays are `(T · B, units)`, or `(R, T · B, units)` for several runs, with the gates before them where there are
    any: a time step is a block of rows without gaps, and sums over all time steps, as in the gradients of the weights,
    are one product. `weights` has W_in `(in + 1, gates · units)` with b_in as its last row, W_rec `(units, gates ·
    units)`, and b_rec `(1, units)` where the cell has one. The state before the first time step is zero.
    """

    gates: ClassVar[int] = 1
    """Blocks of `units` columns in W_in and W_rec."""

    keeper: ClassVar[int | None] = None
    """The block of W_in whose gate keeps the memory."""

    biased: ClassVar[bool] = False
    """Whether the recurrent sums have a bias b_rec `(units,)` of their own."""

    def __init__(self, weights: Mapping[str, Array], length: int, batch: int, activation: str) -> None:
        self._weights, self._length, self._batch = weights, length, batch
        rec = weights["W_rec"]
        self._units, self._lead, self._dtype = rec.shape[-2], rec.shape[:-2], rec.dtype
        states = self._rows(length + 1)
        self._before, self.h = states[..., :-batch, :], states[..., batch:, :]
        """The value before and after each time step."""

    def _rows(self, steps: int, *gates: int) -> Array:
        return np.zeros((*gates, *self._lead, steps * self._batch, self._units), self._dtype)

    def _by_step(self, rows: Array) -> list[Array]:
        """Views of `rows (…, steps · B, n)` for each time step, `(…, B, n)`."""
        return list(np.moveaxis(rows.reshape(*rows.shape[:-2], -1, self._batch, rows.shape[-1]), -3, 0))

    def _gated(self, matrix: Array) -> Array:
        """A view of `matrix (…, m, gates · units)` as `(gates, …, m, units)`."""
        return np.moveaxis(matrix.reshape(*matrix.shape[:-1], self.gates, self._units), -2, 0)

    @property
    def values(self) -> list[Array]:
        """`h` of each time step, `(B, units)`."""
        return self._by_step(self.h)

    @property
    def slope(self) -> list[Array] | None:
        """σ′ of each time step, where the value is one function of one sum."""
        return None

    @abstractmethod
    def forward(self, x: Array) -> None:
        """Compute `h` from inputs `x (T · B, in + 1)` whose last column is one."""

    def learn(self, slopes: Mapping[str, Array], outer: Array, keep: bool) -> None:
        """Make what `backward` needs: it writes `slopes`, like `weights`, from `outer (k · B, units)`.

        `outer` is what the outputs of the last k time steps send back; `keep` holds `dh` of every time step.
        """
        self._slopes = slopes
        sent = self._by_step(outer)
        self._outer = [None] * (self._length - len(sent)) + sent
        self.dh = self._by_step(self._rows(self._length)) if keep else self._by_step(self._rows(1)) * self._length
        """∂L/∂h of each time step, `(B, units)`."""

    def _way_back(self, *arrays: Iterable[Array]) -> list[tuple[Any, ...]]:
        """For each time step from the last to the first: dh, outer, its `arrays`, and dh of the time step before."""
        return list(zip(self.dh, self._outer, *arrays, (None, *self.dh[:-1]), strict=True))[::-1]

    @abstractmethod
    def backward(self, x: Array) -> None:
        """Write the gradients of the weights, after `forward` of the same `x`."""


def swap(x: Array) -> Array:
    """`x` with its last two axes exchanged."""
    return x.swapaxes(-1, -2)
