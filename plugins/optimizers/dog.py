"""DoG: distance over gradients, in the place of a learning rate."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, dot, hookimpl, norm, real, scale


class DoG(Optimizer):
    """Step by the largest distance from the start so far, over the root of the summed squared gradients.

        r ← max(r, ‖x − x₀‖)
        G ← G + ‖g‖²
        x ← x − lr · r / √(G + ε) · g

    lr stays at 1. r is tiny at first and grows with the way that was found to be safe. "heuristic": r starts at the
    first distance times 1 + ‖x₀‖.

    Source: Ivgi, Hinder & Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", ICML 2023,
    arXiv:2302.12022; the result there is an average of the points: choose one in the update.
    """

    name, title = "dog", "DoG"
    slots = ("start",)

    lr: float = real(1.0, 1e-3, 4.0, log=True, label="learning rate", doc="times the estimated rate")
    first: float = real(1e-6, 1e-9, 10.0, log=True, label="first distance", doc="distance r before any is known")
    start: str = choice("heuristic", "heuristic", "distance", doc="scale the first distance with 1 + ‖x₀‖, or not")
    eps: float = real(1e-8, 0.0, 0.1, doc="added to the summed squares")

    presets = {"optax": {"lr": 1.0, "first": 1e-6, "start": "heuristic", "eps": 1e-8}}
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.start, params)
        state.slot("G", (1,), float)
        state.slot("r", (1,), float)[:] = self.first * (1 + norm(params) if self.start == "heuristic" else 1.0)

    def step(self, params: Array, grads: Array, state: State) -> None:
        tmp = state.tmp
        np.subtract(params, state.start, tmp)
        np.maximum(state.r, norm(tmp), out=state.r)
        np.add(state.G, dot(grads, grads), state.G)
        total = state.G + self.eps
        scale(grads, state.lr * state.r / np.sqrt(np.where(total > 0, total, 1)), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [DoG]
