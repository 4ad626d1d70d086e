"""Lookahead: let another optimizer run ahead, and follow it half of the way."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, integer, part, real


class Lookahead(Optimizer):
    """Around any optimizer: every k steps go back to where slow weights stand, which follow by a share α.

        x ← x + a step of the optimizer inside
        every k steps:   s ← s + α (x − s),   x ← s      s₀ = x₀

    Fast steps may swing or jump; the slow weights take their direction and not their noise, so that larger lr are
    stable. The momentum of the optimizer inside goes on as it is.

    Source: Zhang, Lucas, Hinton & Ba, "Lookahead Optimizer: k steps forward, 1 step back", NeurIPS 2019,
    arXiv:1907.08610, Algorithm 1.
    """

    name = "lookahead"
    slots = ("slow",)

    inner: Optimizer = part(Optimizer, "adam", label="optimizer inside", doc="the optimizer that runs ahead")
    every: int = integer(5, 1, 100_000, label="k", unit="steps", doc="steps between two looks")
    alpha: float = real(0.5, 0.0, 1.0, label="α", doc="share of the way that the slow weights follow")

    presets = {"paper": {"every": 5, "alpha": 0.5}, "pytorch_optimizer": {"every": 5, "alpha": 0.5}}
    verified = ("pytorch_optimizer",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.slow, params)

    def step(self, params: Array, grads: Array, state: State) -> None:
        self.inner.step(params, grads, state.part("inner"))
        if state.t % self.every == 0:
            slow = state.slow
            np.subtract(params, slow, params)
            np.multiply(params, self.alpha, params)
            np.add(slow, params, slow)
            np.copyto(params, slow)


@hookimpl
def register_optimizers() -> list[type]:
    return [Lookahead]
