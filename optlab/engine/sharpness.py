"""Sharpness: the largest eigenvalue of the loss's Hessian, by Lanczos' iteration on differences of gradients."""

from typing import Any

import numpy as np

from optlab.kernels import norm
from optlab.layout import Array
from optlab.problem import Problem

LEAST, MOST = 5, 30
"""Rounds of a look. Power iteration needs hundreds where two eigenvalues are near each other, and 2 % are missing."""

CLOSE = 1e-3
"""Relative change of the eigenvalue in a round, below which it is good enough."""


class Sharpness:
    """The largest eigenvalue of each run's Hessian; each round costs two evaluations, and it depends on x alone.

        β q′ ← H q − α q − β q₀,    α = qᵀ H q,    H q ≈ (∇f(x + h q) − ∇f(x − h q)) / 2h
        λ ≈ the largest eigenvalue of the tridiagonal matrix of all α and β

    Source: Cohen et al., "Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", ICLR 2021,
    arXiv:2103.00065; Lanczos, "An Iteration Method for the Solution of the Eigenvalue Problem of Linear Differential
    and Integral Operators", Journal of Research of the NBS 45 (1950), 255–282; Pearlmutter, "Fast Exact Multiplication
    by the Hessian", Neural Computation 6 (1994), 147–160.
    """

    def __init__(self, problem: Problem, params: Array, data: list[Any], memory: dict[str, Array]) -> None:
        self._params, self._memory = params, memory
        self._point, self._grads = params.copy(order="K"), np.empty_like(params)
        self._lent = {name: array.copy() for name, array in memory.items()}
        loss = np.empty(len(params), params.dtype)
        self._evaluate = problem.bind_whole(self._point, self._grads, loss, data, self._lent)
        start = np.random.default_rng(0).standard_normal(params.shape[1])
        self._start = (start / np.linalg.norm(start)).astype(params.dtype)
        self._v, self._before, self._product = (np.empty_like(params) for _ in range(3))

    def __call__(self, out: Array) -> None:
        v, before, product = self._v, self._before, self._product
        v[:], before[:] = self._start, 0.0
        rounds = min(MOST, v.shape[1])
        table = np.zeros((len(v), rounds, rounds))  # tridiagonal, of each run
        value = np.zeros(len(v))
        for k in range(rounds):
            self._multiply()
            alpha = np.vecdot(v, product).astype(float)
            exhausted = ~v.any(axis=1)
            table[:, k, k] = np.where(exhausted, table[:, 0, 0], alpha)
            last, value = value, _largest(table[:, : k + 1, : k + 1])
            if k + 1 == rounds or (k >= LEAST and not (np.abs(value - last) > CLOSE * np.abs(value)).any()):
                break
            product -= alpha[:, None] * v
            product -= table[:, k - 1, k, None] * before if k else 0.0
            size = norm(product)
            table[:, k, k + 1] = table[:, k + 1, k] = size[:, 0]
            before[:] = v
            v[:] = 0.0
            np.divide(product, size, out=v, where=size > 0)
        out[:] = value[:, None]

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


def _largest(tables: Array) -> Array:
    """The largest eigenvalue of each symmetric matrix `(R, k, k)`; nan where it is not finite."""
    known = np.asarray(np.isfinite(tables).all(axis=(1, 2)))
    values = np.linalg.eigvalsh(np.where(known[:, None, None], tables, 0.0))[:, -1]
    return np.where(known, values, np.nan)
