"""Yogi: Adam whose second moment changes by steps of controlled size."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema, hookimpl, real


class Yogi(Optimizer):
    """Adam whose second moment moves towards g² by an amount that does not depend on how far away it is.

        m ← β₁ m + (1 − β₁) g
        v ← v − (1 − β₂) sign(v − g²) g²
        x ← x − lr · m̂ / (√v̂ + ε),    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)

    Where gradients become rare and small Adam forgets v quickly and its rate explodes; Yogi's v falls slowly.

    Source: Zaheer, Reddi, Sachan, Kale & Kumar, "Adaptive Methods for Nonconvex Optimization", NeurIPS 2018,
    Algorithm 2; the correction of the start, which the paper leaves out, and both moments beginning at `initial`
    are as in optax.
    """

    name = "yogi"
    slots = ("m", "v")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-3, 0.0, 0.1, doc="floor of the denominator")
    initial: float = real(1e-6, 0.0, 1.0, label="first moments", doc="m and v before the first step")

    presets = {"optax": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-3, "initial": 1e-6}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        state.m[:] = state.v[:] = self.initial

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, v, tmp, square = state.m, state.v, state.tmp, state.tmp2
        ema(m, grads, self.beta1, tmp)
        np.multiply(grads, grads, square)
        np.subtract(v, square, tmp)
        sign = np.sign(tmp, square)  # in place it takes nine times as long, more than another square
        np.multiply(grads, grads, tmp)
        np.multiply(tmp, sign, tmp)
        np.multiply(tmp, decay_pair(self.beta2, v)[1], tmp)
        np.subtract(v, tmp, v)
        root = (1 - self.beta2**state.t) ** 0.5
        np.sqrt(v, tmp)
        np.add(tmp, self.eps * root, tmp)  # (√v̂ + ε) · root
        np.divide(m, tmp, tmp)
        np.multiply(tmp, state.lr * root / (1 - self.beta1**state.t), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Yogi]
