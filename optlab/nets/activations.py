"""Activations: squashing functions, rectifiers, and the list of all."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from optlab.layout import Array
from optlab.nets.activation import ONE, ZERO, Activation, OfValue, pieces
from optlab.nets.gates import Gelu, GeluTanh, Mish, Silu


class Sigmoid(OfValue):
    """σ(z) = 1 / (1 + e⁻ᶻ),  σ′ = σ (1 − σ) ≤ ¼"""

    steepest = 0.25

    def apply(self, z: Array) -> None:
        np.negative(z, z)
        np.exp(z, z)  # overflows to inf for z < −709, and 1 / inf is the 0 that it should be
        np.add(z, ONE[z.dtype.char], z)
        np.reciprocal(z, z)

    def slope(self, a: Array, out: Array) -> None:
        np.subtract(ONE[a.dtype.char], a, out)
        np.multiply(out, a, out)


class Tanh(OfValue):
    """σ(z) = tanh z,  σ′ = 1 − σ² ≤ 1"""

    steepest = 1.0

    def apply(self, z: Array) -> None:
        np.tanh(z, z)

    def slope(self, a: Array, out: Array) -> None:
        np.multiply(a, a, out)
        np.subtract(ONE[a.dtype.char], out, out)


class HardSigmoid(Activation):
    """σ(z) = min(max(z / 6 + ½, 0), 1),  σ′ = ⅙ where |z| < 3, else 0"""

    steepest = 1 / 6

    def forward(self, z: Array, slope: Array) -> None:
        np.abs(z, slope)
        np.less(slope, 3, out=slope)
        np.multiply(slope, 1 / 6, slope)
        np.multiply(z, 1 / 6, z)
        np.add(z, 0.5, z)
        np.clip(z, 0, 1, out=z)


class Relu(OfValue):
    """σ(z) = max(z, 0),  σ′ = 1 where z > 0, else 0"""

    steepest = 1.0

    def apply(self, z: Array) -> None:
        np.maximum(z, ZERO[z.dtype.char], out=z)

    def slope(self, a: Array, out: Array) -> None:
        np.greater(a, ZERO[a.dtype.char], out=out)

    def forward(self, z: Array, slope: Array) -> None:
        self.slope(z, slope)
        np.multiply(z, slope, z)  # half of the time of np.maximum


@dataclass(frozen=True)
class LeakyRelu(Activation):
    """σ(z) = z where z > 0, else α z, α = 0.01 as in PyTorch"""

    alpha: float = 0.01
    steepest: ClassVar[float] = 1.0

    def forward(self, z: Array, slope: Array) -> None:
        np.greater(z, ZERO[z.dtype.char], out=slope)
        np.maximum(slope, self.alpha, out=slope)
        np.multiply(z, slope, z)


class Elu(Activation):
    """σ(z) = z where z > 0, else eᶻ − 1"""

    steepest = 1.0

    def forward(self, z: Array, slope: Array) -> None:
        np.minimum(z, 0, out=slope)
        np.expm1(slope, slope)
        np.maximum(z, 0, out=z)
        np.add(z, slope, z)
        np.add(slope, 1, slope)


class Selu(Activation):
    """σ(z) = λ z where z > 0, else λ α (eᶻ − 1): with LeCun's initialiser values keep mean 0 and spread 1

    Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", NeurIPS 2017, arXiv:1706.02515.
    """

    alpha, factor = 1.6732632423543772848, 1.0507009873554804934
    steepest = alpha * factor

    def forward(self, z: Array, slope: Array) -> None:
        low = self.alpha * self.factor
        for part, steep in pieces(z, slope):
            above = np.greater(part, 0, out=np.empty_like(part))
            above *= self.factor - low
            np.minimum(part, 0, out=steep)
            np.expm1(steep, steep)
            steep *= low
            np.maximum(part, 0, out=part)
            part *= self.factor
            part += steep
            steep += low
            steep += above


class Softplus(Activation):
    """σ(z) = ln(1 + eᶻ),  σ′ = 1 / (1 + e⁻ᶻ);  as PyTorch, σ(z) = z above 20, where the rest is below 2·10⁻⁹"""

    steepest = 1.0

    def forward(self, z: Array, slope: Array) -> None:
        for part, steep in pieces(z, slope):
            tail = np.abs(part)
            np.negative(tail, tail)
            np.exp(tail, tail)
            np.multiply(tail, np.less_equal(part, 20), tail)
            np.greater(part, 0, out=steep)
            np.maximum(steep, tail, out=steep)
            np.maximum(part, 0, out=part)
            part += np.log1p(tail)
            tail += 1
            steep /= tail


class Softsign(Activation):
    """σ(z) = z / (1 + |z|),  σ′ = 1 / (1 + |z|)²"""

    steepest = 1.0

    def forward(self, z: Array, slope: Array) -> None:
        np.abs(z, slope)
        np.add(slope, 1, slope)
        np.reciprocal(slope, slope)
        np.multiply(z, slope, z)
        np.multiply(slope, slope, slope)


class Identity(OfValue):
    """σ(z) = z: layers that stay linear, however many"""

    steepest = 1.0

    def apply(self, z: Array) -> None:
        pass

    def slope(self, a: Array, out: Array) -> None:
        out.fill(1)


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Sigmoid(),
    "tanh": Tanh(),
    "hard_sigmoid": HardSigmoid(),
    "relu": Relu(),
    "leaky_relu": LeakyRelu(),
    "elu": Elu(),
    "selu": Selu(),
    "gelu": Gelu(),
    "gelu_tanh": GeluTanh(),
    "silu": Silu(),
    "mish": Mish(),
    "softplus": Softplus(),
    "softsign": Softsign(),
    "identity": Identity(),
}
"""Activations by the names that forms and files call them by: options for `choice(…)`."""

OF_VALUE = {name: each for name, each in ACTIVATIONS.items() if isinstance(each, OfValue)}
"""Those whose slope is a function of the value."""
