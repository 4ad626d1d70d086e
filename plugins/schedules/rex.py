"""REX: linger at the full rate, then fall ever faster."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, real


class Rex(Schedule):
    """Stay near the full learning rate for long, then fall ever faster to nothing.

        factor(t) = (1 − z) / (1 − β z),   z = t / n      for t < n, after that 0

    The mirror image of a fast decay: for short runs, where most of the budget should be spent at large rates. β = 0 is
    a straight line; the paper has β = ½.

    Source: Chen, Wolfe & Kyrillidis, "REX: Revisiting Budgeted Training with an Improved Schedule", MLSys 2022,
    arXiv:2107.04197 (there: (1 − z) / (½ + ½ (1 − z))).
    """

    name, title = "rex", "REX"
    presets = {"paper": {"beta": 0.5, "over": 0.0}}

    beta: float = real(0.5, 0.0, 0.999, doc="β: how late it falls")
    over: float = real(0.0, 0.0, 1e9, doc="n: time that the fall takes; 0 = the whole run")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    @property
    def span(self) -> float:
        return self.over

    def factor(self, t: Array, steps: int) -> Array:
        z = np.minimum(np.asarray(t) / (self.over or steps), 1.0)
        result: Array = (1 - z) / (1 - self.beta * z)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [Rex]
