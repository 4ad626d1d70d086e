"""Adan: Adam with Nesterov's momentum, without a gradient elsewhere."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, ema, ema_square, flag, hookimpl, real


class Adan(Optimizer):
    """Guess the gradient one step ahead from how it has changed, and divide by the size of the guesses.

        d = g − g₋                                       g₋: gradient of the step before; d = 0 at the first
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) d
        n ← β₃ n + (1 − β₃) (g + κ d)²
        x ← x − lr · ((m̂ + κ v̂) / (√(n̂ + ε₀) + ε) + λ x)    hats: corrected for the start, as in Adam

    κ = β₂ in the paper and in its authors' code, 1 − β₂ in optax; the paper's betas are 1 minus those here.

    Source: Xie, Zhou, Li, Lin & Yan, "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models",
    2022, arXiv:2208.06677, Algorithm 1, whose decay is x ← (x − lr · u) / (1 + lr λ): the switch `proximal`.
    """

    name = "adan"
    slots = ("m", "v", "n", "last")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.98, 0.0, 0.9999, doc="decay of the mean gradient m")
    beta2: float = real(0.92, 0.0, 0.9999, doc="decay of the mean change v of the gradient")
    beta3: float = real(0.99, 0.0, 0.99999, doc="decay of the mean square n of the guesses")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to n̂ before its root is taken")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    ahead: str = choice("paper", "paper", "optax", label="κ", doc="share of the change that is followed: β₂, or 1 − β₂")
    proximal: bool = flag(False, label="proximal decay", doc="divide by 1 + lr λ after the step")

    presets = {
        "optax": {"beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "eps": 1e-8, "eps_root": 1e-8, "weight_decay": 0.0,
                  "ahead": "optax", "proximal": False},
        "paper": {"beta1": 0.98, "beta2": 0.92, "beta3": 0.99, "eps": 1e-8, "eps_root": 0.0, "weight_decay": 0.02,
                  "ahead": "paper", "proximal": True},
    }  # fmt: skip
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, n, last, tmp, tmp2, t = state.m, state.v, state.n, state.last, state.tmp, state.tmp2, state.t
        kappa = self.beta2 if self.ahead == "paper" else 1 - self.beta2
        if t == 1:
            np.copyto(last, grads)
        np.subtract(grads, last, last)  # d
        ema(m, grads, self.beta1, tmp)
        ema(v, last, self.beta2, tmp)
        np.multiply(last, kappa, last)
        np.add(last, grads, last)
        ema_square(n, last, self.beta3, tmp)
        np.copyto(last, grads)
        np.divide(n, 1 - self.beta3**t, tmp)
        np.add(tmp, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.multiply(v, kappa * (1 - self.beta1**t) / (1 - self.beta2**t), tmp2)
        np.add(tmp2, m, tmp2)
        np.divide(tmp2, tmp, tmp2)
        np.multiply(tmp2, state.lr / (1 - self.beta1**t), tmp2)
        if not self.proximal:
            np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp2, params)
        if self.proximal:
            np.divide(params, 1 + state.lr * self.weight_decay, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Adan]
