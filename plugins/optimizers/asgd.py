"""ASGD: gradient descent whose average is the answer."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, integer, real


class ASGD(Optimizer):
    """Gradient descent with a falling rate, looked at where the average of its points is.

        x ← (1 − λ ηₜ) x − ηₜ g,    ηₜ = lr / (1 + λ lr (t − 1))^α
        x̄ ← x̄ + μₜ (x − x̄),    μₜ = 1 / max(1, t − 1 − t₀)

    On mini-batches x keeps trembling; its average comes to rest. Until t₀ the average is x itself. Loss and pictures
    are taken at x̄, gradients at x.

    Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and
    Optimization 30 (1992), 838–855, DOI 10.1137/0330046; the rate: Xu, "Towards Optimal One Pass Large Scale Learning
    with Averaged Stochastic Gradient Descent", 2011, arXiv:1107.2490; together as in PyTorch, whose params are x.
    """

    name, title = "asgd", "ASGD"
    slots = ("mean",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="rate η of the first step")
    decay: float = real(1e-4, 0.0, 10.0, label="λ", doc="decay of the weights, and how soon the rate falls")
    alpha: float = real(0.75, 0.0, 2.0, doc="power of time with which the rate falls")
    start: int = integer(100, 0, 10**9, label="average from", unit="steps", doc="steps t₀ before the average begins")

    presets = {"PyTorch": {"lr": 1e-2, "decay": 1e-4, "alpha": 0.75, "start": 1_000_000}}
    verified = ("PyTorch",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.mean, params)

    def step(self, params: Array, grads: Array, state: State) -> None:
        mean, tmp, t = state.mean, state.tmp, state.t
        rate = state.lr / (1 + self.decay * state.lr * (t - 1)) ** self.alpha
        np.multiply(params, 1 - self.decay * rate, params)
        np.multiply(grads, rate, tmp)
        np.subtract(params, tmp, params)
        if t - 1 - self.start <= 1:
            np.copyto(mean, params)
        else:
            np.subtract(params, mean, tmp)
            np.multiply(tmp, 1 / (t - 1 - self.start), tmp)
            np.add(mean, tmp, mean)

    def view(self, params: Array, state: State, out: Array) -> None:
        np.copyto(out, state.mean)


@hookimpl
def register_optimizers() -> list[type]:
    return [ASGD]
