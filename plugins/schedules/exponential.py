"""Exponential decay: the same percentage off at every step."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, integer, real


class Exponential(Schedule):
    """Take the same percentage off at every step.

        factor(t) = γ^(t / s)

    A straight line on a logarithmic axis. All steps together add up to at most s / (1 − γ) steps of full size: a γ that
    is too small ends the run before it has arrived.

    Source: Li & Arora, "An Exponential Learning Rate Schedule for Deep Learning", ICLR 2020, arXiv:1910.07454; the form
    with s = 1 is the ExponentialLR of PyTorch.
    """

    name = "exponential"

    gamma: float = real(0.995, 0.0, 1.0, label="decay", doc="γ: what the learning rate is multiplied by")
    every: int = integer(1, 1, 10**9, unit="steps", doc="s: steps over which that happens")

    def factor(self, t: Array, steps: int) -> Array:
        result: Array = np.power(self.gamma, np.asarray(t) / self.every)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [Exponential]
