"""D-Adaptation: AdamW that estimates how far the minimum is."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, dot, ema_square, hookimpl, real, scale


class DAdaptAdamW(Optimizer):
    """AdamW whose rate is a lower bound d of the distance from the start to the minimum; d only grows.

        δ = d · lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ),    q = √β₂
        r ← q r + (1 − q) δ ⟨g, s / (√v + ε)⟩            s, v: those of the step before
        m ← β₁ m + (1 − β₁) δ g                          v ← β₂ v + (1 − β₂) g²
        s ← q s + (1 − q) δ g
        d ← max(d, r / ((1 − q) ‖s‖₁))
        x ← x − δ λ x − m / (√v + ε)

    lr stays at 1. While d is too small, gradients keep pointing the same way and r grows: so d does.

    Source: Defazio & Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", ICML 2023, arXiv:2301.07733, the form
    for Adam; correction of the start as in optax.
    """

    name, title = "dadapt_adamw", "D-Adapt AdamW"
    slots = ("m", "v", "s")

    lr: float = real(1.0, 1e-3, 4.0, log=True, label="learning rate", doc="times the estimated rate")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 1e-16, 0.1, log=True, doc="floor of the denominator")
    d0: float = real(1e-6, 1e-8, 1.0, log=True, label="first d", doc="distance that is believed at first")
    weight_decay: float = real(0.0, 0.0, 1.0, label="weight decay", doc="share λ by which x shrinks, times δ")

    presets = {
        "optax": {"lr": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "d0": 1e-6, "weight_decay": 0.0},
    }
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        state.slot("d", (1,), float)[:] = self.d0
        state.slot("r", (1,), float)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, s, d, r, tmp, t = state.m, state.v, state.s, state.d, state.r, state.tmp, state.t
        delta = d * (state.lr * (1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t))
        keep, take = decay_pair(self.beta1, m)
        root = self.beta2**0.5
        np.sqrt(v, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(s, tmp, tmp)
        r[:] = root * r + (1 - root) * delta * dot(grads, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.multiply(m, keep, m)
        scale(grads, take * delta, tmp)
        np.add(m, tmp, m)
        np.multiply(s, root, s)
        scale(grads, (1 - root) * delta, tmp)
        np.add(s, tmp, s)
        np.abs(s, tmp)
        total = (1 - root) * tmp.sum(axis=1, keepdims=True)
        np.maximum(d, np.where(total > 0, r / np.where(total > 0, total, 1), 0.0), out=d)
        np.sqrt(v, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(m, tmp, tmp)
        scale(params, 1 - delta * self.weight_decay, params)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [DAdaptAdamW]
