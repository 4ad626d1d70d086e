"""ACProp: divide by how far earlier gradients were from their mean."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, hookimpl, real


class ACProp(Optimizer):
    """AdaBelief's denominator one step late, under the gradient itself.

        v̂ = v / (1 − β₂ᵗ⁻¹)                              v̂ = 1 at the first step
        x ← x − lr · (g / (√v̂ + ε) + λ x)
        v ← β₂ v + (1 − β₂) (g − m)² + ε₀                m: that of the step before
        m ← β₁ m + (1 − β₁) g

    The gradient and what divides it are then independent. Steps grow long where gradients hardly change.

    Source: Zhuang et al., "Momentum Centering and Asynchronous Update for Adaptive Gradient Methods", NeurIPS 2021,
    arXiv:2110.05454; order and ε₀ as in optax.
    """

    name, title = "acprop", "ACProp"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, over the deviation")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the mean gradient m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the variance v around m")
    eps: float = real(1e-16, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(1e-16, 0.0, 0.1, label="ε₀ in the variance", doc="added to v at every step")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")

    presets = {
        "optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-16, "eps_root": 1e-16, "weight_decay": 0.0},
    }
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, tmp2 = state.m, state.v, state.tmp, state.tmp2
        if state.t == 1:
            tmp.fill(1.0)
        else:
            np.divide(v, 1 - self.beta2 ** (state.t - 1), tmp)
            np.sqrt(tmp, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(grads, tmp, tmp)
        np.multiply(tmp, state.lr, tmp)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, tmp, params)
        np.subtract(grads, m, tmp2)
        ema_square(v, tmp2, self.beta2, tmp)
        np.add(v, self.eps_root, v)
        ema(m, grads, self.beta1, tmp)


@hookimpl
def register_optimizers() -> list[type]:
    return [ACProp]
