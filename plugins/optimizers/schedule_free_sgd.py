"""Schedule-free SGD: an average in the place of a schedule."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, flag, hookimpl, integer, real, scale


class ScheduleFreeSGD(Optimizer):
    """Step a point z, average it into x, and take the gradient at y between the two.

        z ← z − lr · (g + λ y)                           lr rises over the warm-up: lr · min(t / w, 1)
        c = ℓᵖ / Σ ℓᵖ                                    ℓ: largest lr so far; equal weights: c = 1 / t
        x ← (1 − c) x + c z
        y ← β x + (1 − β) z

    params are y; loss and pictures are taken at x, which is as calm as after a schedule that fell to zero, at every
    step and without an end. lr is larger than that of plain SGD.

    Source: Defazio et al., "The Road Less Scheduled", NeurIPS 2024, arXiv:2405.15682, with the weights and the warm-up
    of its Algorithm 1; x is computed from y and z, and the warm-up that is one step late is that of optax.
    """

    name, title = "schedule_free_sgd", "schedule-free SGD"
    slots = ("z",)

    lr: float = real(1e-2, 1e-6, 10.0, log=True, label="learning rate", doc="step of z along the negative gradient")
    beta: float = real(0.9, 0.1, 0.9999, doc="share of the average x in the point y of the gradient")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ of y that joins the gradient")
    warmup: int = integer(0, 0, 10**6, label="warm-up", unit="steps", doc="steps over which lr rises; 0 = off")
    late: bool = flag(False, label="late warm-up", doc="z steps with the lr of the step before, 0 at the first")
    weighting: str = choice("lr", "lr", "equal", doc="points count by their lr to the power, or all alike")
    power: float = real(2.0, 0.0, 10.0, doc="power p of lr in the weights")

    presets = {
        "optax": {"beta": 0.9, "weight_decay": 0.0, "warmup": 0, "late": True, "weighting": "lr", "power": 2.0},
        "paper": {"beta": 0.9, "late": False, "weighting": "lr", "power": 2.0},
    }
    verified = ("optax",)

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.z, params)
        state.slot("peak", (1,), float)
        state.slot("total", (1,), float)

    def step(self, params: Array, grads: Array, state: State) -> None:
        z, x, tmp, t = state.z, state.tmp, state.tmp2, state.t
        lr = state.lr * (min(t / self.warmup, 1.0) if self.warmup else 1.0)
        now = state.lr * min((t - 1) / self.warmup, 1.0) if self.warmup and self.late else lr
        self.view(params, state, x)
        np.multiply(params, self.weight_decay, tmp)
        np.add(tmp, grads, tmp)
        np.multiply(tmp, now, tmp)
        np.subtract(z, tmp, z)
        np.maximum(state.peak, lr, out=state.peak)
        weight = 1.0 if self.weighting == "equal" else state.peak**self.power
        np.add(state.total, weight, state.total)
        share = weight / np.where(state.total > 0, state.total, 1)
        scale(x, 1 - share, x)
        scale(z, share, tmp)
        np.add(x, tmp, x)
        np.multiply(x, self.beta, params)
        np.multiply(z, 1 - self.beta, tmp)
        np.add(params, tmp, params)

    def view(self, params: Array, state: State, out: Array) -> None:
        np.multiply(state.z, -(1 - self.beta), out)
        np.add(out, params, out)
        np.divide(out, self.beta, out)


@hookimpl
def register_optimizers() -> list[type]:
    return [ScheduleFreeSGD]
