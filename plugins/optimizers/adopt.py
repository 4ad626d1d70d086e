"""ADOPT: Adam that divides by what it knew before this gradient."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class ADOPT(Optimizer):
    """Divide the gradient by the second moment of the steps before it, then take the mean.

        u = g / max(√v, ε)                               clipped: to ± (t − 1)^¼
        m ← β₁ m + (1 − β₁) u
        x ← x − lr · m                                   Nesterov: x ← x − lr · (β₁ m + (1 − β₁) u)
        v ← β₂ v + (1 − β₂) g²                           v ← g² at the first step, which moves nothing

    Since v does not know the gradient that it divides, it converges for any β₂; Adam needs one that fits the problem.

    Source: Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any β₂ with the Optimal Rate", NeurIPS 2024,
    arXiv:2411.02853, with the clipping of its last version.
    """

    name, title = "adopt", "ADOPT"
    slots = ("m", "v")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the mean m")
    beta2: float = real(0.9999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-6, 1e-30, 0.1, log=True, doc="floor of the denominator")
    clips: bool = flag(True, label="clipping", doc="clip normalised gradients, the less the later")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the momentum of the next step")

    presets = {"optax": {"beta1": 0.9, "beta2": 0.9999, "eps": 1e-6, "clips": True, "nesterov": False}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, u, tmp = state.m, state.v, state.tmp, state.tmp2
        if state.t == 1:
            np.multiply(grads, grads, v)
            return
        np.sqrt(v, u)
        np.maximum(u, self.eps, out=u)
        np.divide(grads, u, u)
        ema_square(v, grads, self.beta2, tmp)
        if self.clips:
            limit = (state.t - 1) ** 0.25
            np.clip(u, -limit, limit, out=u)
        ema(m, u, self.beta1, tmp)
        if self.nesterov:
            np.multiply(u, (1 - self.beta1) * state.lr, u)
            np.subtract(params, u, params)
            np.multiply(m, self.beta1 * state.lr, tmp)
        else:
            np.multiply(m, state.lr, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [ADOPT]
