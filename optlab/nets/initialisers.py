"""Initialisers: the spread of a layer's first weights."""

from collections.abc import Callable
from math import sqrt

INITIALISERS: dict[str, Callable[[int, int], float]] = {
    # Glorot & Bengio, AISTATS 2010, eq. 12 (normal): keeps the variance of activations and gradients of a linear layer
    "xavier": lambda fan_in, fan_out: sqrt(2 / (fan_in + fan_out)),
    # He et al., ICCV 2015, arXiv:1502.01852, eq. 10: ReLU halves the second moment, so twice the variance
    "he": lambda fan_in, fan_out: sqrt(2 / fan_in),
}
"""Standard deviation of a layer's normal weights from (fan in, fan out); biases start at zero."""
