"""Fromage: steps of a fixed share of each layer's weights."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, norm, real


class Fromage(Optimizer):
    """Move each layer by the share lr of its norm against the gradient, then shrink it, so that it does not grow.

        x_l ← (x_l − lr · max(‖x_l‖, n) / max(‖g_l‖, n) · g_l) / √(1 + lr²)      for each layer l

    How much a deep network changes depends on the relative change of its layers, whatever the size of their gradients.
    Without the last factor a step at right angles to x would lengthen it by just that much.

    Source: Bernstein, Vahdat, Yue & Liu, "On the distance between two neural networks and the stability of learning",
    NeurIPS 2020, arXiv:2002.03432, Algorithm 1; the floor n of the norms as in optax.
    """

    name = "fromage"

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="length of a step as a share of ‖x‖")
    floor: float = real(1e-6, 1e-30, 1.0, log=True, label="floor of norms", doc="smallest norm n that is believed")

    presets = {"optax": {"floor": 1e-6}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        tmp = state.tmp
        for part in state.layout.slices.values():
            x, g = params[:, part], grads[:, part]
            ratio = np.maximum(norm(x), self.floor) / np.maximum(norm(g), self.floor)
            np.multiply(g, state.lr * ratio, tmp[:, part])
        np.subtract(params, tmp, params)
        np.multiply(params, (1 + state.lr**2) ** -0.5, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Fromage]
