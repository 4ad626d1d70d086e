"""Exponential decay: the same percentage off at every step."""

import numpy as np

from optlab.api import Array, Schedule, flag, hookimpl, real


class Exponential(Schedule):
    """Take the same percentage off at every step.

        factor(t) = γ^(t / s)                            staircase: γ^⌊t / s⌋
        factor(t) ≥ e                                    for γ > 1, which rises: ≤ e;  e = 0: no limit

    A straight line on a logarithmic axis. All steps together add up to at most s / (1 − γ) steps of full size: a γ that
    is too small ends the run before it has arrived.

    Source: Li & Arora, "An Exponential Learning Rate Schedule for Deep Learning", ICLR 2020, arXiv:1910.07454; the form
    with s = 1 is the ExponentialLR of PyTorch, the one with a limit the exponential_decay of optax.
    """

    name = "exponential"
    presets = {
        "PyTorch": {"gamma": 0.95, "every": 1.0, "staircase": False, "limit": 0.0},
        "Keras": {"gamma": 0.96, "every": 100_000.0, "staircase": True, "limit": 0.0},
    }
    verified = ("PyTorch", "Keras")

    gamma: float = real(0.995, 0.0, 10.0, label="decay", doc="γ: what the learning rate is multiplied by")
    every: float = real(1.0, 1e-6, 1e9, doc="s: time over which that happens")
    staircase: bool = flag(False, doc="at once every s steps; off: a little at every step")
    limit: float = real(0.0, 0.0, 1000.0, doc="e: share of the learning rate at which it stays; 0 = goes on")

    def factor(self, t: Array, steps: int) -> Array:
        times = np.asarray(t) // self.every if self.staircase else np.asarray(t) / self.every
        result: Array = np.power(self.gamma, times)
        if self.limit:
            result = np.maximum(result, self.limit) if self.gamma < 1 else np.minimum(result, self.limit)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [Exponential]
