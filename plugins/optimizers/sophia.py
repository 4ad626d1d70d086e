"""Sophia: divide by an estimate of the curvature, and never step farther than lr."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, hookimpl, integer, real


class Sophia(Optimizer):
    """Newton's step with a diagonal of the Hessian, clipped coordinate by coordinate.

        m ← β₁ m + (1 − β₁) g
        u = clip(m̂ / max(γ h, ε), ±ρ),    m̂ = m / (1 − β₁ᵗ)
        every k-th step, the first included:  h ← β₂ h + (1 − β₂) r ⊙ H r,    r: random signs
        x ← x − lr · (u + λ x)

    r ⊙ H r is the diagonal of H on average (Hutchinson). It takes the difference of two more gradients every k steps.
    Where the curvature is small or negative the clipped step is that of signSGD with momentum.

    Source: Liu, Li, Hall, Liang & Ma, "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model
    Pre-training", ICLR 2024, arXiv:2305.14342, Algorithm 3 with Algorithm 1; as in optax h is used from the next step
    on and not decayed by λ.
    """

    name = "sophia"
    slots = ("m", "h", "r")
    needs_oracle = True

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="largest size of a step, with ρ = 1")
    beta1: float = real(0.965, 0.0, 0.9999, doc="decay of the mean gradient m")
    beta2: float = real(0.99, 0.0, 0.99999, doc="decay of the curvature h, from one estimate to the next")
    gamma: float = real(0.01, 1e-6, 10.0, log=True, doc="factor of the curvature: the smaller, the more is clipped")
    clip: float = real(1.0, 1e-3, 1e3, log=True, doc="largest size ρ of u in each coordinate")
    eps: float = real(1e-8, 1e-30, 0.1, log=True, doc="floor of the denominator")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    every: int = integer(10, 1, 10_000, label="estimate every", unit="steps", doc="steps k between two estimates")

    presets = {
        "optax": {"beta1": 0.965, "beta2": 0.99, "gamma": 0.01, "clip": 1.0, "eps": 1e-8, "weight_decay": 1e-4,
                  "every": 10},
    }  # fmt: skip
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, h, r, tmp, u = state.m, state.h, state.r, state.tmp, state.tmp2
        ema(m, grads, self.beta1, tmp)
        np.multiply(h, self.gamma, tmp)
        np.maximum(tmp, self.eps, out=tmp)
        np.divide(m, 1 - self.beta1**state.t, u)
        np.divide(u, tmp, u)
        np.clip(u, -self.clip, self.clip, out=u)
        if (state.t - 1) % self.every == 0:
            state.signs(r)
            state.curvature(params, r, tmp)
            np.multiply(r, tmp, r)
            ema(h, r, self.beta2, tmp)
        np.multiply(u, state.lr, u)
        np.multiply(params, 1 - state.lr * self.weight_decay, params)
        np.subtract(params, u, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Sophia]
