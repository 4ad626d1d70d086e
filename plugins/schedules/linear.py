"""Linear: from one share of the learning rate to another along a line."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, real


class Linear(Schedule):
    """Go from one share of the learning rate to another along a straight line: down as a decay, up as a warm-up.

        factor(t) = b + (e − b) · t / n                  for t < n, after that e

    Down to zero it is the strongest simple decay for a known number of steps.

    Source: Defazio, Cutkosky, Mehta & Mishchenko, "Optimal Linear Decay Learning Rate Schedules and Further
    Refinements", arXiv:2310.07831 (2023); the LinearLR of PyTorch (b = ⅓, e = 1, n = 5).
    """

    name = "linear"
    presets = {
        "PyTorch": {"begin": 1 / 3, "end": 1.0, "over": 5.0},
        "paper": {"begin": 1.0, "end": 0.0, "over": 0.0},
    }
    verified = ("PyTorch",)

    begin: float = real(1.0, 0.0, 1000.0, doc="b: share of the learning rate at the start")
    end: float = real(0.0, 0.0, 1000.0, doc="e: share of the learning rate at the end")
    over: float = real(0.0, 0.0, 1e9, doc="n: time that it takes; 0 = the whole run")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    @property
    def span(self) -> float:
        return self.over

    def factor(self, t: Array, steps: int) -> Array:
        left: Array = np.maximum(1 - np.asarray(t) / (self.over or steps), 0.0)
        return self.end + (self.begin - self.end) * left


@hookimpl
def register_schedules() -> list[type]:
    return [Linear]
