"""Optimistic gradient descent: the next gradient will be like the last, and change as it did."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class OptimisticGD(Optimizer):
    """Gradient descent that corrects each step by how the gradient has changed.

        x ← x − lr · ((α + β) g − β g₋)                  g₋: gradient of the step before, g at the first

    In games of two players gradient descent spirals outwards; the correction turns it inwards. For minimising alone it
    acts as a damping.

    Source: Daskalakis, Ilyas, Syrgkanis & Zeng, "Training GANs with Optimism", ICLR 2018, arXiv:1711.00141;
    α and β apart as in Mokhtari, Ozdaglar & Pattathil, "A Unified Analysis of Extra-gradient and Optimistic Gradient
    Methods for Saddle Point Problems: Proximal Point Approach", AISTATS 2020, arXiv:1901.08511.
    """

    name, title = "optimistic_gd", "optimistic gradient descent"
    slots = ("last",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the negative gradient")
    alpha: float = real(1.0, 0.0, 10.0, doc="weight of the gradient")
    beta: float = real(1.0, 0.0, 10.0, doc="weight of the gradient's change")

    presets = {"optax": {"alpha": 1.0, "beta": 1.0}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        last, tmp = state.last, state.tmp
        if state.t == 1:
            np.copyto(last, grads)
        np.multiply(grads, state.lr * (self.alpha + self.beta), tmp)
        np.subtract(params, tmp, params)
        np.multiply(last, state.lr * self.beta, tmp)
        np.add(params, tmp, params)
        np.copyto(last, grads)


@hookimpl
def register_optimizers() -> list[type]:
    return [OptimisticGD]
