"""RAdam: Adam that waits until its denominator can be trusted."""

from typing import Any

import numpy as np

from optlab.api import Array, Optimizer, State, choice, ema, ema_square, flag, hookimpl, real


class RAdam(Optimizer):
    """Adam whose steps are scaled down while the variance of its denominator is large.

        m ← β₁ m + (1 − β₁) g                            v ← β₂ v + (1 − β₂) g²
        ρ∞ = 2 / (1 − β₂) − 1,   ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
        r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))
        x ← x − lr · r m̂ / (√(v̂ + ε₀) + ε)   where ρ > threshold,   else   x ← x − lr · m̂

    The first steps are those of momentum, then a warm-up comes of itself. m̂ = m / (1 − β₁ᵗ), with Nesterov
    β₁ m / (1 − β₁ᵗ⁺¹) + (1 − β₁) g / (1 − β₁ᵗ); v̂ = v / (1 − β₂ᵗ).

    Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", ICLR 2020, arXiv:1908.03265,
    Algorithm 2, with threshold 4; the authors' code and all libraries take 5. ε is beside √v before its correction in
    PyTorch, after it in optax, which also steps at ρ = threshold.
    """

    name, title = "radam", "RAdam"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, once ρ is large")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_place: str = choice("raw", "raw", "corrected", label="ε", doc="beside √v, or beside the corrected √v̂")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v̂ before its root is taken")
    threshold: float = real(5.0, 4.0, 100.0, doc="ρ from which on the step is divided by √v")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the momentum of the next step")

    presets = {
        "PyTorch": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_place": "raw", "eps_root": 0.0,
                    "threshold": 5.0, "nesterov": False},
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "eps_place": "corrected", "eps_root": 0.0,
                  "threshold": 5.0, "nesterov": False},
        "paper": {"eps_root": 0.0, "threshold": 4.0, "nesterov": False},
    }  # fmt: skip
    verified = ("PyTorch", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, mean, t = state.m, state.v, state.tmp, state.tmp2, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        if self.nesterov:
            np.multiply(m, self.beta1 / (1 - self.beta1 ** (t + 1)), mean)
            np.multiply(grads, (1 - self.beta1) / (1 - self.beta1**t), tmp)
            np.add(mean, tmp, mean)
        else:
            np.divide(m, 1 - self.beta1**t, mean)
        waits, scale = self._rectify(t)
        root = (1 - self.beta2**t) ** 0.5
        np.add(v, self.eps_root * root * root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps * root if self.eps_place == "corrected" else self.eps, tmp)
        np.divide(mean, tmp, tmp)
        np.multiply(tmp, scale * root, tmp)
        np.copyto(tmp, mean, where=waits)
        np.multiply(tmp, state.lr, tmp)
        np.subtract(params, tmp, params)

    def _rectify(self, t: int) -> tuple[Any, Any]:
        """Whether each run still waits with dividing by √v, and its r, which has no meaning while it does."""
        power = self.beta2**t
        last = 2 / (1 - self.beta2) - 1
        rho = last - 2 * t * power / (1 - power)
        ratio = (rho - 4) * (rho - 2) * last / ((last - 4) * (last - 2) * rho + 1e-300)  # last may be 4 or 2
        return rho <= self.threshold if self.eps_place == "raw" else rho < self.threshold, abs(ratio) ** 0.5


@hookimpl
def register_optimizers() -> list[type]:
    return [RAdam]
