"""LaProp: normalise the gradient first, then average it."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, ema, ema_square, flag, hookimpl, integer, real


class LaProp(Optimizer):
    """Adam in the other order: the momentum is one of gradients that are normalised already.

        v ← β₂ v + (1 − β₂) g²
        a ← β₂ a + (1 − β₂) g                            centered: q = v − a² after n steps, else q = v
        d = √(q + ε₀) / √(1 − β₂ᵗ) + ε                   ε raw: d = (√(q + ε₀) + ε) / √(1 − β₂ᵗ)
        m ← β₁ m + (1 − β₁) lr g / d,   c ← β₁ c + (1 − β₁) lr
        x ← x − lr · m / c,   x ← x − lr · λ x

    A large gradient is divided by a v that knows it; Adam's momentum remembers it longer than its v may do, so that
    β₁ > √β₂ makes Adam diverge and LaProp not. While lr stays, lr / c is 1 / (1 − β₁ᵗ).

    Source: Ziyin, Wang & Ueda, "LaProp: Separating Momentum and Adaptivity in Adam", 2020, arXiv:2002.04839,
    Algorithm 1, with lr inside the mean as in the authors' code. ε₀ and the raw ε are pytorch_optimizer's; its v − a²,
    which rounding can take below zero, is floored here.
    """

    name, title = "laprop", "LaProp"
    slots = ("m", "v")

    lr: float = real(4e-4, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the momentum m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the mean square v")
    eps: float = real(1e-15, 0.0, 0.1, doc="floor of the denominator")
    eps_place: str = choice("corrected", "corrected", "raw", label="ε", doc="beside the corrected root, or the raw one")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to q before its root is taken")
    centered: bool = flag(False, doc="divide by the standard deviation instead of the root mean square")
    delay: int = integer(10, 0, 100_000, label="centered after", unit="steps", doc="steps before a² is subtracted")
    weight_decay: float = real(0.0, 0.0, 1e3, label="weight decay", doc="share λ by which x shrinks, times lr")

    presets = {
        "paper": {"lr": 4e-4, "beta1": 0.9, "beta2": 0.999, "eps": 1e-15, "eps_place": "corrected", "eps_root": 0.0},
        "pytorch_optimizer": {"lr": 4e-4, "beta1": 0.9, "beta2": 0.999, "eps": 1e-15, "eps_place": "raw",
                              "eps_root": 1e-15, "delay": 10, "weight_decay": 0.0},
    }  # fmt: skip
    verified = ("pytorch_optimizer",)

    def init(self, params: Array, state: State) -> None:
        state.slot("c", (1,))
        if self.centered:
            state.slot("a")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, c, q, tmp, lr = state.m, state.v, state.c, state.v, state.tmp, state.lr
        ema_square(v, grads, self.beta2, tmp)
        if self.centered:
            ema(state.a, grads, self.beta2, tmp)
            if state.t > self.delay:
                np.multiply(state.a, state.a, tmp)
                q = np.maximum(np.subtract(v, tmp, tmp), 0.0, out=tmp)
        root = (1 - self.beta2**state.t) ** 0.5
        np.sqrt(np.add(q, self.eps_root, tmp), tmp)
        np.add(tmp, self.eps if self.eps_place == "raw" else self.eps * root, tmp)
        np.divide(grads, tmp, tmp)
        np.multiply(tmp, lr * root, tmp)
        ema(m, tmp, self.beta1, state.tmp2)
        c += (1 - self.beta1) * (lr - c)
        np.multiply(m, lr / np.maximum(c, 1e-30), tmp)  # lr and c may both be zero while a warm-up starts
        np.subtract(params, tmp, params)
        np.multiply(params, 1 - lr * self.weight_decay, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [LaProp]
