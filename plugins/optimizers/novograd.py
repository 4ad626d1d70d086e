"""NovoGrad: one second moment for each layer, and decay within the momentum."""

import numpy as np

from optlab.api import Array, Optimizer, State, dot, ema, hookimpl, real, scale


class NovoGrad(Optimizer):
    """Divide each layer's gradient by a running mean of its norm, then let momentum sum up the steps.

        v_l ← β₂ v_l + (1 − β₂) ‖g_l‖²                   v_l ← ‖g_l‖² at the first step; one number for each layer l
        u_l = g_l / (√(v_l + ε₀) + ε) + λ x_l
        m ← β₁ m + u
        x ← x − lr · m

    It remembers half as much as Adam. Steps sum up to lr / (1 − β₁): lr is smaller than Adam's.

    Source: Ginsburg et al., "Stochastic Gradient Methods with Layer-wise Adaptive Moments for Training of Deep
    Networks", 2019, arXiv:1905.11286, Algorithm 1.
    """

    name, title = "novograd", "NovoGrad"
    slots = ("m",)

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="length of a step of each layer")
    beta1: float = real(0.9, 0.0, 0.9999, doc="share of the momentum m that a step keeps")
    beta2: float = real(0.25, 0.0, 0.99999, doc="decay of the squared norms v")
    eps: float = real(1e-6, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v before its root is taken")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ of x that joins the direction")

    presets = {"optax": {"beta1": 0.9, "beta2": 0.25, "eps": 1e-6, "eps_root": 0.0, "weight_decay": 0.0}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        state.slot("v", (len(state.layout.names),), float)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, u, tmp = state.m, state.tmp, state.tmp2
        np.multiply(params, self.weight_decay, u)
        for k, part in enumerate(state.layout.slices.values()):
            v, g = state.v[:, k : k + 1], grads[:, part]
            square = dot(g, g)
            if state.t == 1:
                v[:] = square
            else:
                ema(v, square, self.beta2, np.empty_like(v))
            scale(g, 1 / (np.sqrt(v + self.eps_root) + self.eps), tmp[:, part])
        np.add(u, tmp, u)
        np.multiply(m, self.beta1, m)
        np.add(m, u, m)
        np.multiply(m, state.lr, u)
        np.subtract(params, u, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [NovoGrad]
