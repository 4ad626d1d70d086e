"""Activations: applied in place, with their slope from the value."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from optlab.layout import Array


class Activation(ABC):
    """An elementwise function and its derivative, both in place and without temporaries."""

    steepest: ClassVar[float]
    """Largest slope: how much a layer can pass back at most."""

    @abstractmethod
    def forward(self, z: Array) -> None:
        """z ← σ(z)"""

    @abstractmethod
    def slope(self, a: Array, out: Array) -> None:
        """out ← σ′, where `a` = σ(z)."""


class Sigmoid(Activation):
    """σ(z) = 1 / (1 + e⁻ᶻ),  σ′ = σ (1 − σ) ≤ ¼"""

    steepest = 0.25

    def forward(self, z: Array) -> None:
        np.negative(z, z)
        np.exp(z, z)  # overflows to inf for z < −709, and 1 / inf is the 0 that it should be
        z += 1
        np.reciprocal(z, z)

    def slope(self, a: Array, out: Array) -> None:
        np.subtract(1, a, out)
        out *= a


class Tanh(Activation):
    """σ(z) = tanh z,  σ′ = 1 − σ² ≤ 1"""

    steepest = 1.0

    def forward(self, z: Array) -> None:
        np.tanh(z, z)

    def slope(self, a: Array, out: Array) -> None:
        np.multiply(a, a, out)
        np.subtract(1, out, out)


class Relu(Activation):
    """σ(z) = max(z, 0),  σ′ = 1 where z > 0, else 0"""

    steepest = 1.0

    def forward(self, z: Array) -> None:
        np.maximum(z, 0, out=z)

    def slope(self, a: Array, out: Array) -> None:
        np.sign(a, out)  # a ≥ 0: 0 or 1


ACTIVATIONS: dict[str, Activation] = {"sigmoid": Sigmoid(), "tanh": Tanh(), "relu": Relu()}
