"""From tokens to vectors and back, as stages of a chain."""

import numpy as np

from optlab.layout import Array
from optlab.nets.arrays import Signal, swap
from optlab.nets.chain import Arena, Pair, Stage, product


class OneHot:
    """Token numbers `(R, T, B)` as columns `(R, tokens, B · T)` with a single one; more rows below may follow."""

    def __init__(self, numbers: Array, tokens: int, arena: Arena, more: int = 0) -> None:
        runs, length, points = numbers.shape
        self.marks = np.zeros((runs, tokens + more, points * length), arena.dtype)
        self._each = self.marks[:, :tokens].reshape(runs, tokens, points, length)
        self._numbers = numbers.transpose(0, 2, 1)[:, None]
        self._tokens = np.arange(tokens, dtype=arena.dtype)[:, None, None]

    def mark(self) -> None:
        """Write the columns of the tokens that now stand in the array of numbers."""
        np.equal(self._numbers, self._tokens, self._each)


class Embedding(Stage):
    """h = E(token) + P(position)

    Both are one matrix `(R, tokens + T, width)`: rows of ones and zeros tell position as they tell the token, so that
    its gradient is free.
    """

    def __init__(self, pair: Pair, numbers: Array, arena: Arena, also: Array | None = None) -> None:
        """`numbers (R, T, B)` are tokens; `also` is a gradient of E from elsewhere, which is added."""
        (weights, grads), (length, points) = pair, numbers.shape[1:]
        tokens = weights.shape[1] - length
        self._one_hot = one_hot = OneHot(numbers, tokens, arena, more=length)
        one_hot.marks[:, tokens:] = np.tile(np.eye(length), points)
        self.out = arena.signal(weights.shape[2], points * length)
        self._total = product(swap(weights), one_hot.marks, self.out.value)
        self._slope = product(one_hot.marks, swap(self.out.grad), grads)
        self._grads, self._also = grads[:, :tokens], also

    def forward(self) -> None:
        self._one_hot.mark()
        self._total()

    def backward(self) -> None:
        self._slope()
        if self._also is not None:
            np.add(self._grads, self._also, self._grads)


class Unembedding(Stage):
    """z = E h: a token is as likely as its own vector fits.

    Source: Press & Wolf, "Using the Output Embedding to Improve Language Models", EACL 2017, arXiv:1608.05859.
    """

    def __init__(self, pair: Pair, below: Signal, arena: Arena) -> None:
        """Params are `(R, tokens, width)`; the gradient of z will be written over z, as losses do."""
        weights, grads = pair
        self.out = arena.signal(weights.shape[1], below.full.shape[2], over=True)
        self._total = product(weights, below.value, self.out.value)
        self._slope = product(self.out.grad, swap(below.value), grads)
        self._spread = product(swap(weights), self.out.grad, below.grad)

    def forward(self) -> None:
        self._total()

    def backward(self) -> None:
        self._slope()
        self._spread()
