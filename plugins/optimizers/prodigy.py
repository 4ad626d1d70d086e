"""Prodigy: Adam that estimates how far the minimum is."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, dot, flag, hookimpl, real, scale


class Prodigy(Optimizer):
    """Adam whose rate is an estimate d of the distance from the start to the minimum; d only grows.

        δ = d · lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ)              not corrected: δ = d · lr
        m ← β₁ m + (1 − β₁) d g                          v ← β₂ v + (1 − β₂) d² g²
        s ← √β₂ s + δ d g / d₀                           safe warm-up: d in the place of δ
        r ← √β₂ r + δ d ⟨g, x₀ − x⟩ / d₀
        d ← max(d, coefficient · r / ‖s‖₁)
        x ← x − δ (m / (√v + d ε) + λ x)

    lr stays at 1. Nothing moves at first; then d doubles its way up within some dozens of steps.

    Source: Mishchenko & Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", ICML 2024,
    arXiv:2306.06101, the form for Adam; correction and ε as in optax.
    """

    name = "prodigy"
    slots = ("m", "v", "s", "start")

    lr: float = real(1.0, 1e-3, 4.0, log=True, label="learning rate", doc="times the estimated rate")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator, times d")
    d0: float = real(1e-6, 1e-8, 1.0, log=True, label="first d", doc="distance that is believed at first")
    coefficient: float = real(1.0, 1e-2, 4.0, log=True, doc="factor of the estimate")
    weight_decay: float = real(0.0, 0.0, 1.0, label="weight decay", doc="share λ by which x shrinks, times δ")
    correct: bool = flag(True, label="correct the start", doc="correct the rate for moments that start at zero")
    safe: bool = flag(False, label="safe warm-up", doc="leave lr out of the estimate's denominator")

    presets = {
        "optax": {"lr": 1.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "d0": 1e-6, "coefficient": 1.0,
                  "weight_decay": 0.0, "correct": True, "safe": False},
    }  # fmt: skip
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.start, params)
        state.slot("d", (1,), float)[:] = self.d0
        state.slot("r", (1,), float)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, s, d, r, tmp, t = state.m, state.v, state.s, state.d, state.r, state.tmp, state.t
        delta = d * (state.lr * ((1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t) if self.correct else 1.0))
        (keep, take), (keep2, take2) = decay_pair(self.beta1, m), decay_pair(self.beta2, v)
        np.multiply(m, keep, m)
        scale(grads, take * d, tmp)
        np.add(m, tmp, m)
        np.multiply(v, keep2, v)
        scale(grads, d, tmp)
        np.multiply(tmp, tmp, tmp)
        np.multiply(tmp, take2, tmp)
        np.add(v, tmp, v)
        root = self.beta2**0.5
        np.multiply(s, root, s)
        scale(grads, (d if self.safe else delta) * (d / self.d0), tmp)
        np.add(s, tmp, s)
        np.subtract(state.start, params, tmp)
        r[:] = root * r + delta * (d / self.d0) * dot(grads, tmp)
        np.abs(s, tmp)
        total = tmp.sum(axis=1, keepdims=True)
        np.maximum(d, np.where(total > 0, self.coefficient * r / np.where(total > 0, total, 1), 0.0), out=d)
        np.sqrt(v, tmp)
        np.add(tmp, (d * self.eps).astype(tmp.dtype, copy=False), tmp)
        np.divide(m, tmp, tmp)
        scale(tmp, delta, tmp)
        scale(params, 1 - delta * self.weight_decay, params)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Prodigy]
