"""Losses of a network's output, numerically stable, with their gradient written over the output."""

from abc import ABC, abstractmethod
from math import log
from typing import Any, ClassVar

import numpy as np

from optlab.layout import Array


class Loss(ABC):
    """A mean over the mini-batch. Outputs `z (R, out, B)`, targets `y (R, out, B)`."""

    label: ClassVar[str]

    @abstractmethod
    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        """Write the mean loss of each run into `loss (R,)` and its derivative over `z`."""

    def targets(self, y: Array, outputs: int) -> Array:
        """The targets as `(N, out)` floats; raises `ValueError` where they do not fit."""
        y = np.asarray(y, float).reshape(len(y), -1)
        if y.shape[1] != outputs:
            raise ValueError(f"targets: expected {outputs} columns, got {y.shape[1]}")
        return y

    def right(self, z: Array, y: Array) -> Array | None:
        """Which outputs `(R, out, N)` mean the class of their target: `(R, N)`; None where there are no classes."""
        return None

    def scores(self, outputs: Array, y: Array) -> dict[str, Array]:
        """Mean loss and accuracy `(R,)` of outputs `(R, N, out)` against targets as the data have them."""
        z = outputs.transpose(0, 2, 1).copy()
        wanted = self.targets(y, z.shape[1]).astype(z.dtype).T[None]
        right, loss = self.right(z, wanted), np.empty(len(z), z.dtype)
        self.evaluate(z, np.broadcast_to(wanted, z.shape), loss)
        return {"loss": loss} | ({} if right is None else {"accuracy": right.mean(axis=1)})

    def chance(self, outputs: int) -> tuple[str, float] | None:
        """Label and value of the loss of guessing."""
        return None


class MeanSquaredError(Loss):
    """L = mean (z − y)² over mini-batch and outputs"""

    label = "mean squared error"

    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        z -= y
        np.einsum("rij,rij->r", z, z, out=loss)
        scale = 1 / (z.shape[1] * z.shape[2])
        loss *= scale
        z *= 2 * scale


class BinaryCrossEntropy(Loss):
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

    def right(self, z: Array, y: Array) -> Array:
        right: Array = ((z > 0) == (y > 0.5)).all(axis=1)
        return right

    def chance(self, outputs: int) -> tuple[str, float]:
        return "ln 2", log(2)


class SoftmaxCrossEntropy(Loss):
    """L = mean( ln Σ eᶻ − z_y ), y a class number, in nats"""

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

    def right(self, z: Array, y: Array) -> Array:
        right: Array = z.argmax(axis=1) == y.argmax(axis=1)
        return right

    def targets(self, y: Array, outputs: int) -> Array:
        classes = np.asarray(y).astype(int).ravel()
        if classes.min() < 0 or classes.max() >= outputs:
            raise ValueError(f"targets: expected classes 0 to {outputs - 1}, got {classes.min()} to {classes.max()}")
        one_hot: Array = np.eye(outputs)[classes]
        return one_hot

    def chance(self, outputs: int) -> tuple[str, float]:
        return f"ln {outputs}", log(outputs)


LOSSES: dict[str, Any] = {
    "mse": MeanSquaredError(),
    "binary": BinaryCrossEntropy(),
    "softmax": SoftmaxCrossEntropy(),
}
