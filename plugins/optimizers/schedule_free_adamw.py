"""Schedule-free AdamW: an average in the place of a schedule and of momentum."""

import numpy as np

from optlab.api import Array, Optimizer, State, choice, ema_square, flag, hookimpl, integer, real, scale


class ScheduleFreeAdamW(Optimizer):
    """Step a point z by Adam's rule, average it into x, and take the gradient at y between the two.

        v ← β₂ v + (1 − β₂) g²
        z ← z − lr · (g / (√v̂ + ε) + λ y)                v̂ = v / (1 − β₂ᵗ); in the warm-up lr · min(t / w, 1)
        x ← (1 − c) x + c z,    c = ℓᵖ / Σ ℓᵖ            ℓ: largest lr so far; equal weights: c = 1 / t
        y ← β₁ x + (1 − β₁) z

    params are y; loss and pictures are taken at x. The average stands for a falling schedule, y for the momentum.

    Source: Defazio et al., "The Road Less Scheduled", NeurIPS 2024, arXiv:2405.15682, Algorithm 1, with x computed from
    y and z; the warm-up that is one step late is that of optax, the equal weights are Keras'.
    """

    name, title = "schedule_free_adamw", "schedule-free AdamW"
    slots = ("z", "v")

    lr: float = real(2.5e-3, 1e-6, 10.0, log=True, label="learning rate", doc="size of a step of z")
    beta1: float = real(0.9, 0.1, 0.9999, doc="share of the average x in the point y of the gradient")
    beta2: float = real(0.999, 0.0, 0.99999, doc="decay of the second moment v")
    eps: float = real(1e-8, 0.0, 0.1, doc="floor of the denominator")
    weight_decay: float = real(0.0, 0.0, 10.0, label="weight decay", doc="share λ of y that joins the step")
    warmup: int = integer(0, 0, 10**6, label="warm-up", unit="steps", doc="steps over which lr rises; 0 = off")
    late: bool = flag(False, label="late warm-up", doc="z steps with the lr of the step before, 0 at the first")
    weighting: str = choice("lr", "lr", "equal", doc="points count by their lr to the power, or all alike")
    power: float = real(2.0, 0.0, 10.0, doc="power p of lr in the weights")

    presets = {
        "optax": {"lr": 2.5e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0, "warmup": 0,
                  "late": True, "weighting": "lr", "power": 2.0},
        "Keras": {"lr": 2.5e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0, "warmup": 0,
                  "late": False, "weighting": "equal"},
    }  # fmt: skip
    verified = ("optax", "Keras")

    def init(self, params: Array, state: State) -> None:
        np.copyto(state.z, params)
        state.slot("peak", (1,), float)
        state.slot("total", (1,), float)

    def step(self, params: Array, grads: Array, state: State) -> None:
        z, v, x, tmp, t = state.z, state.v, state.tmp, state.tmp2, state.t
        lr = state.lr * (min(t / self.warmup, 1.0) if self.warmup else 1.0)
        now = state.lr * min((t - 1) / self.warmup, 1.0) if self.warmup and self.late else lr
        self.view(params, state, x)
        np.multiply(params, now * self.weight_decay, tmp)
        np.subtract(z, tmp, z)
        ema_square(v, grads, self.beta2, tmp)
        np.divide(v, 1 - self.beta2**t, tmp)
        np.add(np.sqrt(tmp, tmp), self.eps, tmp)
        np.divide(grads, tmp, tmp)
        np.multiply(tmp, now, tmp)
        np.subtract(z, tmp, z)
        np.maximum(state.peak, lr, out=state.peak)
        weight = 1.0 if self.weighting == "equal" else state.peak**self.power
        np.add(state.total, weight, state.total)
        share = weight / np.where(state.total > 0, state.total, 1)
        scale(x, 1 - share, x)
        scale(z, share, tmp)
        np.add(x, tmp, x)
        np.multiply(z, 1 - self.beta1, tmp)
        np.multiply(x, self.beta1, params)
        np.add(params, tmp, params)

    def view(self, params: Array, state: State, out: Array) -> None:
        np.multiply(state.z, -(1 - self.beta1), out)
        np.add(out, params, out)
        np.divide(out, self.beta1, out)


@hookimpl
def register_optimizers() -> list[type]:
    return [ScheduleFreeAdamW]
