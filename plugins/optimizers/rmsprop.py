"""RMSProp: divide the gradient by a running average of its recent size."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, ema, ema_square, flag, hookimpl, real


class RMSProp(Optimizer):
    """Divide each coordinate's gradient by its running root mean square.

        v ← α v + (1 − α) g²
        a ← α a + (1 − α) g                              centered only
        d = √v + ε                                       centered: d = √(v − a²) + ε
        b ← μ b + g / d
        x ← x − lr · b

    v starts at zero and is not corrected for it: the first step is lr / √(1 − α), ten times lr for α = 0.99.

    Source: Tieleman & Hinton, "Lecture 6.5: RMSProp", Neural Networks for Machine Learning, Coursera, 2012; centered
    and with momentum Graves, "Generating Sequences With Recurrent Neural Networks", 2013, arXiv:1308.0850, eq. 38–41.
    As in PyTorch ε is outside the root (Graves and Keras: inside) and lr outside the velocity b; v − a², which rounding
    can take below zero, is floored there.
    """

    name, title = "rmsprop", "RMSProp"
    slots = ("v", "b")

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step, whatever the gradient's")
    alpha: float = real(0.99, 0.0, 0.99999, doc="decay of the mean square v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    momentum: float = real(0.0, 0.0, 0.9999, doc="share μ of the velocity b that a step keeps")
    centered: bool = flag(False, doc="divide by the standard deviation instead of the root mean square")

    def init(self, params: Array, state: State) -> None:
        if self.centered:
            state.slot("a")

    def step(self, params: Array, grads: Array, state: State) -> None:
        v, b, tmp = state.v, state.b, state.tmp
        ema_square(v, grads, self.alpha, tmp)
        if self.centered:
            ema(state.a, grads, self.alpha, tmp)
            np.multiply(state.a, state.a, tmp)
            np.subtract(v, tmp, tmp)
            np.maximum(tmp, 0.0, out=tmp)
            np.sqrt(tmp, tmp)
        else:
            np.sqrt(v, tmp)
        np.add(tmp, self.eps, tmp)
        np.divide(grads, tmp, tmp)
        np.multiply(b, decay_pair(self.momentum, b)[0], b)
        np.add(b, tmp, b)
        np.multiply(b, state.lr, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [RMSProp]
