"""A perceptron written once more, point by point and without a workspace, for tests to compare with."""

from math import erf, pi, sqrt

import numpy as np


def each(function):
    return np.vectorize(function, otypes=[float])


ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "selu": lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * (np.exp(np.minimum(z, 0)) - 1)),
    "gelu": lambda z: z * (0.5 + 0.5 * each(erf)(z / sqrt(2))),
    "gelu_tanh": lambda z: 0.5 * z * (1 + np.tanh(sqrt(2 / pi) * (z + 0.044715 * z**3))),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "mish": lambda z: z * np.tanh(np.log1p(np.exp(z))),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "identity": lambda z: z,
}


def outputs(network, params, x, masks=None, statistics=None, nudge=None):
    """The outputs `(N, out)` of one run for `x (N, in)`; `masks` are `(units, N)`, statistics (mean, variance).

    `nudge` is a layer and what is added to its values.
    """
    views = {name: view[0] for name, view in network.layout.views(params[None]).items()}
    hidden, at = [x], 0
    for k in range(1, len(network.sizes)):
        z = hidden[-1] @ views[f"W{k}"] + views.get(f"b{k}", 0)
        if k == len(network.sizes) - 1:
            return z
        units = slice(at, at := at + network.sizes[k])
        z = normalised(network.norm, z, None if statistics is None else [s[units] for s in statistics])
        z = z * views.get(f"gain{k}", 1) + views.get(f"shift{k}", 0)
        prelu = network.activation == "prelu"
        f = np.where(z > 0, z, views[f"slope{k}"] * z) if prelu else ACTIVATIONS[network.activation](z)
        if masks is not None:
            f = f * masks[k - 1].T
        over = {"none": 0, "second": 2 if k % 2 else 0}.get(network.residual, 1)
        if over and k > over and f.shape == hidden[-over].shape:
            f = hidden[-over] + views.get(f"skip{k}", 1) * f
        hidden.append(f + nudge[1] if nudge and nudge[0] == k else f)
    return None


def normalised(norm, z, statistics):
    if norm == "none":
        return z
    if norm == "rms":
        return z / np.sqrt((z * z).mean(axis=1, keepdims=True) + 1e-5)
    axis = 0 if norm == "batch" else 1
    mean, variance = statistics or (z.mean(axis=axis, keepdims=True), z.var(axis=axis, keepdims=True))
    return (z - mean) / np.sqrt(variance + 1e-5)


def loss(network, z, y):
    """The mean loss of outputs `(N, out)`; classes are numbers."""
    kind, _, error = network.loss.rpartition("_")
    kind = kind or ("" if error in ERRORS else error)
    smooth, classes = network.smoothing, z.shape[1]
    if kind == "softmax":
        y = np.eye(classes)[y] * (1 - smooth) + smooth / classes
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        if error == kind:
            return -(y * np.log(p)).sum(axis=1).mean()
    elif kind == "binary":
        y = y.reshape(z.shape) * (1 - smooth) + smooth / 2
        p = 1 / (1 + np.exp(-z))
        if error == kind:
            return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    else:
        p, y = z, y.reshape(z.shape)
    return ERRORS[error](p - y).mean()


ERRORS = {
    "mse": np.square,
    "mae": np.abs,
    "huber": lambda d: np.where(np.abs(d) < 1, 0.5 * d * d, np.abs(d) - 0.5),
}
