"""What a loss is: a mean over the mini-batch, with its gradient written over the output, and what targets it takes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.layout import Array


@dataclass(frozen=True)
class Loss(ABC):
    """A mean over the mini-batch. Outputs `z (R, out, B)`, targets `y (R, out, B)`."""

    smoothing: float = 0.0
    """Share of each class target that is spread evenly over all classes."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Name and unit."""

    @abstractmethod
    def evaluate(self, z: Array, y: Array, loss: Array) -> None:
        """Write the mean loss of each run into `loss (R,)` and its derivative over `z`."""

    def targets(self, y: Array, outputs: int) -> Array:
        """The targets as `(N, out)` floats; raises `FieldError` where they do not fit."""
        y = np.asarray(y, float).reshape(len(y), -1)
        if y.shape[1] != outputs:
            raise FieldError(tr("targets: expected {n} columns, got {that}", n=outputs, that=y.shape[1]))
        return y

    def smoothed(self, smoothing: float) -> Self:
        """The same loss with smoothed classes."""
        return replace(self, smoothing=smoothing)

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


class Binary(Loss):
    """A loss of classes 0 and 1, told apart by the sign of an output."""

    def targets(self, y: Array, outputs: int) -> Array:
        y = super().targets(y, outputs)
        if len(y) and not (y.min() >= 0 and y.max() <= 1):
            raise FieldError(tr("targets: expected 0 to 1, got {least:g} to {most:g}", least=y.min(), most=y.max()))
        return y * (1 - self.smoothing) + 0.5 * self.smoothing

    def right(self, z: Array, y: Array) -> Array:
        right: Array = ((z > 0) == (y > 0.5)).all(axis=1)
        return right


class Softmax(Loss):
    """A loss of classes, told apart by the largest output."""

    def targets(self, y: Array, outputs: int) -> Array:
        classes = np.asarray(y).astype(int).ravel()
        least, most = classes.min(), classes.max()
        if least < 0 or most >= outputs:
            text = tr("targets: expected classes 0 to {last}, got {least} to {most}")
            raise FieldError(text.format(last=outputs - 1, least=least, most=most))
        one_hot: Array = np.eye(outputs)[classes] * (1 - self.smoothing) + self.smoothing / outputs
        return one_hot

    def right(self, z: Array, y: Array) -> Array:
        right: Array = z.argmax(axis=1) == y.argmax(axis=1)
        return right
