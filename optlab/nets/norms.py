"""Normalisers between a layer's sums and its activation, forward and exactly back."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from optlab.layout import Array
from optlab.nets.arrays import Arrays

EPS = 1e-5
"""Added to a variance before its root, as in PyTorch; Keras adds 1e-3."""

PACE = 0.1
"""Weight of a mini-batch in the running statistics, as in PyTorch; Keras gives 0.01, and calls the rest momentum."""


@dataclass(frozen=True)
class Scale:
    """What a normaliser learns, `(R, U)` or `(U,)` each, and where the gradients go; `shift` is None without one."""

    gain: Array
    gain_grad: Array
    shift: Array | None
    shift_grad: Array | None


class Norm(ABC):
    """A normaliser of the sums `x (R, U, B)` of one layer: out = gain · x̂ + shift; one run has no axis R.

    `forward` leaves in x what `backward` needs. `tmp` is scratch like x.
    """

    def __init__(self, x: Array, scale: Scale, tmp: Array) -> None:
        self._x, self._tmp, self._scale = x, tmp, scale
        self._product = np.dot if x.ndim == 2 else np.matmul
        self._gain = scale.gain[..., None]
        self._shift = None if scale.shift is None else scale.shift[..., None]
        self._ones = np.ones(x.shape[-1], x.dtype)

    @abstractmethod
    def forward(self, out: Array) -> None:
        """out ← gain · x̂ + shift"""

    @abstractmethod
    def backward(self, grad: Array, out: Array) -> None:
        """out ← ∂L/∂x from `grad`, ∂L/∂(gain · x̂ + shift), maybe the same array; writes those of the scale."""

    @abstractmethod
    def predict(self, z: Array) -> None:
        """z ← gain · ẑ + shift for other sums `(R, U, N)`."""

    def _shifted(self, z: Array) -> None:
        """z ← z + shift"""
        if self._shift is not None:
            np.add(z, self._shift, z)

    def _write(self, grad: Array) -> None:
        """Write the gradients of the scale where x is x̂."""
        np.vecdot(grad, self._x, out=self._scale.gain_grad)
        if self._scale.shift_grad is not None:
            self._product(grad, self._ones, self._scale.shift_grad)


class BatchNorm(Norm):
    """x̂ = (x − m) / √(v + ε), m and v of each unit over the mini-batch; to predict, their running values.

    Ioffe & Szegedy, "Batch Normalization", ICML 2015, arXiv:1502.03167, Algorithms 1 and 2.
    """

    def __init__(self, x: Array, scale: Scale, tmp: Array, batch: "Statistics", running: "Statistics") -> None:
        super().__init__(x, scale, tmp)
        self._batch, self._running = batch, running
        self._share = np.full_like(self._ones, 1 / x.shape[-1])
        self._inverse = np.empty_like(scale.gain)  # 1 / √(v + ε)

    def forward(self, out: Array) -> None:
        x, mean, variance, inverse = self._x, self._batch.mean, self._batch.variance, self._inverse
        self._product(x, self._share, mean)
        np.subtract(x, mean[..., None], x)
        np.vecdot(x, x, out=variance)
        np.multiply(variance, 1 / x.shape[-1], variance)
        np.add(variance, EPS, inverse)
        np.sqrt(inverse, inverse)
        np.reciprocal(inverse, inverse)
        np.multiply(x, (self._scale.gain * inverse)[..., None], out)
        self._shifted(out)

    def backward(self, grad: Array, out: Array) -> None:
        x, tmp, inverse, scale = self._x, self._tmp, self._inverse, self._scale
        share = 1 / x.shape[-1]
        np.vecdot(grad, x, out=scale.gain_grad)
        np.multiply(scale.gain_grad, inverse, scale.gain_grad)
        self._product(grad, self._ones, scale.shift_grad)
        np.multiply(x, (scale.gain_grad * inverse * share)[..., None], tmp)
        np.subtract(grad, tmp, out)
        np.subtract(out, (scale.shift_grad * share)[..., None], out)
        np.multiply(out, (scale.gain * inverse)[..., None], out)

    def predict(self, z: Array) -> None:
        z -= self._running.mean[..., None]
        z /= np.sqrt(self._running.variance + EPS)[..., None]
        z *= self._gain
        self._shifted(z)


class LayerNorm(Norm):
    """x̂ = (x − m) / √(v + ε), m and v of each point over the units of the layer.

    Ba, Kiros & Hinton, "Layer Normalization", 2016, arXiv:1607.06450, eq. 4.
    """

    centred = True

    def __init__(self, x: Array, scale: Scale, tmp: Array) -> None:
        super().__init__(x, scale, tmp)
        self._share = np.full(x.shape[-2], 1 / x.shape[-2], x.dtype)
        self._inverse, self._mean, self._along = np.empty((3, *x.shape[:-2], x.shape[-1]), x.dtype)

    def forward(self, out: Array) -> None:
        x, tmp, inverse = self._x, self._tmp, self._inverse
        if self.centred:
            self._product(self._share, x, self._mean)
            np.subtract(x, self._mean[..., None, :], x)
        np.multiply(x, x, tmp)
        self._product(self._share, tmp, inverse)
        np.add(inverse, EPS, inverse)
        np.sqrt(inverse, inverse)
        np.reciprocal(inverse, inverse)
        np.multiply(x, inverse[..., None, :], x)
        np.multiply(x, self._gain, out)
        if self._shift is not None:
            self._shifted(out)

    def backward(self, grad: Array, out: Array) -> None:
        x, tmp = self._x, self._tmp
        self._write(grad)
        np.multiply(grad, self._gain, out)
        np.multiply(out, x, tmp)
        self._product(self._share, tmp, self._along)
        if self.centred:
            self._product(self._share, out, self._mean)
            np.subtract(out, self._mean[..., None, :], out)
        np.multiply(x, self._along[..., None, :], tmp)
        np.subtract(out, tmp, out)
        np.multiply(out, self._inverse[..., None, :], out)

    def predict(self, z: Array) -> None:
        if self.centred:
            z -= z.mean(axis=-2, keepdims=True)
        z /= np.sqrt(np.square(z).mean(axis=-2, keepdims=True) + EPS)
        z *= self._gain
        self._shifted(z)


class RmsNorm(LayerNorm):
    """x̂ = x / √(q + ε), q the mean square of each point over the units of the layer; no shift.

    Zhang & Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019, arXiv:1910.07467, eq. 4.
    """

    centred = False


@dataclass(frozen=True)
class Statistics:
    """Mean and variance `(R, …)` of every unit, of a mini-batch or running."""

    mean: Array
    variance: Array

    def of(self, units: slice) -> "Statistics":
        """Those of some units."""
        return Statistics(self.mean[:, units], self.variance[:, units])

    def follow(self, batch: "Statistics", points: int) -> None:
        """Go a tenth of the way to the statistics of a mini-batch of `points`; the variance is the unbiased one."""
        for own, other, factor in (
            (self.mean, batch.mean, 1.0),
            (self.variance, batch.variance, points / (points - 1)),
        ):
            own *= 1 - PACE
            own += (PACE * factor) * other


NORMS = ("none", "batch", "layer", "rms")


def normaliser(arrays: Arrays, k: int, x: Array, batch: Statistics | None, running: Statistics | None) -> Norm | None:
    """The normaliser of layer k with the sums `x`; None where the network has none."""
    one, kind = arrays.one, arrays.net.norm
    if kind == "none":
        return None
    gain, shift = arrays.learned(f"gain{k}"), None if kind == "rms" else arrays.learned(f"shift{k}")
    scale = Scale(*map(one, gain), *(map(one, shift) if shift else (None, None)))
    tmp = one(arrays.tmp(x.shape[1]))
    if batch is None or running is None:
        return (RmsNorm if kind == "rms" else LayerNorm)(one(x), scale, tmp)
    own = [Statistics(one(s.mean), one(s.variance)) for s in (batch, running)]
    return BatchNorm(one(x), scale, tmp, *own)
