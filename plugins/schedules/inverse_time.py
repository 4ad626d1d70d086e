"""Inverse time decay: one over the time."""

import numpy as np

from optlab.api import Array, Schedule, flag, hookimpl, real


class InverseTime(Schedule):
    """Fall as one over the time: fast at first, and never quite to nothing.

        factor(t) = 1 / (1 + k t / s)^p                  staircase: ⌊t / s⌋ in place of t / s

    With p = 1 all steps together reach any distance while their noise averages out: the classic condition under which
    stochastic gradient descent converges (Σ lr = ∞, Σ lr² < ∞; it asks for ½ < p ≤ 1).

    Source: Robbins & Monro, "A Stochastic Approximation Method", Annals of Mathematical Statistics 22 (1951), 400–407;
    in this form (p = 1) the InverseTimeDecay of Keras.
    """

    name = "inverse_time"
    presets = {"Keras": {"power": 1.0}}
    verified = ("Keras",)

    rate: float = real(0.01, 0.0, 1e6, label="decay", doc="k: rate of the decay")
    every: float = real(1.0, 1e-6, 1e9, doc="s: unit of the time in the formula")
    power: float = real(1.0, 0.0, 2.0, doc="p: 1 as in the paper; ½ decays as Adagrad does")
    staircase: bool = flag(False, doc="at once every s steps; off: a little at every step")

    def factor(self, t: Array, steps: int) -> Array:
        times = np.asarray(t) // self.every if self.staircase else np.asarray(t) / self.every
        result: Array = np.power(1 + self.rate * times, -self.power)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [InverseTime]
