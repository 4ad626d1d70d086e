"""Sharpness: the largest eigenvalue of the loss's Hessian, by power iteration on differences of gradients."""

from typing import Any

import numpy as np

from optlab.kernels import norm
from optlab.layout import Array
from optlab.problem import Problem

FIRST, LATER = 30, 6
"""Rounds of the first look and of later ones, which begin where the last one ended."""


class Sharpness:
    """The eigenvalue of largest size of each run's Hessian, with its sign; each round costs two evaluations.

        v ← H v / ‖H v‖,    λ = vᵀ H v,    H v ≈ (∇f(x + h v) − ∇f(x − h v)) / 2h

    Source: Cohen et al., "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", ICLR 2021,
    arXiv:2103.00065; Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation 6 (1994).
    """

    def __init__(self, problem: Problem, params: Array, data: list[Any], memory: dict[str, Array]) -> None:
        self._params, self._memory = params, memory
        self._point, self._grads = params.copy(order="K"), np.empty_like(params)
        self._lent = {name: array.copy() for name, array in memory.items()}
        loss = np.empty(len(params), params.dtype)
        self._evaluate = problem.bind_whole(self._point, self._grads, loss, data, self._lent)
        start = np.random.default_rng(0).standard_normal(params.shape[1])
        self._v = np.empty_like(params)
        self._v[:] = start / np.linalg.norm(start)
        self._product = np.empty_like(params)
        self._rounds = FIRST

    def __call__(self, out: Array) -> None:
        value = np.zeros((len(self._params), 1))
        for _ in range(self._rounds):
            self._multiply()
            value = np.vecdot(self._v, self._product)[:, None]
            size = norm(self._product)
            np.divide(self._product, size, out=self._v, where=size > 0)
        self._rounds = LATER
        out[:] = value

    def _multiply(self) -> None:
        """product ← H v"""
        h = (np.finfo(self._params.dtype).eps ** (1 / 3) * (1 + norm(self._params))).astype(self._params.dtype)
        for sign in (1, -1):
            for name, array in self._memory.items():
                np.copyto(self._lent[name], array)
            np.multiply(self._v, sign * h, out=self._point)
            self._point += self._params
            self._evaluate(None)
            if sign > 0:
                np.copyto(self._product, self._grads)
        self._product -= self._grads
        self._product /= 2 * h
