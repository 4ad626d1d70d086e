"""Momentum: gradient descent that keeps its velocity."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, decay_pair, flag, hookimpl, real


class Momentum(Optimizer):
    """Gradient descent with a velocity, or with Nesterov's correction of it.

        plain      v ← μ v + (1 − τ) g,   v ← g at the first step
                   x ← x − lr · v                        Nesterov: x ← x − lr · (g + μ v)
        velocity   v ← μ v + lr (1 − τ) g
                   x ← x − v                             Nesterov: x ← x − (lr g + μ v)
        mean       v ← μ v + (1 − μ) g
                   x ← x − lr · v                        Nesterov: x ← x − lr · ((1 − μ) g + μ v)

    Along a direction that stays the same the steps grow by 1 / (1 − μ), in a mean not at all; across it they cancel.
    While lr stays, velocity and plain are the same. When lr drops, plain drops at once; velocity keeps its old speed.
    On a quadratic it is stable while lr < (2 + 2 μ) / λ, with Nesterov while lr < (2 + 2 μ) / ((1 + 2 μ) λ), λ the
    largest curvature: Nesterov's bound is the smaller one.

    Source: Polyak, "Some methods of speeding up the convergence of iteration methods", USSR Computational Mathematics
    and Mathematical Physics 4 (1964), 1–17, DOI 10.1016/0041-5553(64)90137-5, eq. 9; Sutskever, Martens, Dahl & Hinton,
    "On the importance of initialization and momentum in deep learning", ICML 2013, eq. 1–4.
    Plain is PyTorch's and optax', velocity Keras' and Sutskever's. With Nesterov x is the point ahead at which the
    gradient is taken. The bounds: Cohen et al., ICLR 2021, arXiv:2103.00065, eq. 1.
    """

    name = "momentum"
    slots = ("v",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the velocity")
    momentum: float = real(0.9, 0.0, 0.9999, doc="share μ of the velocity that a step keeps")
    dampening: float = real(0.0, 0.0, 1.0, doc="share τ of the gradient that does not enter the velocity")
    nesterov: bool = flag(False, label="Nesterov", doc="step along g + μ v: the velocity one step ahead")
    form: str = choice(
        "plain", "plain", "velocity", "mean", doc="lr outside the velocity or inside it, or a running mean"
    )

    presets = {
        "PyTorch": {"lr": 1e-3, "dampening": 0.0, "form": "plain"},
        "Keras": {"lr": 1e-2, "dampening": 0.0, "form": "velocity"},
        "optax": {"dampening": 0.0, "form": "plain"},
    }
    verified = ("PyTorch", "Keras", "optax")

    def step(self, params: Array, grads: Array, state: State) -> None:
        v, tmp, form, ahead = state.v, state.tmp, self.form, state.tmp2
        keep, rest = decay_pair(self.momentum, v)
        whole = grads  # what a gradient counts for, in the units of v
        if form != "plain":
            whole = np.multiply(grads, rest if form == "mean" else state.lr, tmp)
        np.multiply(v, keep, v)
        if form == "mean" or state.t == 1 or (type(self.dampening) is float and self.dampening == 0):
            np.add(v, whole, v)
        else:
            np.add(v, np.multiply(whole, decay_pair(self.dampening, v)[1], ahead), v)
        way = v
        if self.nesterov:
            way = np.add(np.multiply(v, keep, ahead), whole, ahead)
        if form != "velocity":
            way = np.multiply(way, state.lr, tmp)
        np.subtract(params, way, params)

    def stable_curvature(self, lr: Array) -> Array:
        share = 1.0 if self.form == "mean" else 1 - self.dampening
        whole = 1 - self.momentum if self.form == "mean" else 1.0
        passed = 1 + self.momentum * (1 + share) if self.nesterov else share  # −1 is a root where λ lr = (2 + 2 μ) / it
        return np.asarray((2 + 2 * self.momentum) / (whole * passed * lr))


@hookimpl
def register_optimizers() -> list[type]:
    return [Momentum]
