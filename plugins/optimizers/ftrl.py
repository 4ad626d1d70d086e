"""FTRL-Proximal: follow the regularised leader."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class FTRL(Optimizer):
    """Minimise the sum of all gradients so far plus penalties, anew at every step.

        n₊ = n + g²
        z ← z + g + 2 λₛ x − (n₊^−p − n^−p) / lr · x
        n ← n₊
        x ← (clip(z, ±λ₁) − z) / (n^−p / lr + 2 λ₂ + β / lr)

    Coordinates whose z stays within ±λ₁ are exactly zero: a sparse model out of a stream of rare features. x comes
    from z alone, so that the start is forgotten at the first step. p = −½ gives the rates of Adagrad.

    Source: McMahan et al., "Ad Click Prediction: a View from the Trenches", KDD 2013, DOI 10.1145/2487575.2488200,
    Algorithm 1, whose λ₂ is twice this one; the start of n, p and the shrinkage λₛ are those of Keras.
    """

    name, title = "ftrl", "FTRL"
    slots = ("n", "z", "root")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="rate of a coordinate whose n is 1")
    power: float = real(-0.5, -1.0, 0.0, doc="power p with which n lowers the rate; 0 keeps it")
    initial: float = real(0.1, 0.0, 1e3, label="initial accumulator", doc="n before the first step")
    l1: float = real(0.0, 0.0, 1e3, label="λ₁", doc="L1 penalty: what stays below it is zero")
    l2: float = real(0.0, 0.0, 1e3, label="λ₂", doc="L2 penalty")
    shrinkage: float = real(0.0, 0.0, 1e3, label="λₛ", doc="L2 penalty inside the gradient alone")
    beta: float = real(0.0, 0.0, 1e3, label="β", doc="added to √n, so that early rates are not too large")

    presets = {
        "Keras": {"lr": 1e-3, "power": -0.5, "initial": 0.1, "l1": 0.0, "l2": 0.0, "shrinkage": 0.0, "beta": 0.0},
        "paper": {"power": -0.5, "initial": 0.0, "shrinkage": 0.0, "beta": 1.0},
    }
    verified = ("Keras",)

    def init(self, params: Array, state: State) -> None:
        np.add(state.n, self.initial, state.n)
        np.power(state.n, -self.power, state.root)

    def step(self, params: Array, grads: Array, state: State) -> None:
        n, z, root, old, new = state.n, state.z, state.root, state.tmp, state.tmp2
        np.multiply(grads, grads, new)
        np.add(n, new, n)
        np.negative(root, old)
        np.power(n, -self.power, root)  # kept for the next step: a power costs ten products
        np.add(old, root, old)
        np.divide(old, state.lr, old)
        np.subtract(2 * self.shrinkage, old, old)
        np.multiply(old, params, old)
        np.add(z, grads, z)
        np.add(z, old, z)
        np.divide(root, state.lr, new)
        np.add(new, 2 * self.l2 + self.beta / state.lr, new)
        np.maximum(z, -self.l1, out=params)
        np.minimum(params, self.l1, out=params)
        np.subtract(params, z, params)
        np.divide(params, new, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [FTRL]
