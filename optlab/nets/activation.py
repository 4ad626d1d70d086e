"""What an activation is: an elementwise function with its slope, computed together and in place."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import prod
from typing import ClassVar

import numpy as np

from optlab.layout import Array

PIECE = 4096
"""Numbers that are computed at once where scratch is needed: it then stays in the first caches, and is small."""

ZERO, ONE = ({char: np.asarray(value, char) for char in "fd"} for value in (0, 1))
"""0 and 1 by the dtype's letter: a Python number costs a ufunc 0.24 µs more, half of a small call."""


class Activation(ABC):
    """An elementwise function σ and its derivative."""

    steepest: ClassVar[float]
    """Largest slope: how much a layer can pass back at most."""

    @abstractmethod
    def forward(self, z: Array, slope: Array) -> None:
        """z ← σ(z),  slope ← σ′(z);  `slope` is like `z`."""


class OfValue(Activation):
    """An activation whose slope is a function of its value, so that many slopes can be taken later at once."""

    @abstractmethod
    def apply(self, z: Array) -> None:
        """z ← σ(z)"""

    @abstractmethod
    def slope(self, a: Array, out: Array) -> None:
        """out ← σ′, where `a` = σ(z)."""

    def forward(self, z: Array, slope: Array) -> None:
        self.apply(z)
        self.slope(z, slope)


def pieces(z: Array, slope: Array) -> Iterator[tuple[Array, Array]]:
    """Matching parts of two arrays of one shape, of about `PIECE` numbers each."""
    inner = max(1, prod(z.shape[1:]))
    if z.ndim > 1 and inner > PIECE and z.shape[1] > 1:
        for pair in zip(z, slope, strict=True):
            yield from pieces(*pair)
    else:
        rows = max(1, PIECE // inner)
        for k in range(0, len(z), rows):
            yield z[k : k + rows], slope[k : k + rows]
