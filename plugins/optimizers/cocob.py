"""COCOB: bet on the next gradient's sign, with what was won before."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class COCOB(Optimizer):
    """Treat each coordinate as a series of bets on a coin: wealth decides how far from the start x is.

        c = lr · (g + λ x)
        L ← max(L, |c|)                                  largest gradient; ε at first
        G ← G + |c|
        R ← max(R − c (x − x₀), 0)                       what was won
        C ← C − c
        x ← x₀ + C (L + R) / (L · max(G + L, α L))

    There is no learning rate: lr scales the gradient, and the rule does not care for its scale.

    Source: Orabona & Tommasi, "Training Deep Networks without Learning Rates Through Coin Betting", NeurIPS 2017,
    arXiv:1705.07795, Algorithm 2; decay as in optax.
    """

    name, title = "cocob", "COCOB"
    slots = ("start", "largest", "size", "reward", "sum")

    lr: float = real(1.0, 1e-3, 1e3, log=True, label="learning rate", doc="factor of the gradient: of no effect")
    alpha: float = real(100.0, 1.0, 1e6, log=True, doc="how small the first bets are")
    eps: float = real(1e-8, 1e-30, 1.0, log=True, doc="largest gradient that is expected before any is seen")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ of x that joins the gradient")

    presets = {"optax": {"lr": 1.0, "alpha": 100.0, "eps": 1e-8, "weight_decay": 0.0}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.start, params)
        state.largest[:] = self.eps

    def step(self, params: Array, grads: Array, state: State) -> None:
        largest, size, reward, total, c, tmp = (
            state.largest, state.size, state.reward, state.sum, state.tmp, state.tmp2,
        )  # fmt: skip
        np.multiply(params, self.weight_decay, c)
        np.add(c, grads, c)
        np.multiply(c, state.lr, c)
        np.subtract(total, c, total)
        np.subtract(params, state.start, tmp)
        np.multiply(tmp, c, tmp)
        np.subtract(reward, tmp, reward)
        np.maximum(reward, 0.0, out=reward)
        np.abs(c, c)
        np.maximum(largest, c, out=largest)
        np.add(size, c, size)
        np.add(size, largest, c)
        np.multiply(largest, self.alpha, tmp)
        np.maximum(c, tmp, out=c)
        np.multiply(c, largest, c)
        np.divide(total, c, c)
        np.add(largest, reward, tmp)
        np.multiply(c, tmp, c)
        np.add(state.start, c, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [COCOB]
