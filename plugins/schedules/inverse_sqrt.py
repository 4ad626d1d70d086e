"""Inverse square root: the schedule of the Transformer."""

import numpy as np

from optlab.api import Array, Schedule, hookimpl, real


class InverseSqrt(Schedule):
    """Rise along a line, then fall as one over the square root of the time: no end has to be known.

        factor(t) = min(t / w, √(w / t))                 d = 0: the top is the learning rate
        factor(t) = d^−½ · min(t^−½, t · w^−1.5)         d > 0: as in the paper, with a learning rate of 1

    Time counts from 1 (in shares of the run from 0). Four times as many steps halve the rate, so that a run can go on
    for as long as it pays.

    Source: Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser & Polosukhin, "Attention Is All You Need",
    NeurIPS 2017, arXiv:1706.03762, eq. 3, known as the Noam schedule.
    """

    name, title = "inverse_sqrt", "inverse square root"
    presets = {"paper": {"warmup": 4000.0, "d_model": 512.0, "unit": "steps"}}

    warmup: float = real(100.0, 1e-6, 1e9, label="warm-up", doc="w: time of the rise")
    d_model: float = real(0.0, 0.0, 1e6, label="width of the model", doc="d: 0 = the top of the curve is lr itself")

    def factor(self, t: Array, steps: int) -> Array:
        w, time = self.warmup, np.asarray(t) + (0.0 if self.unit == "share" else 1.0)
        result: Array = np.minimum(time / w, np.sqrt(w / np.maximum(time, 1e-200)))
        return result / np.sqrt(self.d_model * w) if self.d_model else result


@hookimpl
def register_schedules() -> list[type]:
    return [InverseSqrt]
