"""Simplified AdEMAMix: one long momentum, and the gradient itself."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema_square, hookimpl, real


class SimplifiedAdEMAMix(Optimizer):
    """Add α times the newest gradient to one long sum of gradients: AdEMAMix with two arrays.

        m ← β₁ m + g                                     a sum: 1 / (1 − β₁) times as long as Adam's mean
        v ← β₂ v + (1 − β₂) g²
        x ← x − lr · ((m + α g) / (√(v̂ + ε₀) + ε) + λ x),    v̂ = v / (1 − β₂ᵗ)

    lr is smaller than Adam's, since m sums up.

    Source: Morwani et al., "Connections between Schedule-Free Optimizers, AdEMAMix, and Accelerated SGD Variants",
    2025, arXiv:2502.02431; ε₀ as in optax.
    """

    name, title = "simplified_ademamix", "simplified AdEMAMix"
    slots = ("m", "v")

    lr: float = real(1e-4, 1e-7, 1.0, log=True, label="learning rate", doc="size of a step, before m sums up")
    beta1: float = real(0.99, 0.0, 0.9999, doc="share of the sum m that a step keeps")
    beta2: float = real(0.95, 0.0, 0.99999, doc="decay of the second moment v")
    alpha: float = real(0.0, 0.0, 1000.0, doc="weight of the newest gradient")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")

    presets = {
        "optax": {"beta1": 0.99, "beta2": 0.95, "alpha": 0.0, "eps": 1e-8, "eps_root": 0.0, "weight_decay": 0.0},
    }
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2 = state.m, state.v, state.tmp, state.tmp2
        np.multiply(m, decay_pair(self.beta1, m)[0], m)
        np.add(m, grads, m)
        ema_square(v, grads, self.beta2, tmp)
        np.divide(v, 1 - self.beta2**state.t, tmp)
        np.add(tmp, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.multiply(grads, self.alpha, tmp2)
        np.add(tmp2, m, tmp2)
        np.divide(tmp2, tmp, tmp2)
        np.multiply(tmp2, state.lr, tmp2)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp2, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [SimplifiedAdEMAMix]
