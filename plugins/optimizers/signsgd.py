"""signSGD: only the sign of each component of the gradient."""

import numpy as np

from optlab.api import Array, Optimizer, State, hookimpl, real


class SignSGD(Optimizer):
    """Step by lr against the sign of the gradient, coordinate by coordinate.

        x ← x − lr · sign(g)

    One bit per coordinate has to be sent between machines. The step never gets shorter by itself: near a minimum it
    jumps to and fro by lr, until a schedule lowers it.

    Source: Bernstein, Wang, Azizzadenesheli & Anandkumar, "signSGD: Compressed Optimisation for Non-Convex Problems",
    ICML 2018, arXiv:1802.04434, Algorithm 1.
    """

    name, title = "signsgd", "signSGD"

    lr: float = real(1e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step in every coordinate")

    def step(self, params: Array, grads: Array, state: State) -> None:
        np.sign(grads, state.tmp)
        np.multiply(state.tmp, state.lr, state.tmp)
        np.subtract(params, state.tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [SignSGD]
