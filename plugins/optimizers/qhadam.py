"""QHAdam: Adam that mixes the newest gradient into both of its moments."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, hookimpl, real


class QHAdam(Optimizer):
    """Replace both moments of Adam by averages of themselves and the newest gradient.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        x ← x − lr · (ν₁ m̂ + (1 − ν₁) g) / (√(ν₂ v̂ + (1 − ν₂) g²) + ε)

    m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ). ν₁ = ν₂ = 1 is Adam, ν₁ = 0 is RMSProp with a corrected start, ν₁ = β₁ is
    Adam with Nesterov's momentum. ν₂ < 1 bounds a step, which Adam with an unlucky β₂ does not.

    Source: Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, arXiv:1810.06801, section 4.
    """

    name, title = "qhadam", "QHAdam"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.995, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    nu1: float = real(0.7, 0.0, 1.0, label="ν₁", doc="share of m; the rest is the newest gradient")
    nu2: float = real(1.0, 0.0, 1.0, label="ν₂", doc="share of v; the rest is the newest square")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")

    presets = {
        "paper": {"lr": 1e-3, "beta1": 0.995, "beta2": 0.999, "nu1": 0.7, "nu2": 1.0, "eps": 1e-8},
        "pytorch_optimizer": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "nu1": 1.0, "nu2": 1.0, "eps": 1e-8},
    }
    verified = ("pytorch_optimizer",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2, t = state.m, state.v, state.tmp, state.tmp2, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.multiply(grads, grads, tmp)
        np.multiply(tmp, 1 - self.nu2, tmp)
        np.multiply(v, self.nu2 / (1 - self.beta2**t), tmp2)
        np.add(tmp, tmp2, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(state.lr, tmp, tmp)
        np.multiply(m, self.nu1 / (1 - self.beta1**t), tmp2)
        np.multiply(tmp2, tmp, tmp2)
        np.subtract(params, tmp2, params)
        np.multiply(grads, 1 - self.nu1, tmp2)
        np.multiply(tmp2, tmp, tmp2)
        np.subtract(params, tmp2, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [QHAdam]
