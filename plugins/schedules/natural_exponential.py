"""Natural exponential decay: e to the power of minus the time."""

import numpy as np

from optlab.api import Array, Schedule, flag, hookimpl, real


class NaturalExponential(Schedule):
    """Fall as a charge does, at a rate that is told per unit of time.

        factor(t) = exp(−k t / s)                        staircase: exp(−k ⌊t / s⌋)

    The same curves as exponential decay with γ = exp(−k): s / k is the time after which 37 % are left, 0.69 s / k that
    of one half.

    Source: the natural_exp_decay of TensorFlow 1; Abadi et al., "TensorFlow: A System for Large-Scale Machine
    Learning", OSDI 2016, arXiv:1605.08695.
    """

    name = "natural_exponential"

    rate: float = real(0.005, 0.0, 100.0, label="decay", doc="k: rate of the decay")
    every: float = real(1.0, 1e-6, 1e9, doc="s: time over which the decay is exp(−k)")
    staircase: bool = flag(False, doc="at once every s steps; off: a little at every step")

    def factor(self, t: Array, steps: int) -> Array:
        times = np.asarray(t) // self.every if self.staircase else np.asarray(t) / self.every
        result: Array = np.exp(-self.rate * times)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [NaturalExponential]
