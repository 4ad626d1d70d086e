"""Polyak's step: as long as the gap to the lowest value allows."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, dot, hookimpl, real


class Polyak(Optimizer):
    """Go so far along the gradient that its straight line would reach the known lowest loss.

        s = (f(x) − f_min) / (c² ‖g‖² + ε)               sps_plus: the gap is never below 0
        x ← x − min(s, lr) · c g

    f is the loss of this step, of its mini-batch where there is one. Where f_min is too low, steps are too long near
    the minimum; lr is the longest that is taken.

    Source: Polyak, "Introduction to Optimization", Optimization Software, 1987; stochastic: Loizou, Vaswani, Laradji &
    Lacoste-Julien, "Stochastic Polyak Step-size for SGD: An Adaptive Learning Rate for Fast Convergence",
    AISTATS 2021, arXiv:2002.10542; c is theirs, the largest step their γ_b.
    """

    name, title = "polyak", "Polyak step"

    lr: float = real(1.0, 1e-6, 1e3, log=True, label="largest step", doc="longest step along the gradient")
    f_min: float = real(0.0, -1e9, 1e9, label="lowest loss", doc="the value of the loss at its minimum")
    scaling: float = real(1.0, 1e-3, 1e3, log=True, doc="factor c of the gradient")
    eps: float = real(0.0, 0.0, 1.0, doc="added to the squared norm before dividing")
    variant: str = choice("sps", "sps", "sps_plus", doc="whether steps below f_min go backwards, or stay")

    presets = {"optax": {"lr": 1.0, "f_min": 0.0, "scaling": 1.0, "eps": 0.0, "variant": "sps"}}
    verified = ("optax",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        gap = state.loss[:, None] - self.f_min
        if self.variant == "sps_plus":
            gap = np.maximum(gap, 0.0)
        square = self.scaling**2 * dot(grads, grads) + self.eps
        moves = square > np.finfo(np.float64).eps  # at a minimum 0 / 0 would be the end
        size = np.where(moves, np.minimum(gap / np.where(moves, square, 1), state.lr), 0.0)
        np.multiply(grads, self.scaling * size, state.tmp)
        np.subtract(params, state.tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [Polyak]
