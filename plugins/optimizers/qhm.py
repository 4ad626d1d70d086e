"""QHM: quasi-hyperbolic momentum, an average of momentum and plain gradient descent."""

import numpy as np

from optlab.api import Array, Optimizer, State, ema, hookimpl, real


class QHM(Optimizer):
    """Step along an average of the momentum and the newest gradient.

        m ← β m + (1 − β) g
        x ← x − lr · (ν m + (1 − ν) g)

    ν = 0 is gradient descent, ν = 1 momentum, ν = β Nesterov's momentum. With ν below 1 β can be larger than in
    momentum: the newest gradient still counts, and the old ones only calm it.

    Source: Ma & Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", ICLR 2019, arXiv:1810.06801, section 3.
    """

    name, title = "qhm", "QHM"
    slots = ("m",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the average")
    momentum: float = real(0.999, 0.0, 0.9999, doc="decay β of the running mean m")
    nu: float = real(0.7, 0.0, 1.0, label="ν", doc="share of m; the rest is the newest gradient")

    presets = {
        "paper": {"momentum": 0.999, "nu": 0.7},
        "pytorch_optimizer": {"lr": 1e-3, "momentum": 0.0, "nu": 1.0},
    }
    verified = ("pytorch_optimizer",)

    def step(self, params: Array, grads: Array, state: State) -> None:
        m, tmp = state.m, state.tmp
        ema(m, grads, self.momentum, tmp)
        np.multiply(m, state.lr * self.nu, tmp)
        np.subtract(params, tmp, params)
        np.multiply(grads, state.lr * (1 - self.nu), tmp)
        np.subtract(params, tmp, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [QHM]
