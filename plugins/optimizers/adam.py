"""Adam: adaptive moment estimation."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class Adam(Optimizer):
    """Divide a running mean of the gradient by a running root mean square of it.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        x ← x − lr · m̂ / (√(v̂ + ε₀) + ε),    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
        ε̂:  x ← x − lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)

    The first step is lr in every coordinate, whatever the size of the gradient. ε beside the corrected √v̂ (PyTorch,
    optax) and ε̂ beside the raw √v (Keras) differ most in the first steps, where √v is much the smaller.

    Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, arXiv:1412.6980, Algorithm 1; ε̂: the
    end of their section 2. Computed in the order of that section, with ε scaled along, so that nothing changes but the
    time. ε₀, zero in the paper, is optax'.
    """

    name, title = "adam", "Adam"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    eps_hat: bool = flag(False, label="ε̂: before the correction", doc="add ε to √v before its start is corrected")

    presets = {
        "PyTorch": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0, "eps_hat": False},
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "eps_root": 0.0, "eps_hat": True},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0, "eps_hat": False},
        "paper": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0, "eps_hat": False},
    }
    verified = ("PyTorch", "Keras", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, t = state.m, state.v, state.tmp, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        root = (1 - self.beta2**t) ** 0.5
        if type(self.eps_root) is float and self.eps_root == 0:
            np.sqrt(v, tmp)
        else:
            np.add(v, self.eps_root * root * root, tmp)
            np.sqrt(tmp, tmp)
        np.add(tmp, self.eps if self.eps_hat else self.eps * root, tmp)  # (√v̂ + ε) · root
        np.divide(m, tmp, tmp)
        np.multiply(tmp, state.lr * root / (1 - self.beta1**t), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Adam]
