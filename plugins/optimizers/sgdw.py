"""SGDW: momentum with weight decay beside the gradient instead of inside it."""

import numpy as np

from optlab.api import Array, Optimizer, State, decay_pair, flag, hookimpl, real


class SGDW(Optimizer):
    """Momentum whose weight decay does not pass through the velocity.

        x ← x − lr · λ x                                 independent: x ← x − (lr / lr₀) · λ x
        v ← μ v + (1 − τ) g,   v ← g at the first step
        x ← x − lr · v                                   Nesterov: x ← x − lr · (g + μ v)

    An L2 penalty goes through the velocity, so that the decay of a weight depends on where it was; here it depends on
    where it is. Without momentum the two are the same.

    Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv:1711.05101, Algorithm 1.
    There only the schedule's factor lr / lr₀ multiplies λ; pytorch_optimizer multiplies it by lr.
    """

    name, title = "sgdw", "SGDW"
    slots = ("v",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the velocity")
    momentum: float = real(0.9, 0.0, 0.9999, doc="share μ of the velocity that a step keeps")
    weight_decay: float = real(1e-2, 0.0, 10.0, label="weight decay", doc="share λ by which x shrinks, times lr")
    dampening: float = real(0.0, 0.0, 1.0, doc="share τ of the gradient that does not enter the velocity")
    nesterov: bool = flag(False, label="Nesterov", doc="step along g + μ v: the velocity one step ahead")
    independent: bool = flag(False, label="independent decay", doc="decay by the schedule's factor, not times lr")

    presets = {
        "paper": {"momentum": 0.9, "dampening": 0.0, "nesterov": False, "independent": True},
        "pytorch_optimizer": {"lr": 1e-4, "momentum": 0.0, "weight_decay": 0.0, "dampening": 0.0, "nesterov": False,
                              "independent": False},
    }  # fmt: skip
    verified = ("pytorch_optimizer",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        v, tmp, way = state.v, state.tmp, state.v
        keep = decay_pair(self.momentum, v)[0]
        share = state.lr / self.lr if self.independent else state.lr
        np.multiply(params, 1 - share * self.weight_decay, params)
        np.multiply(v, keep, v)
        if state.t == 1:
            np.add(v, grads, v)
        else:
            np.add(v, np.multiply(grads, decay_pair(self.dampening, v)[1], tmp), v)
        if self.nesterov:
            way = np.add(np.multiply(v, keep, tmp), grads, tmp)
        np.subtract(params, np.multiply(way, state.lr, tmp), params)


@hookimpl
def register_optimizers() -> list[type]:
    return [SGDW]
