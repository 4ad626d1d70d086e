"""Lion: the sign of a momentum, found by a search over programs."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema, hookimpl, real


class Lion(Optimizer):
    """Step by the same amount in every coordinate: only the sign of a momentum counts.

        x ← x − lr · (sign(β₁ m + (1 − β₁) g) + λ x)
        m ← β₂ m + (1 − β₂) g

    The sign is taken with one decay, the momentum kept with a longer one. It needs one array less than Adam; its lr is
    3 to 10 times smaller, its decay as much larger.

    Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023, arXiv:2302.06675, Algorithm 2.
    """

    name = "lion"
    slots = ("m",)

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step in every coordinate")
    beta1: float = real(0.9, 0.0, 0.9999, doc="share of the momentum in the direction whose sign is taken")
    beta2: float = real(0.99, 0.0, 0.99999, doc="decay of the momentum m")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")

    presets = {
        "optax": {"beta1": 0.9, "beta2": 0.99, "weight_decay": 1e-3},
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
    }
    verified = ("optax", "Keras")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, tmp, tmp2 = state.m, state.tmp, state.tmp2
        keep, take = decay_pair(self.beta1, m)
        np.multiply(m, keep, tmp)
        np.multiply(grads, take, tmp2)
        np.add(tmp, tmp2, tmp)
        np.sign(tmp, tmp2)  # in place it takes nine times as long
        np.multiply(tmp2, state.lr, tmp)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp, params)
        ema(m, grads, self.beta2, tmp)


@hookimpl
def register_optimizers() -> list[type]:
    return [Lion]
