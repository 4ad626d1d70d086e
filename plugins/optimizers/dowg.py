"""DoWG: distance over weighted gradients."""

import numpy as np

from optlab.api import Array, Optimizer, State, dot, hookimpl, real, scale


class DoWG(Optimizer):
    """DoG that weighs gradients by the distance at which they were met, so that early small ones count less.

        r² ← max(r², ‖x − x₀‖²)
        w ← w + r² ‖g‖²
        x ← x − lr · r² / (√w + ε) · g

    lr stays at 1. Steps are larger than DoG's, up to the edge of stability on smooth losses.

    Source: Khaled, Mishchenko & Jin, "DoWG Unleashed: An Efficient Universal Parameter-Free Gradient Descent Method",
    NeurIPS 2023, arXiv:2305.16284, Algorithm 1; ε as in optax.
    """

    name, title = "dowg", "DoWG"
    slots = ("start",)

    lr: float = real(1.0, 1e-3, 4.0, log=True, label="learning rate", doc="times the estimated rate")
    first: float = real(1e-4, 1e-12, 10.0, log=True, label="first r²", doc="squared distance before any is known")
    eps: float = real(1e-4, 1e-16, 0.1, log=True, doc="floor of the denominator")

    presets = {"optax": {"lr": 1.0, "first": 1e-4, "eps": 1e-4}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.start, params)
        state.slot("w", (1,), float)
        state.slot("r2", (1,), float)[:] = self.first

    def step(self, params: Array, grads: Array, state: State) -> None:
        r2, w, tmp = state.r2, state.w, state.tmp
        np.subtract(params, state.start, tmp)
        np.maximum(r2, dot(tmp, tmp), out=r2)
        np.add(w, r2 * dot(grads, grads), w)
        scale(grads, state.lr * r2 / (np.sqrt(w) + self.eps), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [DoWG]
