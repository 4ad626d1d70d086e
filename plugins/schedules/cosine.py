"""Cosine decay: slow, fast, slow, from the full rate to the floor."""

import numpy as np

from optlab.api import Array, Schedule, choice, hookimpl, real


class Cosine(Schedule):
    """Fall along half a cosine: slowly at first, fast in the middle, and softly onto the floor.

        factor(t) = e + (1 − e) · [½ (1 + cos(π t / n))]^p   for t < n
        factor(t) = e                                        after that;  past the end rise: the cosine goes on

    Half of the run is spent above half of the learning rate: it explores long and settles late. After n steps optax and
    Keras stay on the floor, PyTorch's CosineAnnealingLR comes up again.

    Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, arXiv:1608.03983,
    eq. 5, without restarts; p as in the cosine_decay_schedule of optax. The floor is a share (PyTorch's eta_min: a
    rate).
    """

    name = "cosine"
    presets = {
        "PyTorch": {"exponent": 1.0, "past": "rise"},
        "Keras": {"exponent": 1.0, "past": "stay"},
        "optax": {"exponent": 1.0, "past": "stay"},
    }
    verified = ("PyTorch", "Keras", "optax")

    floor: float = real(0.0, 0.0, 1.0, doc="e: share of the learning rate that is left at the end")
    over: float = real(0.0, 0.0, 1e9, doc="n: time that the fall takes; 0 = the whole run")
    exponent: float = real(1.0, 0.0, 10.0, doc="p: more than 1 falls sooner and rests longer on the floor")
    past: str = choice("stay", "stay", "rise", label="past the end", doc="stay on the floor, or come up again")

    @property
    def needs_end(self) -> bool:
        return self.over == 0

    @property
    def span(self) -> float:
        return self.over

    def factor(self, t: Array, steps: int) -> Array:
        done = np.asarray(t) / (self.over or steps)
        if self.past == "stay":
            done = np.minimum(done, 1.0)
        wave: Array = 0.5 * (1 + np.cos(np.pi * done))
        return self.floor + (1 - self.floor) * (wave if self.exponent == 1 else wave**self.exponent)


@hookimpl
def register_schedules() -> list[type]:
    return [Cosine]
