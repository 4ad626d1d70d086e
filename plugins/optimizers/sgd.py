"""Gradient descent: straight down, one learning rate for all."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class SGD(Optimizer):
    """Gradient descent; mini-batches are the problem's batch size.

        x ← x − lr · g

    On the whole data set this is gradient descent; on mini-batches it is stochastic gradient descent, whose steps keep
    a noise that only a smaller lr takes away. On a quadratic it is stable while lr < 2 / λ, λ the largest curvature.

    Source: Robbins & Monro, "A Stochastic Approximation Method", Annals of Mathematical Statistics 22 (1951), 400–407,
    DOI 10.1214/aoms/1177729586, eq. 8; without noise Cauchy, "Méthode générale pour la résolution des systèmes
    d'équations simultanées", Comptes rendus 25 (1847), 536–538.
    """

    name, title = "sgd", "SGD"

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the negative gradient")

    presets = {"PyTorch": {"lr": 1e-3}, "Keras": {"lr": 1e-2}}
    verified = ("PyTorch", "Keras")

    def step(self, params: Array, grads: Array, state: State) -> None:
        np.multiply(grads, state.lr, state.tmp)
        np.subtract(params, state.tmp, params)

    def stable_curvature(self, lr: Array) -> Array:
        return np.asarray(2 / lr)


@hookimpl
def register_optimizers() -> list[type]:
    return [SGD]
