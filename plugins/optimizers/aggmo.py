"""AggMo: several velocities at once, of which the slow ones damp the fast one."""

import numpy as np

from optlab.api import Array, FieldError, Optimizer, State, hookimpl, numbers, real, tr


class AggMo(Optimizer):
    """Keep a velocity for each of several β, and step along their mean.

        vᵢ ← βᵢ vᵢ + g                                   for each of the K values of β
        x ← x − lr / K · ∑ᵢ vᵢ

    A large β runs far but overshoots; the small ones turn at once and take the swing out of it, so that β close to 1
    is stable. With a single β this is momentum.

    Source: Lucas, Sun, Zemel & Grosse, "Aggregated Momentum: Stability Through Passive Damping", ICLR 2019,
    arXiv:1804.00325, section 3.
    """

    name, title = "aggmo", "AggMo"

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step along the mean of the velocities")
    betas: tuple[float, ...] = numbers((0.0, 0.9, 0.99), label="β of each", doc="share that each velocity keeps")

    presets = {"paper": {"betas": (0.0, 0.9, 0.99)}, "pytorch_optimizer": {"lr": 1e-3, "betas": (0.0, 0.9, 0.99)}}
    verified = ("pytorch_optimizer",)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.betas or not all(0 <= beta < 1 for beta in self.betas):
            shown = ", ".join(f"{beta:g}" for beta in self.betas) or tr("none")
            raise FieldError(tr("AggMo.betas: expected numbers from 0 to below 1, got {that}", that=shown))

    def init(self, params: Array, state: State) -> None:
        for k in range(len(self.betas)):
            state.slot(f"v{k}")

    def step(self, params: Array, grads: Array, state: State) -> None:
        total = state.tmp
        np.copyto(total, 0.0)
        for k, beta in enumerate(self.betas):
            v = state.slot(f"v{k}")
            np.multiply(v, beta, v)
            np.add(v, grads, v)
            np.add(total, v, total)
        np.multiply(total, state.lr / len(self.betas), total)
        np.subtract(params, total, params)


@hookimpl
def register_optimizers() -> list[type]:
    return [AggMo]
