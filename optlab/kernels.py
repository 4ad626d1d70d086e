"""In-place array kernels: what most optimizers are made of, without temporaries."""

from functools import lru_cache

import numpy as np

from optlab.layout import Array


@lru_cache(maxsize=256)
def _decay_pair(beta: float, dtype: np.dtype) -> tuple[Array, Array]:
    # 0-d arrays: a Python float costs a ufunc call 0.24 µs more. 1 − β is taken in float64 and then rounded once.
    return np.asarray(beta, dtype), np.asarray(1.0 - beta, dtype)


def decay_pair(beta: float | Array, like: Array) -> tuple[Array, Array]:
    """`(β, 1 − β)` as operands for arrays like `like`; a column `(R, 1)` of a batch stays a column."""
    if isinstance(beta, np.ndarray):
        return beta.astype(like.dtype, copy=False), (1.0 - beta).astype(like.dtype, copy=False)
    return _decay_pair(beta, like.dtype)


def ema(mean: Array, x: Array, beta: float | Array, tmp: Array) -> None:
    """mean ← β mean + (1 − β) x, in place; `tmp` is scratch of the same shape."""
    keep, take = decay_pair(beta, mean)
    np.multiply(mean, keep, mean)
    np.multiply(x, take, tmp)
    np.add(mean, tmp, mean)


def ema_square(mean: Array, x: Array, beta: float | Array, tmp: Array) -> None:
    """mean ← β mean + (1 − β) x², in place; `tmp` is scratch of the same shape."""
    keep, take = decay_pair(beta, mean)
    np.multiply(mean, keep, mean)
    np.multiply(x, x, tmp)
    np.multiply(tmp, take, tmp)
    np.add(mean, tmp, mean)


def norm(x: Array) -> Array:
    """Euclidean norm of each run of `x (R, D)`, as a column `(R, 1)`: `np.linalg.norm` would mix the runs."""
    result: Array = np.sqrt(np.square(x).sum(axis=1, keepdims=True))
    return result
