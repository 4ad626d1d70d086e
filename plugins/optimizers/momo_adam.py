"""MoMo-Adam: Adam whose step comes from a model of the loss."""

import numpy as np

from optlab.api import Array, Optimizer, State, dot, ema, ema_square, flag, hookimpl, real, scale


class MoMoAdam(Optimizer):
    """Adam that goes as far as a mean of the last tangents says that the lowest loss is, and no farther than lr.

        m ← β₁ m + (1 − β₁) g                            v ← β₂ v + (1 − β₂) g²
        f̄ ← β₁ f̄ + (1 − β₁) f(x)                         γ ← β₁ γ + (1 − β₁) ⟨g, x⟩
        D = √(v / (1 − β₂ᵗ)) + ε,    κ = 1 + lr λ,    ρ = 1 − β₁ᵗ
        τ = min(lr / ρ, max(κ (f̄ − ρ f_min − γ) + ⟨m, x⟩, 0) / ⟨m, m / D⟩)
        x ← x − lr λ / κ · x − τ m / D

    adapt: f_min is estimated on the way, and given below.

    Source: Schaipp, Ohana, Eickenberg, Defazio & Gower, "MoMo: Momentum Models for Adaptive Learning Rates",
    ICML 2024, arXiv:2305.07583.
    """

    name, title = "momo_adam", "MoMo-Adam"
    slots = ("m", "v")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="largest step", doc="largest size of a step, as Adam's lr")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the means of gradient and loss")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    f_min: float = real(0.0, -1e9, 1e9, label="lowest loss", doc="a lower bound of the loss")
    decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    adapt: bool = flag(False, label="adapt the lowest loss", doc="raise the lower bound by what is seen on the way")

    presets = {
        "optax": {"lr": 1e-2, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "f_min": 0.0, "decay": 0.0,
                  "adapt": False},
    }  # fmt: skip
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        state.slot("f", (1,), float)
        state.slot("gamma", (1,), float)
        state.slot("bound", (1,), float)[:] = self.f_min

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, f, gamma, bound, tmp = state.m, state.f, state.gamma, state.bound, state.tmp
        small = np.empty_like(f)
        ema(f, state.loss[:, None], self.beta1, small)
        ema(gamma, dot(grads, params), self.beta1, small)
        ema(m, grads, self.beta1, tmp)
        ema_square(state.v, grads, self.beta2, tmp)
        np.divide(state.v, 1 - self.beta2**state.t, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(m, tmp, tmp)  # m / D
        square, along = dot(m, tmp), dot(m, params)
        kappa, rho = 1 + state.lr * self.decay, 1 - self.beta1**state.t
        if self.adapt:
            cap = kappa * (f - gamma) + along
            np.copyto(bound, np.maximum(cap / (2 * rho * kappa), self.f_min), where=cap < kappa * rho * bound)
        moves = square > np.finfo(np.float64).eps
        tau = np.maximum(kappa * (f - rho * bound - gamma) + along, 0.0) / np.where(moves, square, 1)
        tau = np.where(moves, np.minimum(tau, state.lr / rho), 0.0)
        if self.adapt:
            np.maximum((f + along - gamma - 0.5 * tau * square) / rho, self.f_min, out=bound)
        scale(tmp, tau, tmp)
        np.multiply(params, 1 / kappa, params)  # x − lr λ / κ · x
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [MoMoAdam]
