"""Losses of a network's output, numerically stable."""

from dataclasses import dataclass
from math import log

import numpy as np

from optlab.layout import Array
from optlab.nets.loss import Binary, Loss, Softmax


class MeanSquaredError(Loss):
    """L = mean (z − y)² over mini-batch and outputs"""

    label = "mean squared error"

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        z -= y
        np.einsum("rij,rij->r", z, z, out=loss)
        scale = 1 / (z.shape[1] * z.shape[2])
        loss *= scale
        z *= 2 * scale


class MeanAbsoluteError(Loss):
    """L = mean |z − y| over mini-batch and outputs; its gradient is 0 where z = y"""

    label = "mean absolute error"

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        z -= y
        np.add.reduce(np.abs(z), axis=(1, 2), out=loss)
        np.sign(z, z)
        scale = 1 / (z.shape[1] * z.shape[2])
        loss *= scale
        z *= scale


class Huber(Loss):
    """L = mean ( c d − ½ c² ),  d = z − y,  c = d cut to −1 … 1: square for small errors, straight for large ones

    Huber, The Annals of Mathematical Statistics 35 (1964), 73–101, with δ = 1 as in PyTorch.
    """

    label = "Huber loss"

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        error = np.subtract(z, y)
        np.clip(error, -1, 1, out=z)
        error -= 0.5 * z
        np.einsum("rij,rij->r", z, error, out=loss)
        scale = 1 / (z.shape[1] * z.shape[2])
        loss *= scale
        z *= scale


class BinaryCrossEntropy(Binary):
    """L = mean( max(z, 0) − z y + ln(1 + e^−|z|) ), z a logit, y 0 or 1, in nats"""

    label = "cross-entropy, nats"

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        scale = 1 / (z.shape[1] * z.shape[2])
        tail = np.abs(z)  # (R, 1, B): small beside a layer of hidden units
        np.negative(tail, tail)
        np.exp(tail, tail)
        sigmoid = np.exp(np.minimum(z, 0))
        terms = np.maximum(z, 0)
        terms -= np.multiply(z, y, z)
        terms += np.log1p(tail, z)
        np.add.reduce(terms, axis=(1, 2), out=loss)  # np.mean takes 5 µs more
        loss *= scale
        tail += 1
        sigmoid /= tail
        np.subtract(sigmoid, y, z)
        z *= scale

    def chance(self, outputs: int) -> tuple[str, float]:
        return "ln 2", log(2)


class SoftmaxCrossEntropy(Softmax):
    """L = mean( ln Σ eᶻ − Σ z y ), y the share of each class, mostly 0 or 1, in nats"""

    label = "cross-entropy, nats"

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        z -= z.max(axis=1, keepdims=True)
        picked = np.einsum("rij,rij->r", z, y)
        np.exp(z, z)
        total = z.sum(axis=1, keepdims=True)
        points = z.shape[2]
        np.sum(np.log(total), axis=(1, 2), out=loss)
        loss -= picked
        loss *= 1 / points
        z /= total
        z -= y
        z *= 1 / points

    def chance(self, outputs: int) -> tuple[str, float]:
        return f"ln {outputs}", log(outputs)


@dataclass(frozen=True, kw_only=True)
class OfSigmoid(Binary):
    """An error of p = 1 / (1 + e⁻ᶻ): its gradient dies where p is 0 or 1, be it right or wrong."""

    error: Loss

    @property
    def label(self) -> str:
        return _LABELS[type(self.error)]

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        p = np.exp(np.minimum(z, 0))
        p /= 1 + np.exp(-np.abs(z))
        np.copyto(z, p)
        self.error.evaluate(z, y, loss)
        z *= p
        np.subtract(1, p, p)
        z *= p

    def chance(self, outputs: int) -> tuple[str, float]:
        return _of_guessing(self, np.zeros((1, outputs)), outputs)


@dataclass(frozen=True, kw_only=True)
class OfSoftmax(Softmax):
    """An error of p = eᶻ / Σ eᶻ: its gradient dies where p is 0 or 1, be it right or wrong."""

    error: Loss

    @property
    def label(self) -> str:
        return _LABELS[type(self.error)]

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        np.copyto(z, p)
        self.error.evaluate(z, y, loss)
        z -= np.einsum("rij,rij->rj", z, p)[:, None]
        z *= p

    def chance(self, outputs: int) -> tuple[str, float]:
        return _of_guessing(self, np.zeros(1), outputs)


_LABELS: dict[type[Loss], str] = {
    MeanSquaredError: "mean squared error of the probability",
    MeanAbsoluteError: "mean absolute error of the probability",
    Huber: "Huber loss of the probability",
}


def _of_guessing(cost: Loss, y: Array, outputs: int) -> tuple[str, float]:
    wanted, loss = cost.targets(y, outputs).T[None], np.empty(1)
    cost.evaluate(np.zeros_like(wanted), wanted, loss)
    return f"{loss[0]:.3g}", float(loss[0])


LOSSES: dict[str, Loss] = {
    "mse": MeanSquaredError(),
    "mae": MeanAbsoluteError(),
    "huber": Huber(),
    "binary": BinaryCrossEntropy(),
    "binary_mse": OfSigmoid(error=MeanSquaredError()),
    "binary_mae": OfSigmoid(error=MeanAbsoluteError()),
    "binary_huber": OfSigmoid(error=Huber()),
    "softmax": SoftmaxCrossEntropy(),
    "softmax_mse": OfSoftmax(error=MeanSquaredError()),
    "softmax_mae": OfSoftmax(error=MeanAbsoluteError()),
    "softmax_huber": OfSoftmax(error=Huber()),
}
"""By name. The errors are those of numbers; after `binary_` and `softmax_` they are those of the probabilities."""
