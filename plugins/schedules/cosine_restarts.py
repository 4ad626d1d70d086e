"""Cosine with warm restarts: down along half a cosine, and up again at once."""

import numpy as np

from optlab.api import Array, Schedule, flag, hookimpl, real


class CosineRestarts(Schedule):
    """Fall along half a cosine, start again at the full rate, and take longer each time.

        n_i = n₀ · m^i                                   length of cycle i, which begins at T_i = n₀ + … + n_(i−1)
        factor(t) = e + (1 − e) · k^i · ½ (1 + cos(π (t − T_i) / n_i))

    Each restart throws the run out of where it had settled; the best points are those just before one. The libraries
    start again at the step that would stand on the floor; with both ends the last step of a cycle stands there.

    Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, arXiv:1608.03983,
    eq. 5; k (m_mul) as in the CosineDecayRestarts of Keras.
    """

    name, title = "cosine_restarts", "cosine with warm restarts"
    presets = {
        "paper": {"first": 10.0, "t_mul": 2.0, "m_mul": 1.0, "both_ends": True},
        "PyTorch": {"t_mul": 1.0, "m_mul": 1.0, "both_ends": False},
        "Keras": {"t_mul": 2.0, "m_mul": 1.0, "both_ends": False},
    }
    verified = ("PyTorch", "Keras")

    first: float = real(100.0, 1e-6, 1e9, label="first cycle", doc="n₀: length of the first cycle")
    t_mul: float = real(2.0, 1.0, 100.0, label="length factor", doc="m: how much longer each cycle is")
    m_mul: float = real(1.0, 0.0, 2.0, label="height factor", doc="k: how high each cycle starts, times the one before")
    floor: float = real(0.0, 0.0, 1.0, doc="e: share of the learning rate at the end of each cycle")
    both_ends: bool = flag(False, doc="the last step of a cycle stands on the floor")

    def factor(self, t: Array, steps: int) -> Array:
        starts, past = [0.0], np.max(t, initial=0.0)
        if self.t_mul > 1:  # a list, as logarithms would round cycles up and down
            while starts[-1] <= past:
                starts.append(starts[-1] + self.first * self.t_mul ** (len(starts) - 1))
            cycle = np.asarray(np.searchsorted(starts, t, side="right") - 1, float)
            begin = np.array(starts)[cycle.astype(int)]
        else:
            cycle = np.floor_divide(t, self.first)
            begin = cycle * self.first
        length = self.first * self.t_mul**cycle
        if self.both_ends:
            length = np.maximum(length - (1 if self.unit != "share" else 0), 1e-9)
        wave: Array = 0.5 * (1 + np.cos(np.pi * np.minimum((t - begin) / length, 1.0)))
        return self.floor + (1 - self.floor) * self.m_mul**cycle * wave


@hookimpl
def register_schedules() -> list[type]:
    return [CosineRestarts]
