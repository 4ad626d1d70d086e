"""AdaBelief: Adam that divides by how far gradients are from what was expected."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class AdaBelief(Optimizer):
    """Take large steps where the gradient is as its running mean predicts, small ones where it surprises.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) (g − m)² + ε₀
        x ← x − lr · m̂ / (√v̂ + ε),    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)

    With Nesterov m̂ = β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ).

    Source: Zhuang et al., "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", NeurIPS 2020,
    arXiv:2010.07468, Algorithm 2; as in optax ε₀ stays in v, where it adds up to ε₀ / (1 − β₂).
    """

    name, title = "adabelief", "AdaBelief"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the variance v around m")
    eps: float = real(1e-16, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(1e-16, 0.0, 0.1, label="ε₀ in the variance", doc="added to v at every step")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the momentum of the next step")

    presets = {"optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-16, "eps_root": 1e-16, "nesterov": False}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2, t = state.m, state.v, state.tmp, state.tmp2, state.t
        ema(m, grads, self.beta1, tmp)
        np.subtract(grads, m, tmp2)
        ema_square(v, tmp2, self.beta2, tmp)
        np.add(v, self.eps_root, v)
        np.divide(v, 1 - self.beta2**t, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(m, tmp, tmp2)
        if self.nesterov:
            np.multiply(tmp2, state.lr * self.beta1 / (1 - self.beta1 ** (t + 1)), tmp2)
            np.divide(grads, tmp, tmp)
            np.multiply(tmp, state.lr * (1 - self.beta1) / (1 - self.beta1**t), tmp)
            np.subtract(params, tmp, params)
        else:
            np.multiply(tmp2, state.lr / (1 - self.beta1**t), tmp2)
        np.subtract(params, tmp2, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdaBelief]
