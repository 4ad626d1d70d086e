"""Momentum: gradient descent that keeps its velocity."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, flag, hookimpl, real


class Momentum(Optimizer):
    """Gradient descent with a velocity, or with Nesterov's correction of it.

        v ← μ v + (1 − τ) g                              v ← g at the first step
        x ← x − lr · v                                   Nesterov: x ← x − lr · (g + μ v)

    Along a direction that stays the same the steps grow by 1 / (1 − μ); across it they cancel.

    Source: Polyak, "Some methods of speeding up the convergence of iteration methods", USSR Computational Mathematics
    and Mathematical Physics 4 (1964), 1–17, DOI 10.1016/0041-5553(64)90137-5, eq. 9; Sutskever, Martens, Dahl & Hinton,
    "On the importance of initialization and momentum in deep learning", ICML 2013, eq. 1–4.
    As in PyTorch lr is outside the velocity, so that a drop of lr acts at once; the first step is not dampened; with
    Nesterov x is the point ahead at which the gradient is taken.
    """

    name = "momentum"
    slots = ("v",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the velocity")
    momentum: float = real(0.9, 0.0, 0.9999, doc="share μ of the velocity that a step keeps")
    dampening: float = real(0.0, 0.0, 1.0, doc="share τ of the gradient that does not enter the velocity")
    nesterov: bool = flag(False, label="Nesterov", doc="step along g + μ v: the velocity one step ahead")

    def step(self, params: Array, grads: Array, state: State) -> None:
        v, tmp = state.v, state.tmp
        keep, take = decay_pair(self.momentum, v)[0], decay_pair(self.dampening, v)[1]
        if state.t == 1:
            np.copyto(v, grads)
        else:
            np.multiply(v, keep, v)
            np.multiply(grads, take, tmp)
            np.add(v, tmp, v)
        if self.nesterov:
            np.multiply(v, keep, tmp)
            np.add(tmp, grads, tmp)
            np.multiply(tmp, state.lr, tmp)
        else:
            np.multiply(v, state.lr, tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Momentum]
