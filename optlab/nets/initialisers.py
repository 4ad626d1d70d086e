"""Initialisers: how a layer's first weights are drawn."""

from collections.abc import Callable
from math import sqrt

import numpy as np

from optlab.layout import Array

DEVIATIONS: dict[str, Callable[[int, int], float]] = {
    # Glorot & Bengio, AISTATS 2010, eq. 12: keeps the variance of activations and gradients of a linear layer
    "xavier": lambda m, n: sqrt(2 / (m + n)),
    # He et al., ICCV 2015, arXiv:1502.01852, eq. 10: ReLU halves the second moment, so twice the variance
    "he": lambda m, n: sqrt(2 / m),
    # LeCun, Bottou, Orr & Müller, "Efficient BackProp", Springer 1998, section 4.6: sums of unit variance, for SELU
    "lecun": lambda m, n: sqrt(1 / m),
}
"""Standard deviation of weights from (fan in, fan out), for layers whose fans are not the shape of a matrix."""

Initialiser = Callable[[np.random.Generator, int, int, float], Array]
"""Draws weights `(in, out)` from (stream, in, out, spread); only `normal` and `uniform` look at the spread."""


def _normal(deviation: Callable[[int, int], float]) -> Initialiser:
    return lambda rng, m, n, spread: deviation(m, n) * rng.standard_normal((m, n))


def _uniform(deviation: Callable[[int, int], float]) -> Initialiser:
    return lambda rng, m, n, spread: sqrt(3) * deviation(m, n) * rng.uniform(-1.0, 1.0, (m, n))


def _orthogonal(rng: np.random.Generator, m: int, n: int, spread: float) -> Array:
    q, r = np.linalg.qr(rng.standard_normal((max(m, n), min(m, n))))
    q *= np.sign(np.diag(r))  # without it the matrices are not evenly spread
    return np.asarray(q if m >= n else q.T)


INITIALISERS: dict[str, Initialiser] = {
    "xavier": _normal(DEVIATIONS["xavier"]),
    "xavier_uniform": _uniform(DEVIATIONS["xavier"]),
    "he": _normal(DEVIATIONS["he"]),
    "he_uniform": _uniform(DEVIATIONS["he"]),
    "lecun": _normal(DEVIATIONS["lecun"]),
    # Saxe, McClelland & Ganguli, ICLR 2014, arXiv:1312.6120: every singular value is 1
    "orthogonal": _orthogonal,
    # torch.nn.Linear: U(±1 / √in) for weights and biases, a third of LeCun's variance
    "pytorch": _uniform(lambda m, n: sqrt(1 / (3 * m))),
    "normal": lambda rng, m, n, spread: spread * rng.standard_normal((m, n)),
    "uniform": lambda rng, m, n, spread: spread * rng.uniform(-1.0, 1.0, (m, n)),
    # every unit of a layer stays like its neighbours: nothing tells them apart
    "zeros": lambda rng, m, n, spread: np.zeros((m, n)),
}
"""Draws of a layer's first weights by the names that forms and files call them by: options for `choice(…)`."""


def first_bias(init: str, rng: np.random.Generator, m: int, n: int) -> Array:
    """The first biases `(out,)` of a layer of m inputs and n units: zero but for PyTorch's own."""
    return np.asarray(rng.uniform(-1.0, 1.0, n) / sqrt(m)) if init == "pytorch" else np.zeros(n)
