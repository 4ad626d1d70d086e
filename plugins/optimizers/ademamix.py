"""AdEMAMix: Adam with a second, very long memory of the gradient."""

from typing import Any

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, hookimpl, integer, real


class AdEMAMix(Optimizer):
    """Adam that adds α times a very slow mean of the gradient to the fast one.

        m ← β₁ m + (1 − β₁) g                            v ← β₂ v + (1 − β₂) g²
        n ← β₃ n + (1 − β₃) g                            not corrected for its start
        x ← x − lr · ((m̂ + α n) / (√(v̂ + ε₀) + ε) + λ x)

    Gradients stay useful for ten thousands of steps. Over the warm-up α rises from 0 in a straight line, and the
    half-life of β₃ from that of β₁.

    Source: Pagliardini, Ablin & Grangier, "The AdEMAMix Optimizer: Better, Faster, Older", ICLR 2025, arXiv:2409.03137,
    Algorithm 1.
    """

    name, title = "ademamix", "AdEMAMix"
    slots = ("m", "v", "n")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 1e-6, 0.9999, doc="decay of the fast mean m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    beta3: float = real(0.9999, 1e-6, 0.99999, doc="decay of the slow mean n")
    alpha: float = real(5.0, 0.0, 100.0, doc="weight of the slow mean")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    warmup: int = integer(0, 0, 10**7, label="warm-up", unit="steps", doc="steps over which α and β₃ rise; 0 = off")

    presets = {
        "optax": {"beta1": 0.9, "beta2": 0.999, "beta3": 0.9999, "alpha": 5.0, "eps": 1e-8, "eps_root": 0.0,
                  "weight_decay": 0.0, "warmup": 0},
    }  # fmt: skip
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, n, tmp, tmp2, t = state.m, state.v, state.n, state.tmp, state.tmp2, state.t
        alpha, beta3 = self._risen(t / self.warmup) if t < self.warmup else (self.alpha, self.beta3)
        ema(m, grads, self.beta1, tmp)
        ema(n, grads, beta3, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.divide(v, 1 - self.beta2**t, tmp)
        np.add(tmp, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.multiply(n, alpha * (1 - self.beta1**t), tmp2)
        np.add(tmp2, m, tmp2)
        np.divide(tmp2, tmp, tmp2)
        np.multiply(tmp2, state.lr / (1 - self.beta1**t), tmp2)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp2, params)

    def _risen(self, share: float) -> tuple[Any, Any]:
        """α and β₃ after a share of the warm-up."""
        fast, slow = np.log(self.beta1), np.log(self.beta3)
        beta3 = np.exp(fast * slow / ((1 - share) * slow + share * fast))
        return share * self.alpha, np.minimum(beta3, self.beta3)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdEMAMix]
