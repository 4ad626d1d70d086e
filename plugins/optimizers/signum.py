"""Signum: the sign of a momentum."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, hookimpl, real


class Signum(Optimizer):
    """Step by lr against the sign of a running mean of the gradient.

        m ← β m + (1 − β) g
        x ← x − lr · sign(m)

    The mean votes over the last 1 / (1 − β) gradients, so that noise turns fewer signs than in signSGD.

    Source: Bernstein, Wang, Azizzadenesheli & Anandkumar, "signSGD: Compressed Optimisation for Non-Convex Problems",
    ICML 2018, arXiv:1802.04434, Algorithm 2.
    """

    name = "signum"
    slots = ("m",)

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step in every coordinate")
    beta: float = real(0.9, 0.0, 0.9999, doc="decay of the mean gradient m")

    presets = {"optax": {"beta": 0.9}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        ema(state.m, grads, self.beta, state.tmp)
        np.sign(state.m, state.tmp)
        np.multiply(state.tmp, state.lr, state.tmp)
        np.subtract(params, state.tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Signum]
