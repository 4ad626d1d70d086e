"""AccSGD: acceleration that survives the noise of mini-batches."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class AccSGD(Optimizer):
    """Couple a short step with a long one, which an average holds back.

        L = lr · κ / c,   β = c² ξ / κ,   ζ = c / (c + β)
        b ← (1 − β) b + β (x − L g),   b₀ = x₀
        x ← ζ (x − lr g) + (1 − ζ) b

    Momentum and Nesterov's method lose their gain over SGD when gradients are noisy; this does not, where the noise
    is that of a least-squares problem. κ: how much longer the long step is; ξ ≤ √κ: how much there is to gain.

    Source: Kidambi, Netrapalli, Jain & Kakade, "On the insufficiency of existing momentum schemes for Stochastic
    Optimization", ICLR 2018, arXiv:1803.05591, Algorithm 3, with c = 0.7.
    """

    name, title = "accsgd", "AccSGD"
    slots = ("b",)

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="the short step")
    kappa: float = real(1000.0, 1.0, 1e8, log=True, label="κ", doc="long step by short step, times c")
    xi: float = real(10.0, 1.0, 100.0, label="ξ", doc="advantage parameter, at most √κ")
    constant: float = real(0.7, 0.01, 1.0, label="c", doc="any constant below 1")

    presets = {
        "paper": {"constant": 0.7},
        "pytorch_optimizer": {"lr": 1e-3, "kappa": 1000.0, "xi": 10.0, "constant": 0.7},
    }
    verified = ("pytorch_optimizer",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.b, params)

    def step(self, params: Array, grads: Array, state: State) -> None:
        b, tmp, lr = state.b, state.tmp, state.lr
        beta = self.xi * self.constant**2 / self.kappa
        share = self.constant / (self.constant + beta)
        np.multiply(grads, -lr * self.kappa / self.constant, tmp)
        np.add(tmp, params, tmp)
        np.multiply(tmp, beta, tmp)
        np.multiply(b, 1 - beta, b)
        np.add(b, tmp, b)
        np.multiply(grads, lr, tmp)
        np.subtract(params, tmp, params)
        np.multiply(params, share, params)
        np.multiply(b, 1 - share, tmp)
        np.add(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AccSGD]
