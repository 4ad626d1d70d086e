"""AdamW: Adam with weight decay beside the gradient instead of inside it."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class AdamW(Optimizer):
    """Adam whose weight decay does not pass through the moments.

        x ← x − lr · λ x                                 independent: x ← x − (lr / lr₀) · λ x
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        x ← x − lr · m̂ / (√(v̂ + ε₀) + ε),    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)

    With an L2 penalty Adam divides the decay by √v as well, so that weights with large gradients hardly decay. Here
    all decay alike; the minimum is then not that of loss + ½ λ |x|². ε̂ as in Adam: ε beside the uncorrected √v.

    Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101, Algorithm 2.
    There only the schedule's factor lr / lr₀ multiplies λ; PyTorch, Keras and optax multiply it by lr.
    """

    name, title = "adamw", "AdamW"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    weight_decay: float = real(0.01, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    eps_hat: bool = flag(False, label="ε̂: before the correction", doc="add ε to √v before its start is corrected")
    independent: bool = flag(False, label="independent decay", doc="decay by the schedule's factor, not times lr")

    presets = {
        "PyTorch": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01,
                    "eps_root": 0.0, "eps_hat": False, "independent": False},
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "weight_decay": 0.004,
                  "eps_root": 0.0, "eps_hat": True, "independent": False},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 1e-4,
                  "eps_root": 0.0, "eps_hat": False, "independent": False},
        "paper": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
                  "eps_root": 0.0, "eps_hat": False, "independent": True},
    }  # fmt: skip
    verified = ("PyTorch", "Keras")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp = state.m, state.v, state.tmp
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        root = (1 - self.beta2**state.t) ** 0.5
        if type(self.eps_root) is float and self.eps_root == 0:
            np.sqrt(v, tmp)
        else:
            np.add(v, self.eps_root * root * root, tmp)
            np.sqrt(tmp, tmp)
        np.add(tmp, self.eps if self.eps_hat else self.eps * root, tmp)  # (√v̂ + ε) · root
        np.divide(m, tmp, tmp)
        np.multiply(tmp, state.lr * root / (1 - self.beta1**state.t), tmp)
        share = state.lr / self.lr if self.independent else state.lr
        np.multiply(params, 1 - share * self.weight_decay, params)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdamW]
