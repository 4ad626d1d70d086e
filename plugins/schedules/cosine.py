"""Cosine decay: slow, fast, slow, from the full rate to the floor."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, integer, real


class Cosine(Schedule):
    """Fall along half a cosine: slowly at first, fast in the middle, and softly onto the floor.

        factor(t) = e + (1 − e) · ½ (1 + cos(π t / n))   for t < n, after that e

    Half of the run is spent above half of the learning rate: it explores long and settles late.

    Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, arXiv:1608.03983,
    eq. 5, without restarts; after n it stays on the floor (PyTorch's CosineAnnealingLR would rise again).
    """

    name = "cosine"

    floor: float = real(0.0, 0.0, 1.0, doc="e: share of the learning rate that is left at the end")
    over: int = integer(0, 0, 10**9, unit="steps", doc="n: steps that the fall takes; 0 = the whole run")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    def factor(self, t: Array, steps: int) -> Array:
        done = np.minimum(np.asarray(t) / (self.over or steps), 1.0)
        return self.floor + (1 - self.floor) * 0.5 * (1 + np.cos(np.pi * done))


@hookimpl
def register_schedules() -> list[type]:
    return [Cosine]
