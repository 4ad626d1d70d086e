"""The problems of optimizers.json, from their formulas: flat parameters in, loss and flat gradient out, complex too."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

LossAndGrad = Callable[[np.ndarray], tuple[float, np.ndarray]]


def rosenbrock2(x: np.ndarray, data: Mapping[str, np.ndarray]) -> tuple[float, np.ndarray]:
    x, y = x
    w = y - x * x
    return (1 - x) ** 2 + 100 * w * w, np.array([-2 * (1 - x) - 400 * x * w, 200 * w])


def quad10(x: np.ndarray, data: Mapping[str, np.ndarray]) -> tuple[float, np.ndarray]:
    grad = data["a"] * (x - data["c"])
    return 0.5 * (grad @ (x - data["c"])), grad


def beale2(x: np.ndarray, data: Mapping[str, np.ndarray]) -> tuple[float, np.ndarray]:
    x, y = x
    t = np.array([1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3])
    by_x, by_y = np.array([y - 1, y**2 - 1, y**3 - 1]), np.array([x, 2 * x * y, 3 * x * y**2])
    return t @ t, np.array([2 * t @ by_x, 2 * t @ by_y])


def lsq43(x: np.ndarray, data: Mapping[str, np.ndarray]) -> tuple[float, np.ndarray]:
    rest = data["A"] @ x.reshape(4, 3) - data["B"]
    return 0.5 * np.sum(rest**2), (data["A"].T @ rest).ravel()


def affine(x: np.ndarray, data: Mapping[str, np.ndarray]) -> tuple[float, np.ndarray]:
    rest = data["X"] @ x[:6].reshape(3, 2) + x[6:] - data["Y"]
    return np.sum(rest**2) / 16, np.concatenate(((data["X"].T @ rest / 8).ravel(), rest.sum(axis=0) / 8))


def problem(name: str, table: Mapping[str, Any]) -> LossAndGrad:
    """The function called `name`, with the data of its table."""
    function = {f.__name__: f for f in (rosenbrock2, quad10, beale2, lsq43, affine)}[name]
    data = {key: np.array(value, float) for key, value in (table.get("data") or {}).items()}
    return lambda x: function(x, data)
