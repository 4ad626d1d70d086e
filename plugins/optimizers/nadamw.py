"""NadamW: Nadam with decoupled weight decay and constant momentum."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, hookimpl, real


class NadamW(Optimizer):
    """AdamW that steps along the momentum of the next step.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ = β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ)
        x ← x − lr · (m̂ / (√(v̂ + ε₀) + ε) + λ x),    v̂ = v / (1 − β₂ᵗ)

    The newest gradient counts for more than in AdamW, so that the step turns sooner. β₁ has no warm-up here.

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", ICLR 2016 workshop track; Loshchilov & Hutter,
    "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101, Algorithm 2; together as in optax.
    """

    name, title = "nadamw", "NadamW"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    weight_decay: float = real(1e-4, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")

    presets = {"optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 1e-4, "eps_root": 0.0}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2, t = state.m, state.v, state.tmp, state.tmp2, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        root = (1 - self.beta2**t) ** 0.5
        np.add(v, self.eps_root * root * root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps * root, tmp)  # (√(v̂ + ε₀) + ε) · root
        np.multiply(m, self.beta1 / (1 - self.beta1 ** (t + 1)), tmp2)
        np.divide(tmp2, tmp, tmp2)
        np.divide(grads, tmp, tmp)
        np.multiply(tmp, (1 - self.beta1) / (1 - self.beta1**t), tmp)
        np.add(tmp, tmp2, tmp)
        np.multiply(tmp, state.lr * root, tmp)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [NadamW]
