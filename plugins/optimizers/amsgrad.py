"""AMSGrad: Adam whose denominator never shrinks."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class AMSGrad(Optimizer):
    """Adam that divides by the largest root mean square so far.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        u ← max(u, v)                                    corrected maximum: u ← max(u, v̂), then û = u
        x ← x − lr · m̂ / (√(û + ε₀) + ε),    m̂ = m / (1 − β₁ᵗ),  û = u / (1 − β₂ᵗ)

    Adam forgets rare large gradients and can walk away from the minimum; a denominator that only grows cannot.
    The maximum is of the raw v in PyTorch and Keras, of the corrected v̂ in optax, where large early v̂ stay for ever.

    Source: Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, arXiv:1904.09237, Algorithm 2.
    There nothing is corrected for its start and lr falls as 1 / √t: a schedule's work here.
    """

    name, title = "amsgrad", "AMSGrad"
    slots = ("m", "v", "u")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to û before its root is taken")
    eps_hat: bool = flag(False, label="ε̂: before the correction", doc="add ε to √u before its start is corrected")
    max_corrected: bool = flag(False, label="corrected maximum", doc="take the maximum of v̂ instead of v")
    correct_m: bool = flag(True, label="correct m", doc="divide m by 1 − β₁ᵗ")
    correct_v: bool = flag(True, label="correct v", doc="divide v by 1 − β₂ᵗ")

    presets = {
        "PyTorch": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0, "eps_hat": False,
                    "max_corrected": False, "correct_m": True, "correct_v": True},
        "Keras": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7, "eps_root": 0.0, "eps_hat": True,
                  "max_corrected": False, "correct_m": True, "correct_v": True},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_root": 0.0, "eps_hat": False,
                  "max_corrected": True, "correct_m": True, "correct_v": True},
        "paper": {"eps_root": 0.0, "max_corrected": False, "correct_m": False, "correct_v": False},
    }  # fmt: skip
    verified = ("PyTorch", "Keras", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, u, tmp = state.m, state.v, state.u, state.tmp
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        first = 1 - self.beta1**state.t if self.correct_m else 1.0
        second = 1 - self.beta2**state.t if self.correct_v else 1.0
        if self.max_corrected:
            np.divide(v, second, tmp)
            np.maximum(u, tmp, out=u)
            second = 1.0  # u has the correction already
        else:
            np.maximum(u, v, out=u)
        np.add(u, self.eps_root * second, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps if self.eps_hat else self.eps * second**0.5, tmp)
        np.divide(m, tmp, tmp)
        np.multiply(tmp, state.lr * second**0.5 / first, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AMSGrad]
