"""Adagrad: a learning rate for each coordinate that falls with what it has seen."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, hookimpl, real


class Adagrad(Optimizer):
    """Divide each coordinate's gradient by the root of the sum of its squares so far.

        s ← s + g²,   s₀: initial accumulator
        x ← x − lrₜ · g / (√s + ε),    lrₜ = lr / (1 + (t − 1) · lr_decay)
        ε inside:  x ← x − lrₜ · g / √(s + ε)

    Rare features keep large steps, frequent ones get small ones; as s only grows, all steps shrink about as 1 / √t.

    Source: Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization",
    Journal of Machine Learning Research 12 (2011), 2121–2159, Figure 1 (diagonal, without the projection).
    PyTorch starts s at 0 and has ε outside the root; Keras and optax start it at 0.1 and have ε inside.
    """

    name = "adagrad"
    slots = ("s",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="size of the first step")
    eps: float = real(1e-10, 0.0, 0.1, doc="floor of the denominator")
    lr_decay: float = real(0.0, 0.0, 10.0, label="lr decay", doc="makes lr fall as 1 / (1 + (t − 1) · decay)")
    initial: float = real(0.0, 0.0, 1e3, label="initial accumulator", doc="sum of squares before the first step")
    eps_place: str = choice("outside", "outside", "inside", label="ε", doc="outside or inside the root")

    presets = {
        "PyTorch": {"lr": 1e-2, "eps": 1e-10, "lr_decay": 0.0, "initial": 0.0, "eps_place": "outside"},
        "Keras": {"lr": 1e-3, "eps": 1e-7, "lr_decay": 0.0, "initial": 0.1, "eps_place": "inside"},
        "optax": {"eps": 1e-7, "lr_decay": 0.0, "initial": 0.1, "eps_place": "inside"},
        "paper": {"lr_decay": 0.0, "initial": 0.0, "eps_place": "outside"},
    }
    verified = ("PyTorch", "Keras", "optax")

    def init(self, params: Array, state: State) -> None:
        np.add(state.s, self.initial, state.s)

    def step(self, params: Array, grads: Array, state: State) -> None:
        s, tmp = state.s, state.tmp
        np.multiply(grads, grads, tmp)
        np.add(s, tmp, s)
        if self.eps_place == "inside":
            np.add(s, self.eps, tmp)
            np.sqrt(tmp, tmp)
        else:
            np.sqrt(s, tmp)
            np.add(tmp, self.eps, tmp)
        np.divide(grads, tmp, tmp)
        np.multiply(tmp, state.lr / (1 + (state.t - 1) * self.lr_decay), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Adagrad]
