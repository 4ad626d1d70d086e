"""RMSProp: divide the gradient by a running average of its recent size."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, decay_pair, ema, ema_square, flag, hookimpl, real


class RMSProp(Optimizer):
    """Divide each coordinate's gradient by its running root mean square.

        v ← α v + (1 − α) g²,   a ← α a + (1 − α) g      q = v, centered: q = v − a²
        d = √q + ε                                       ε inside: d = √(q + ε)
        b ← μ b + g / d,   x ← x − lr · b                lr inside: b ← μ b + lr · g / d,   x ← x − b

    The first step is lr / √(1 − α), ten times lr for α = 0.99, unless v and a are corrected: divided by 1 − αᵗ.

    Source: Tieleman & Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, Coursera, 2012; centered
    and with momentum Graves, "Generating Sequences With Recurrent Neural Networks", 2013, arXiv:1308.0850, eq. 38–41.
    PyTorch has ε and lr outside, Keras and optax inside; Nesterov steps along μ b + g / d. v − a² is floored at 0.
    """

    name, title = "rmsprop", "RMSProp"
    slots = ("v", "b")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    alpha: float = real(0.99, 0.0, 0.99999, doc="decay of the mean square v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    momentum: float = real(0.0, 0.0, 0.9999, doc="share μ of the velocity b that a step keeps")
    centered: bool = flag(False, doc="divide by the standard deviation instead of the root mean square")
    initial: float = real(0.0, 0.0, 1e3, label="initial accumulator", doc="mean square before the first step")
    eps_place: str = choice("outside", "outside", "inside", label="ε", doc="outside or inside the root")
    lr_place: str = choice("outside", "outside", "inside", label="lr", doc="outside or inside the velocity")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the velocity one step ahead")
    correct: bool = flag(False, label="correct the start", doc="divide v and a by 1 − αᵗ")

    presets = {
        "PyTorch": {"lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "eps_place": "outside", "lr_place": "outside",
                    "initial": 0.0, "nesterov": False, "correct": False},
        "Keras": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-7, "eps_place": "inside", "lr_place": "inside",
                  "initial": 0.0, "nesterov": False, "correct": False},
        "optax": {"alpha": 0.9, "eps": 1e-8, "eps_place": "inside", "lr_place": "inside",
                  "initial": 0.0, "nesterov": False, "correct": False},
    }  # fmt: skip
    verified = ("PyTorch", "Keras", "optax")

    def init(self, params: Array, state: State) -> None:
        np.add(state.v, self.initial, state.v)
        if self.centered:
            state.slot("a")

    def step(self, params: Array, grads: Array, state: State) -> None:
        v, b, tmp = state.v, state.b, state.tmp
        ema_square(v, grads, self.alpha, tmp)
        q, start = v, 1 - self.alpha**state.t if self.correct else 1.0
        if self.centered:
            ema(state.a, grads, self.alpha, tmp)
            np.divide(np.multiply(state.a, state.a, tmp), start, tmp)
            q = np.maximum(np.subtract(v, tmp, tmp), 0.0, out=tmp)
        if self.correct:
            q = np.divide(q, start, tmp)
        if self.eps_place == "inside":
            np.sqrt(np.add(q, self.eps, tmp), tmp)
        else:
            np.add(np.sqrt(q, tmp), self.eps, tmp)
        way = np.divide(grads, tmp, tmp)
        if self.lr_place == "inside":
            np.multiply(tmp, state.lr, tmp)
        if type(self.momentum) is not float or self.momentum:
            keep = decay_pair(self.momentum, b)[0]
            way = np.add(np.multiply(b, keep, b), tmp, b)
            if self.nesterov:
                way = np.add(np.multiply(b, keep, state.tmp2), tmp, state.tmp2)
        if self.lr_place == "outside":
            way = np.multiply(way, state.lr, tmp)
        np.subtract(params, way, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [RMSProp]
