"""AdaMaxW: AdaMax with decoupled weight decay."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema, hookimpl, real


class AdaMaxW(Optimizer):
    """AdaMax whose weight decay does not pass through the moments.

        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g| + ε)
        x ← x − lr · (m / (1 − β₁ᵗ) / u + λ x)

    The step never exceeds about lr in a coordinate, and every weight decays at the same rate.

    Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv:1412.6980, Algorithm 2;
    Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101; together as in optax.
    """

    name, title = "adamaxw", "AdaMaxW"
    slots = ("m", "u")

    lr: float = real(2e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the maximum u")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    weight_decay: float = real(1e-4, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")

    presets = {"optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 1e-4}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, u, tmp = state.m, state.u, state.tmp
        ema(m, grads, self.beta1, tmp)
        np.multiply(u, decay_pair(self.beta2, u)[0], u)
        np.abs(grads, tmp)
        np.add(tmp, self.eps, tmp)
        np.maximum(u, tmp, out=u)
        np.divide(m, u, tmp)
        np.multiply(tmp, state.lr / (1 - self.beta1**state.t), tmp)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdaMaxW]
