"""SWATS: start with Adam, and switch to SGD when its learning rate is known."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, ema_square, flag, hookimpl, real


class SWATS(Optimizer):
    """Adam, until the learning rate that SGD would need for the same steps stops changing; then SGD.

        m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
        p = −lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√(v + ε₀) + ε),   x ← x + p
        s = ⟨p, p⟩ / −⟨p, g⟩,   a ← β₂ a + (1 − β₂) s    for each layer
        c = a / (1 − β₂ᵗ);   if t > 1, c > 0 and |c − s| ≤ tolerance + relative · |s|: Λ = c from now on
        b ← β₁ b + g,   x ← x − (1 − β₁) Λ b             SGD;   Nesterov: x ← x − Λ · ((1 − β₁) b + β₁ b)

    Each run switches by itself, once; of several layers at the same step the last gives Λ, a schedule goes on with it.

    Source: Keskar & Socher, "Improving Generalization Performance by Switching from Adam to SGD", 2017,
    arXiv:1712.07628, Algorithm 1. The relative part of the tolerance and ε₀ are pytorch_optimizer's.
    """

    name, title = "swats", "SWATS"
    slots = ("m", "v", "b")

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of Adam's steps")
    beta1: float = real(0.9, 0.0, 0.9999, doc="decay of the first moment m, momentum of SGD")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v and of a")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    eps_root: float = real(0.0, 0.0, 0.1, label="ε₀ under the root", doc="added to v before its root is taken")
    tolerance: float = real(1e-9, 0.0, 1.0, doc="difference of c and s at which SGD takes over")
    relative: float = real(0.0, 0.0, 1.0, label="relative tolerance", doc="the same, as a share of s")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the velocity one step ahead")

    presets = {
        "paper": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "tolerance": 1e-9, "relative": 0.0, "nesterov": False},
        "pytorch_optimizer": {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-6, "eps_root": 1e-15,
                              "tolerance": 1e-8, "relative": 1e-6, "nesterov": False},
    }  # fmt: skip
    verified = ("pytorch_optimizer",)

    def init(self, params: Array, state: State) -> None:
        state.slot("a", (len(state.layout.names),))
        state.slot("rate", (1,))  # Λ in units of lr; 0 while Adam steps

    def step(self, params: Array, grads: Array, state: State) -> None:
        b, p = state.b, state.tmp
        switched = state.rate > 0
        if not switched.all():
            self._adam(grads, state, switched)
        if switched.any():
            np.multiply(b, self.beta1, b)
            np.add(b, grads, out=b, where=switched)
            share = 1.0 if self.nesterov else 1 - self.beta1
            np.multiply(b, -state.lr * state.rate * share, out=p, where=switched)
        np.add(params, p, params)

    def _adam(self, grads: Array, state: State, switched: Array) -> None:
        """Write Adam's step into `state.tmp`, and Λ of the runs that it tells to switch."""
        m, v, a, p, tmp, lr = state.m, state.v, state.a, state.tmp, state.tmp2, state.lr
        ema(m, grads, self.beta1, tmp)
        ema_square(v, grads, self.beta2, tmp)
        np.sqrt(np.add(v, self.eps_root, p), p)
        np.divide(m, np.add(p, self.eps, p), p)
        np.multiply(p, -lr * (1 - self.beta2**state.t) ** 0.5 / (1 - self.beta1**state.t), p)
        along = -np.add.reduceat(np.multiply(p, grads, tmp), state.layout.offsets, axis=1)
        known = along != 0
        s = np.add.reduceat(np.multiply(p, p, tmp), state.layout.offsets, axis=1) / np.where(known, along, 1)
        np.copyto(a, self.beta2 * a + (1 - self.beta2) * s, where=known)
        c = a / (1 - self.beta2**state.t)
        found = known & (c > 0) & (np.abs(c - s) <= self.tolerance + self.relative * np.abs(s)) & ~switched
        if state.t > 1 and found.any():
            last = found.shape[1] - 1 - np.argmax(found[:, ::-1], axis=1)[:, None]
            np.copyto(state.rate, np.take_along_axis(c, last, axis=1) / lr, where=found.any(axis=1, keepdims=True))


@hookimpl
def register_optimizers() -> list[type]:
    return [SWATS]
