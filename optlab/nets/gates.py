"""Activations that let a value through by a smooth gate of itself: GELU, SiLU, Mish."""

from collections.abc import Sequence
from math import pi, sqrt

import numpy as np

from optlab.layout import Array
from optlab.nets.activation import Activation, pieces

# Φ(−x) = e^(−x²/2) P(x) / Q(x) for 0 ≤ x, by a rational minimax fit to Mills' ratio, highest power first: Φ is right to
# 2·10⁻¹⁶ (float64) and 10⁻⁷ (float32). NumPy has no erf, and SciPy would be the largest of the dependencies.
_TAILS: dict[str, tuple[Sequence[float], Sequence[float]]] = {
    "d": (
        (
            1.1511761264562635e-05, 0.00029266599561011107, 0.0035596937082166304, 0.02679734179331944,
            0.1360023294220029, 0.47664157030097154, 1.1325182260522544, 1.689514874611057, 1.2533141373155003,
        ),
        (
            1.15117612095967e-05, 0.0002926660012408147, 0.003571205199727987, 0.027090015858979556,
            0.1395388297654012, 0.5028562644780499, 1.2614831141739185, 2.1158171546489974, 2.1459223945018184, 1.0,
        ),
    ),
    "f": (
        (0.03892077108781845, 0.284105147015172, 0.8811822706528961, 1.2533141422959599),
        (0.03892784938492092, 0.2838345801199148, 0.9243302710653065, 1.5009611616016825, 1.0),
    ),
}  # fmt: skip
_POLYNOMIALS = {
    char: tuple([np.asarray(c, char) for c in coefficients] for coefficients in pair) for char, pair in _TAILS.items()
}


def _polynomial(coefficients: Sequence[Array], x: Array, out: Array) -> None:
    np.multiply(x, coefficients[0], out)
    for coefficient in coefficients[1:-1]:
        out += coefficient
        out *= x
    out += coefficients[-1]


class Gelu(Activation):
    """σ(z) = z Φ(z), Φ the normal distribution function,  σ′ = Φ(z) + z φ(z)

    Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016, arXiv:1606.08415.
    """

    steepest = 1.12891

    def forward(self, z: Array, slope: Array) -> None:
        numerator, denominator = _POLYNOMIALS[z.dtype.char]
        for part, steep in pieces(z, slope):
            x, bell, tail = np.empty((3, *part.shape), part.dtype)
            np.abs(part, x)
            np.minimum(x, 40, out=x)  # where e^(−x²/2) is 0, and the powers of x are finite
            np.multiply(x, x, bell)
            bell *= -0.5
            np.exp(bell, bell)
            _polynomial(numerator, x, tail)
            _polynomial(denominator, x, steep)
            tail /= steep
            bell *= 1 / sqrt(2 * pi)  # φ, for Q is Mills' ratio: Φ(−x) / φ(x)
            tail *= bell  # Φ(−|z|)
            bell *= x
            np.subtract(tail, bell, bell)  # σ′(−|z|), and σ′(|z|) = 1 − σ′(−|z|)
            np.subtract(0.5, bell, bell)
            np.copysign(1, part, steep)
            steep *= bell
            steep += 0.5
            tail *= x
            np.maximum(part, 0, out=part)
            part -= tail  # z Φ(z) = max(z, 0) − |z| Φ(−|z|)


class GeluTanh(Activation):
    """σ(z) = ½ z (1 + tanh u),  u = √(2 / π) (z + 0.044715 z³): the approximation of GELU in its paper"""

    steepest = 1.12900

    def forward(self, z: Array, slope: Array) -> None:
        for part, steep in pieces(z, slope):
            square, gate = np.empty((2, *part.shape), part.dtype)
            np.multiply(part, part, square)
            np.minimum(square, 100, out=square)  # where tanh u is ±1 to the last bit
            np.multiply(square, 0.044715, gate)
            gate += 1
            gate *= part
            gate *= sqrt(2 / pi)
            np.tanh(gate, gate)
            square *= 3 * 0.044715
            square += 1
            square *= 0.5 * sqrt(2 / pi)  # ½ u′
            np.multiply(gate, gate, steep)
            np.subtract(1, steep, steep)
            steep *= square
            steep *= part  # ½ z (1 − tanh² u) u′
            gate += 1
            gate *= 0.5
            steep += gate
            part *= gate


class Silu(Activation):
    """σ(z) = z s,  s = 1 / (1 + e⁻ᶻ),  σ′ = s + σ (1 − s); also called Swish

    Elfwing, Uchibe & Doya, Neural Networks 107 (2018), 3–11; Ramachandran, Zoph & Le, 2017, arXiv:1710.05941.
    """

    steepest = 1.09984

    def forward(self, z: Array, slope: Array) -> None:
        for part, steep in pieces(z, slope):
            np.negative(part, steep)
            np.exp(steep, steep)
            steep += 1
            np.reciprocal(steep, steep)
            part *= steep
            rest = np.subtract(1, steep)
            rest *= part
            steep += rest


class Mish(Activation):
    """σ(z) = z w,  w = tanh(ln(1 + eᶻ)) = n / (n + 2),  n = eᶻ (eᶻ + 2),  σ′ = w + 4 z eᶻ (eᶻ + 1) / (n + 2)²

    Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", BMVC 2020, arXiv:1908.08681.
    """

    steepest = 1.0885

    def forward(self, z: Array, slope: Array) -> None:
        for part, steep in pieces(z, slope):
            power, total, rest = np.empty((3, *part.shape), part.dtype)
            np.minimum(part, 20, out=power)  # where w is 1 to the last bit, and n² is finite in float32
            np.exp(power, power)
            np.add(power, 2, steep)
            steep *= power
            np.add(steep, 2, total)
            steep /= total
            np.add(power, 1, rest)
            rest *= power
            rest /= total
            rest /= total
            rest *= 4
            rest *= np.minimum(part, 20, out=total)
            part *= steep
            steep += rest
