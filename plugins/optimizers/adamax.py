"""AdaMax: Adam with the largest gradient in place of the root mean square."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, decay_pair, ema, hookimpl, real


class AdaMax(Optimizer):
    """Divide a running mean of the gradient by a decaying maximum of its size.

        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g| + ε)                           ε outside: u ← max(β₂ u, |g|)
        x ← x − lr / (1 − β₁ᵗ) · m / u                   ε outside: … · m / (u + ε)

    The limit of Adam for an infinite norm: the maximum needs no correction of its start, and one large gradient holds
    the steps down until it has decayed. With decay in the pipeline this is AdaMaxW.

    Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv:1412.6980, Algorithm 2.
    ε is not in the paper: PyTorch and optax have it inside the maximum, Keras outside.
    """

    name, title = "adamax", "AdaMax"
    slots = ("m", "u")

    lr: float = real(2e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the maximum u")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_place: str = choice("inside", "inside", "outside", label="ε", doc="inside the maximum, or added to it")

    presets = {
        "PyTorch": {"lr": 2e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_place": "inside"},
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "eps_place": "outside"},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_place": "inside"},
        "paper": {"lr": 2e-3, "beta1": 0.9, "beta2": 0.999, "eps": 0.0},
    }
    verified = ("PyTorch", "Keras")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, u, tmp = state.m, state.u, state.tmp
        ema(m, grads, self.beta1, tmp)
        np.multiply(u, decay_pair(self.beta2, u)[0], u)
        np.abs(grads, tmp)
        if self.eps_place == "inside":
            np.add(tmp, self.eps, tmp)
            np.maximum(u, tmp, out=u)
            np.divide(m, u, tmp)
        else:
            np.maximum(u, tmp, out=u)
            np.add(u, self.eps, tmp)
            np.divide(m, tmp, tmp)
        np.multiply(tmp, state.lr / (1 - self.beta1**state.t), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdaMax]
