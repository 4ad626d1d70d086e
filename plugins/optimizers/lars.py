"""LARS: momentum whose step in each layer is in proportion to the layer's weights."""

import numpy as np

from optlab.api import Array, Optimizer, State, flag, hookimpl, norm, real


class LARS(Optimizer):
    """Momentum with a rate of its own for each layer: a share of the ratio of weights to gradient.

        u = g + λ x
        u_l ← η ‖x_l‖ / (‖u_l‖ + ε) · u_l                for each layer l; as it is where a norm is 0
        b ← μ b + lr · u
        x ← x − b                                        Nesterov: x ← x − (lr · u + μ b)

    The gradient's size cancels; the trust coefficient η says how far a layer may move, as a share of its norm.

    Source: You, Gitman & Ginsburg, "Large Batch Training of Convolutional Networks", 2017, arXiv:1708.03888,
    Algorithm 1; there the denominator is ‖g_l‖ + λ ‖x_l‖, here the norm of their sum, as in optax.
    """

    name, title = "lars", "LARS"
    slots = ("b",)

    lr: float = real(1.0, 1e-6, 100.0, log=True, label="learning rate", doc="times the trust coefficient")
    trust: float = real(1e-3, 0.0, 0.1, label="trust coefficient", doc="step η of a layer as a share of its norm")
    momentum: float = real(0.9, 0.0, 0.9999, doc="share μ of the velocity b that a step keeps")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ of x that joins the gradient")
    eps: float = real(0.0, 0.0, 0.1, doc="added to ‖u‖ before dividing")
    nesterov: bool = flag(False, label="Nesterov", doc="step along the velocity one step ahead")

    presets = {"optax": {"trust": 1e-3, "momentum": 0.9, "weight_decay": 0.0, "eps": 0.0, "nesterov": False}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        b, u = state.b, state.tmp
        np.multiply(params, self.weight_decay, u)
        np.add(u, grads, u)
        for part in state.layout.slices.values():
            ours, theirs = norm(params[:, part]), norm(u[:, part])
            moves = (ours > 0) & (theirs > 0)
            u[:, part] *= np.where(moves, self.trust * ours / np.where(moves, theirs + self.eps, 1), 1)
        np.multiply(u, state.lr, u)
        np.multiply(b, self.momentum, b)
        np.add(b, u, b)
        if self.nesterov:
            np.subtract(params, u, params)
            np.multiply(b, self.momentum, u)
            np.subtract(params, u, params)
        else:
            np.subtract(params, b, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [LARS]
