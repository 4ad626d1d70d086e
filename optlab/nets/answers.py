"""What the outputs of a network mean: probabilities where its loss asks for classes, else values like the targets."""

import numpy as np

from optlab.layout import Array
from optlab.nets.net import Net


def answers(net: Net, outputs: Array) -> Array:
    """The answers `(…, out)` behind outputs `(…, out)`: σ(z) or softmax(z) by the name of the loss, else z itself."""
    loss = _loss(net)
    if loss.startswith("binary"):
        return np.asarray(np.exp(np.minimum(outputs, 0)) / (1 + np.exp(-np.abs(outputs))))
    if loss.startswith("softmax"):
        shares = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
    return outputs


def class_shares(net: Net, outputs: Array) -> Array | None:
    """The probability of each class `(…, K)`, of two classes where one output says how likely 1 is; else None."""
    found = answers(net, outputs)
    if _loss(net).startswith("softmax"):
        return found
    if _loss(net).startswith("binary") and outputs.shape[-1] == 1:
        return np.concatenate((1 - found, found), axis=-1)
    return None


def class_numbers(y: Array) -> Array:
    """The classes `(N,)` that targets name: numbers, or 0 and 1."""
    numbers: Array = np.rint(np.asarray(y, float).reshape(len(y), -1)[:, 0]).astype(np.intp)
    return numbers


def _loss(net: Net) -> str:
    return str(getattr(net, "loss", ""))
