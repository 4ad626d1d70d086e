"""AdaBound: Adam whose step sizes are led into those of SGD."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class AdaBound(Optimizer):
    """Adam at first, SGD at last: each coordinate's step size is clipped to bounds that close around one value.

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²                           AMSBound: u ← max(u, v), then u in place of v
        s = lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) / (√(v + ε₀) + ε)
        x ← x − clip(s, f · (1 − 1 / (γ t + 1)), f · (1 + 1 / (γ t))) · m

    At t = 1 / γ the bounds are f / 2 and 2 f. A schedule lowers the final step size f together with lr, as in the
    authors' code.

    Source: Luo, Xiong, Liu & Sun, "Adaptive Gradient Methods with Dynamic Bound of Learning Rate", ICLR 2019,
    arXiv:1902.09843, Algorithms 2 and 3, with the bounds and the corrected start of the authors' code, but without
    the factor 1 / √t, a schedule's work here. ε₀ is pytorch_optimizer's.
    """

    name, title = "adabound", "AdaBound"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of the first steps")
    final_lr: float = real(0.1, 1e-6, 10.0, log=True, label="final step size", doc="step size f at which SGD ends")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    gamma: float = real(1e-3, 1e-6, 1.0, log=True, label="γ", doc="speed at which the bounds close")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v before its root is taken")
    ams_bound: bool = flag(False, label="AMSBound", doc="divide by the largest v so far")

    presets = {
        "paper": {"lr": 1e-3, "final_lr": 0.1, "beta1": 0.9, "beta2": 0.999, "gamma": 1e-3, "eps_root": 0.0},
        "pytorch_optimizer": {"lr": 1e-3, "final_lr": 0.1, "beta1": 0.9, "beta2": 0.999, "gamma": 1e-3, "eps": 1e-8,
                              "eps_root": 1e-15},
    }  # fmt: skip
    verified = ("pytorch_optimizer",)

    def init(self, params: Array, state: State) -> None:
        if self.ams_bound:
            state.slot("u")

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, t = state.m, state.v, state.tmp, state.t
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        if self.ams_bound:
            v = np.maximum(state.u, v, out=state.u)
        np.add(v, self.eps_root, tmp)
        np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(state.lr * (1 - self.beta2**t) ** 0.5 / (1 - self.beta1**t), tmp, tmp)
        final = self.final_lr * (state.lr / self.lr)
        np.maximum(tmp, final * (1 - 1 / (self.gamma * t + 1)), out=tmp)
        np.minimum(tmp, final * (1 + 1 / (self.gamma * t)), out=tmp)
        np.multiply(tmp, m, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AdaBound]
