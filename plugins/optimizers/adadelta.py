"""Adadelta: steps in the units of the parameters."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema_square, hookimpl, real


class Adadelta(Optimizer):
    """Scale the gradient by the root mean square of past steps over that of past gradients.

        v ← ρ v + (1 − ρ) g²
        d = √(u + ε) / √(v + ε) · g
        u ← ρ u + (1 − ρ) d²
        x ← x − lr · d

    d has the units of x, so that no learning rate need be chosen: lr is 1. As u starts at zero the first steps are
    about √ε; with the 0.001 that Keras has for lr hardly anything moves.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, arXiv:1212.5701, Algorithm 1.
    lr is not in the paper; u takes in the step without it.
    """

    name = "adadelta"
    slots = ("v", "u")

    lr: float = real(1.0, 1e-6, 100.0, log=True, label="learning rate", doc="factor of the step; 1 in the paper")
    rho: float = real(0.9, 0.0, 0.9999, doc="decay of both mean squares")
    eps: float = real(1e-6, 1e-12, 0.1, log=True, doc="added to both mean squares; its root sets the size of the start")

    presets = {
        "PyTorch": {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
        "Keras": {"lr": 1e-3, "rho": 0.95, "eps": 1e-7},
        "optax": {"rho": 0.9, "eps": 1e-6},
        "paper": {"lr": 1.0, "rho": 0.95, "eps": 1e-6},
    }
    verified = ("PyTorch", "Keras", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        v, u, tmp, d = state.v, state.u, state.tmp, state.tmp2
        ema_square(v, grads, self.rho, tmp)
        np.add(v, self.eps, tmp)
        np.sqrt(tmp, tmp)
        np.add(u, self.eps, d)
        np.sqrt(d, d)
        np.divide(d, tmp, d)
        np.multiply(d, grads, d)
        ema_square(u, d, self.rho, tmp)
        np.multiply(d, state.lr, d)
        np.subtract(params, d, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Adadelta]
