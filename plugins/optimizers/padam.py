"""Padam: partially adaptive, between Adam and momentum."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class Padam(Optimizer):
    """Adam that divides by a power of the second moment smaller than its root.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²                           AMSGrad: u ← max(u, v), then u in place of v
        x ← x − lr · m / (√v + ε)²ᵖ
        corrected: x ← x − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)²ᵖ

    p = ½ is Adam, p = 0 is momentum. In between, steps still depend on the size of the gradient, but less than those
    of SGD: lr is to be larger than Adam's.

    Source: Chen, Zhou, Tang, Yang, Cao & Gu, "Closing the Generalization Gap of Adaptive Gradient Methods in Training
    Deep Neural Networks", IJCAI 2020, arXiv:1806.06763, Algorithm 1: with the maximum of AMSGrad and without a
    corrected start. pytorch_optimizer has no maximum and corrects.
    """

    name, title = "padam", "Padam"
    slots = ("m", "v")

    lr: float = real(0.1, 1e-6, 10.0, log=True, label="learning rate", doc="step along the divided momentum")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    partial: float = real(0.125, 0.0, 0.5, label="power p", doc="power of v by which m is divided")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the root of v")
    amsgrad: bool = flag(True, label="AMSGrad", doc="divide by the largest v so far")
    correct: bool = flag(False, label="correct the start", doc="times √(1 − β₂ᵗ) / (1 − β₁ᵗ)")

    presets = {
        "paper": {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "partial": 0.125, "eps": 1e-8, "amsgrad": True,
                  "correct": False},
        "pytorch_optimizer": {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "partial": 0.25, "eps": 1e-8, "amsgrad": False,
                              "correct": True},
    }  # fmt: skip
    verified = ("pytorch_optimizer",)

    def init(self, params: Array, state: State) -> None:
        if self.amsgrad:
            state.slot("u")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, rate = state.m, state.v, state.tmp, state.lr
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        if self.amsgrad:
            v = np.maximum(state.u, v, out=state.u)
        np.sqrt(v, tmp)
        np.add(tmp, self.eps, tmp)
        np.power(tmp, 2 * self.partial, tmp)
        np.divide(m, tmp, tmp)
        if self.correct:
            rate = rate * (1 - self.beta2**state.t) ** 0.5 / (1 - self.beta1**state.t)
        np.multiply(tmp, rate, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Padam]
