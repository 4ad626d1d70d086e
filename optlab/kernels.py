"""In-place array kernels: what most optimizers are made of, without temporaries."""

from collections.abc import Sequence

import numpy as np
from numpy import add, multiply  # names of their own: looking them up in np costs a small Adam step 2 per cent

from optlab.layout import Array

_pairs: dict[tuple[float, np.dtype], tuple[Array, Array]] = {}


def decay_pair(beta: float | Array, like: Array) -> tuple[Array, Array]:
    """`(β, 1 − β)` as operands for arrays like `like`; a column `(R, 1)` of a batch stays a column."""
    if isinstance(beta, np.ndarray):
        return beta.astype(like.dtype, copy=False), (1.0 - beta).astype(like.dtype, copy=False)
    try:
        return _pairs[beta, like.dtype]  # functools.lru_cache takes half as long again
    except KeyError:
        return _make_pair(beta, like.dtype)


def _make_pair(beta: float, dtype: np.dtype) -> tuple[Array, Array]:
    # 0-d arrays: a Python float costs a ufunc call 0.24 µs more. 1 − β is taken in float64 and then rounded once.
    if len(_pairs) >= 256:  # a schedule of β makes new ones all the time
        _pairs.clear()
    pair = _pairs[beta, dtype] = np.asarray(beta, dtype), np.asarray(1.0 - beta, dtype)
    return pair


def ema(mean: Array, x: Array, beta: float | Array, tmp: Array) -> None:
    """mean ← β mean + (1 − β) x, in place; `tmp` is scratch of the same shape."""
    keep, take = decay_pair(beta, mean)
    multiply(mean, keep, mean)
    multiply(x, take, tmp)
    add(mean, tmp, mean)


def ema_square(mean: Array, x: Array, beta: float | Array, tmp: Array) -> None:
    """mean ← β mean + (1 − β) x², in place; `tmp` is scratch of the same shape."""
    keep, take = decay_pair(beta, mean)
    multiply(mean, keep, mean)
    multiply(x, x, tmp)
    multiply(tmp, take, tmp)
    add(mean, tmp, mean)


def apply_pairs(d: Array, pairs: Sequence[tuple[Array, Array]], tmp: Array) -> None:
    """d ← H d in place, H the inverse Hessian of L-BFGS; `d`, `tmp` and all of `pairs` are `(D,)`.

    `pairs` are steps s and the changes y of the gradient along them, oldest first.

    Source: Nocedal & Wright, "Numerical Optimization", 2nd edition, Springer 2006, Algorithm 7.4.
    """
    if not pairs:
        return
    shares, products = [], [float(s.dot(y)) for s, y in pairs]
    for (s, y), product in zip(reversed(pairs), reversed(products), strict=True):
        shares.append(float(s.dot(d)) / product)
        add(d, multiply(y, -shares[-1], tmp), d)
    newest = pairs[-1][1]
    multiply(d, products[-1] / float(newest.dot(newest)), d)
    for (s, y), product, share in zip(pairs, products, reversed(shares), strict=True):
        add(d, multiply(s, share - float(y.dot(d)) / product, tmp), d)


def newton_schulz(x: Array, polynomial: Sequence[float], times: int, tmp: Array) -> None:
    """Drive the singular values of each matrix of `x (R, m, n)` towards 1, in place; `tmp` is scratch like `x`.

    X ← a X + (b A + c A²) X with A = X Xᵀ on the shorter side, `times` times; `polynomial` is (a, b, c).
    """
    a, b, c = polynomial
    if x.shape[1] > x.shape[2]:
        x, tmp = x.swapaxes(1, 2), tmp.swapaxes(1, 2)
    for _ in range(times):
        gram = np.matmul(x, x.swapaxes(1, 2))
        mixed = np.matmul(gram, gram)
        multiply(mixed, c, mixed)
        multiply(gram, b, gram)
        add(mixed, gram, mixed)
        np.matmul(mixed, x, tmp)
        multiply(x, a, x)
        add(x, tmp, x)


def scale(x: Array, factor: float | Array, out: Array) -> None:
    """out ← factor · x; a column of float64, as estimates of a run are, is first rounded to the precision of `out`."""
    # NumPy would pass a float32 array through 128 kB of buffers, at three times the time
    multiply(x, factor.astype(out.dtype, copy=False) if isinstance(factor, np.ndarray) else factor, out)


def dot(x: Array, y: Array) -> Array:
    """⟨x, y⟩ of each run of `x`, `y (R, D)`, as a column `(R, 1)`, without a product of their size."""
    result: Array = np.vecdot(x, y)[:, None]
    return result


def largest(x: Array) -> float:
    """The largest size of a component, without an array of sizes."""
    return float(max(x.max(), -x.min()))


def norm(x: Array) -> Array:
    """Euclidean norm of each run of `x (R, D)`, as a column `(R, 1)`: `np.linalg.norm` would mix the runs."""
    result: Array = np.sqrt(np.vecdot(x, x)[:, None])
    return result
