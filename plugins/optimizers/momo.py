"""MoMo: momentum whose step comes from a model of the loss."""

import numpy as np

from optlab.api import Array, Optimizer, State, dot, ema, flag, hookimpl, real, scale


class MoMo(Optimizer):
    """Momentum that goes as far as a mean of the last tangents says that the lowest loss is.

        f̄ ← β f̄ + (1 − β) f(x)                           γ ← β γ + (1 − β) ⟨g, x⟩
        m ← β m + (1 − β) g                              all three: the newest alone at the first step
        κ = 1 + lr λ
        τ = min(lr, max(κ (f̄ − f_min − γ) + ⟨m, x⟩, 0) / ‖m‖²)
        x ← x − lr λ / κ · x − τ m

    Polyak's step with momentum: lr is only a cap, and may be far too large. adapt: f_min is estimated on the way, and
    given below.

    Source: Schaipp, Ohana, Eickenberg, Defazio & Gower, "MoMo: Momentum Models for Adaptive Learning Rates",
    ICML 2024, arXiv:2305.07583.
    """

    name, title = "momo", "MoMo"
    slots = ("m",)

    lr: float = real(1.0, 1e-6, 100.0, log=True, label="largest step", doc="longest step along the momentum")
    beta: float = real(0.9, 0.0, 0.9999, doc="decay of the means")
    f_min: float = real(0.0, -1e9, 1e9, label="lowest loss", doc="a lower bound of the loss")
    decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    adapt: bool = flag(False, label="adapt the lowest loss", doc="raise the lower bound by what is seen on the way")

    presets = {"optax": {"lr": 1.0, "beta": 0.9, "f_min": 0.0, "decay": 0.0, "adapt": False}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        state.slot("f", (1,), float)
        state.slot("gamma", (1,), float)
        state.slot("bound", (1,), float)[:] = self.f_min

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, f, gamma, bound, tmp = state.m, state.f, state.gamma, state.bound, state.tmp
        beta = 0.0 * self.beta if state.t == 1 else self.beta
        small = np.empty_like(f)
        ema(f, state.loss[:, None], beta, small)
        ema(gamma, dot(grads, params), beta, small)
        ema(m, grads, beta, tmp)
        square, along = dot(m, m), dot(m, params)
        kappa = 1 + state.lr * self.decay
        if self.adapt:
            cap = kappa * (f - gamma) + along
            np.copyto(bound, np.maximum(cap / (2 * kappa), self.f_min), where=cap < kappa * bound)
        moves = square > np.finfo(np.float64).eps
        tau = np.maximum(kappa * (f - bound - gamma) + along, 0.0) / np.where(moves, square, 1)
        tau = np.where(moves, np.minimum(tau, state.lr), 0.0)
        if self.adapt:
            np.maximum(f + along - gamma - 0.5 * tau * square, self.f_min, out=bound)
        scale(m, tau, tmp)
        np.multiply(params, 1 / kappa, params)  # x − lr λ / κ · x
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [MoMo]
