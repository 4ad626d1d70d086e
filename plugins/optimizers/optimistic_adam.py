"""Optimistic Adam: Adam whose steps are corrected by how they change."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class OptimisticAdam(Optimizer):
    """Adam that steps on by the change of its own direction, in the hope that it goes on.

        m ← β₁ m + (1 − β₁) g                            v ← β₂ v + (1 − β₂) g²
        u = m̂ / (√(v̂ + ε₀) + ε),    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
        x ← x − lr · ((α + β) u − β u₋)                  u₋: direction of the step before, u at the first

    With Nesterov m̂ = β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ).

    Source: Daskalakis, Ilyas, Syrgkanis & Zeng, "Training GANs with Optimism", ICLR 2018, arXiv:1711.00141; α, β and
    Nesterov as in optax.
    """

    name, title = "optimistic_adam", "optimistic Adam"
    slots = ("m", "v", "last")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    alpha: float = real(1.0, 0.0, 10.0, doc="weight of the direction")
    beta: float = real(1.0, 0.0, 10.0, doc="weight of the direction's change")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the momentum of the next step")

    presets = {
        "optax": {"alpha": 1.0, "beta": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0,
                  "nesterov": True},
    }  # fmt: skip
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, last, u, tmp, t = state.m, state.v, state.last, state.tmp, state.tmp2, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        if self.nesterov:
            np.multiply(m, self.beta1 / (1 - self.beta1 ** (t + 1)), u)
            np.multiply(grads, (1 - self.beta1) / (1 - self.beta1**t), tmp)
            np.add(u, tmp, u)
        else:
            np.divide(m, 1 - self.beta1**t, u)
        np.divide(v, 1 - self.beta2**t, tmp)
        np.add(tmp, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(u, tmp, u)
        if t == 1:
            np.copyto(last, u)
        np.multiply(last, state.lr * self.beta, tmp)
        np.add(params, tmp, params)
        np.copyto(last, u)
        np.multiply(u, state.lr * (self.alpha + self.beta), u)
        np.subtract(params, u, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [OptimisticAdam]
