"""diffGrad: Adam that slows down where the gradient hardly changes."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, hookimpl, real


class DiffGrad(Optimizer):
    """Adam times a friction between a half and one, which grows with the change of the gradient.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        ξ = 1 / (1 + exp(−|g₋ − g|)),   g₋ ← g
        x ← x − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · ξ m / (√(v + ε₀) + ε)

    Where the gradient stays the same, ξ = ½ halves the step: near a minimum, but in a wide plain too. g₋ starts at 0.

    Source: Dubey, Chakraborty, Roy, Mukherjee, Singh & Chaudhuri, "diffGrad: An Optimization Method for Convolutional
    Neural Networks", IEEE Transactions on Neural Networks and Learning Systems 31 (2020), 4500–4511, arXiv:1909.11015.
    ε₀ is pytorch_optimizer's.
    """

    name, title = "diffgrad", "diffGrad"
    slots = ("m", "v", "last")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step where gradients change")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v before its root is taken")

    presets = {
        "paper": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0},
        "pytorch_optimizer": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 1e-15},
    }
    verified = ("pytorch_optimizer",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, last, tmp, t = state.m, state.v, state.last, state.tmp, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.add(v, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.subtract(last, grads, last)
        np.abs(last, last)
        np.negative(last, last)
        np.exp(last, last)
        np.add(last, 1.0, last)
        np.multiply(tmp, last, tmp)  # 1 + e^(−|Δg|) = 1 / ξ
        np.divide(m, tmp, tmp)
        np.multiply(tmp, state.lr * (1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t), tmp)
        np.subtract(params, tmp, params)
        np.copyto(last, grads)


@hookimpl
def register_optimizers() -> list[type]:
    return [DiffGrad]
