"""MADGRAD: dual averaging with momentum and a cube root."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class MADGRAD(Optimizer):
    """Start anew from the first point at every step, along all gradients so far.

        l = (lr + ε) √t                                  newer gradients count more
        q ← q + l g²
        s ← s + l g
        z = x₀ − s / (∛q + ε)
        x ← μ x + (1 − μ) z

    As AdaGrad it never forgets; the cube root keeps its rate from falling as fast. Weight decay pulls towards 0 and
    fights x₀: it needs less than elsewhere.

    Source: Defazio & Jelassi, "A Momentumized, Adaptive, Dual Averaged Gradient Method", Journal of Machine Learning
    Research 23 (2022), arXiv:2101.11075, Algorithm 1; ε joins lr as in the authors' code.
    """

    name, title = "madgrad", "MADGRAD"
    slots = ("q", "s", "start")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="grows with √t, falls with the gradients")
    momentum: float = real(0.9, 0.0, 0.9999, doc="share μ of x that a step keeps")
    eps: float = real(1e-6, 1e-12, 0.1, log=True, doc="floor of the denominator and of lr")

    presets = {"optax": {"momentum": 0.9, "eps": 1e-6}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.start, params)

    def step(self, params: Array, grads: Array, state: State) -> None:
        q, s, tmp = state.q, state.s, state.tmp
        weight = (state.lr + self.eps) * state.t**0.5
        np.multiply(grads, weight, tmp)
        np.add(s, tmp, s)
        np.multiply(tmp, grads, tmp)
        np.add(q, tmp, q)
        np.cbrt(q, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(s, tmp, tmp)
        np.subtract(state.start, tmp, tmp)
        np.multiply(tmp, 1 - self.momentum, tmp)
        np.multiply(params, self.momentum, params)
        np.add(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [MADGRAD]
