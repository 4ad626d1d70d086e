"""AdaMod: Adam whose step sizes may not exceed their own running mean."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, hookimpl, real


class AdaMod(Optimizer):
    """Adam with a memory of its step sizes, which bounds them from above.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        s = lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) / (√v + ε)
        a ← β₃ a + (1 − β₃) s
        x ← x − min(s, a) · m

    The mean a starts at zero: a warm-up of about 1 / (1 − β₃) steps comes of itself, and a sudden large step size,
    where v is small by chance, is cut.

    Source: Ding, Ren, Luo & Sun, "An Adaptive and Momental Bound Method for Stochastic Learning", 2019,
    arXiv:1910.12249, Algorithm 1. pytorch_optimizer takes another β₂ and β₃ by default.
    """

    name, title = "adamod", "AdaMod"
    slots = ("m", "v", "a")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step after the warm-up")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    beta3: float = real(0.999, 0.0, 0.999999, doc="decay of the mean step size a")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")

    presets = {
        "paper": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "beta3": 0.999, "eps": 1e-8},
        "pytorch_optimizer": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.99, "beta3": 0.9999, "eps": 1e-8},
    }
    verified = ("pytorch_optimizer",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, a, tmp, t = state.m, state.v, state.a, state.tmp, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.sqrt(v, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(state.lr * (1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t), tmp, tmp)
        ema(a, tmp, self.beta3, state.tmp2)
        np.minimum(tmp, a, out=tmp)
        np.multiply(tmp, m, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdaMod]
