"""Cyclic: up and down between two rates, again and again."""

import numpy as np

from optlab.api import Array, Schedule, choice, hookimpl, real


class Cyclic(Schedule):
    """Go up and down between a low and the full learning rate along straight lines.

        h(t) = 0 … 1 … 0                                 up in u steps, down in d steps, in cycle c = 0, 1, …
        factor(t) = e + (1 − e) · h · s                  s = 1: triangular;  2^−c: triangular2;  γᵗ: exp_range
        momentum(t) = μ · (1 − (1 − q) · h · s)

    The rates near the top cross flat places and saddles, those near the bottom settle. Where the loss rises on the way
    up, the top is too high: the schedule is a test of rates at the same time.

    Source: Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, arXiv:1506.01186, section 3.1; the
    CyclicLR of PyTorch, where low and high are rates and momenta instead of shares.
    """

    name = "cyclic"
    presets = {"PyTorch": {"up": 2000.0, "down": 0.0, "mode": "triangular", "momentum": 0.8 / 0.9}}
    verified = ("PyTorch",)

    floor: float = real(0.1, 0.0, 1.0, doc="e: share of the learning rate at the bottom")
    up: float = real(100.0, 1e-6, 1e9, doc="u: time from the bottom to the top")
    down: float = real(0.0, 0.0, 1e9, doc="d: time from the top to the bottom; 0 = as long as up")
    mode: str = choice("triangular", "triangular", "triangular2", "exp_range", doc="how the tops fall: not, halved, γᵗ")
    gamma: float = real(0.999, 0.0, 1.0, label="decay", doc="γ: decay of the tops per unit of time in exp_range")
    momentum: float = real(1.0, 0.0, 1.0, label="momentum at the top", doc="q: share left at the top; 1 = it stays")

    def height(self, t: Array) -> Array:
        """h · s: 0 at the bottom, 1 at the first top."""
        length = self.up + (self.down or self.up)
        cycle = np.asarray(t) // length
        at = t - cycle * length
        h: Array = np.where(at <= self.up, at / self.up, (length - at) / (length - self.up))
        if self.mode == "triangular2":
            h = h * np.power(2.0, -cycle)
        elif self.mode == "exp_range":
            h = h * np.power(self.gamma, t)
        return h

    def factor(self, t: Array, steps: int) -> Array:
        return self.floor + (1 - self.floor) * self.height(t)

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        lr = {"lr": self.factor(t, steps)}
        return lr if self.momentum == 1 else {**lr, "momentum": 1 - (1 - self.momentum) * self.height(t)}


@hookimpl
def register_schedules() -> list[type]:
    return [Cyclic]
