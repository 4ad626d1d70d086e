"""Piecewise: chosen shares of the learning rate at chosen times, level or joined."""

import numpy as np

from optlab.api import Array, FieldError, Schedule, along, check_rising, choice, hookimpl, numbers, tr


class Piecewise(Schedule):
    """Take chosen shares of the learning rate from chosen times on, in stairs or along lines and half cosines.

        factor(t) = c₀ for t < b₁, c₁ for b₁ ≤ t < b₂, …    level; drop after: b₁ < t ≤ b₂
        factor(t) = from c₀ at 0 to c₁ at b₁ to c₂ at b₂, …  linear, cosine; after the last b its c

    In the mode scales each value multiplies the one before, as in optax; Keras and the mode shares name them outright.

    Source: Bengio, "Practical Recommendations for Gradient-Based Training of Deep Architectures", in Neural Networks:
    Tricks of the Trade, LNCS 7700 (2012), arXiv:1206.5533, section 3.1.1; PiecewiseConstantDecay of Keras,
    piecewise_constant_schedule and piecewise_interpolate_schedule of optax.
    """

    name, rests = "piecewise", True
    presets = {
        "Keras": {"mode": "shares", "between": "level", "drop": "after", "levels": (1.0, 0.1, 0.01)},
        "optax": {"mode": "scales", "between": "level", "drop": "at", "levels": (1.0, 0.1, 0.1)},
    }
    verified = ("Keras", "optax")

    boundaries: tuple[float, ...] = numbers((500.0, 750.0), doc="b: when the next value begins, or is reached")
    levels: tuple[float, ...] = numbers((1.0, 0.1, 0.01), doc="c: one value more than there are boundaries")
    mode: str = choice("shares", "shares", "scales", doc="shares of the learning rate, or factors of the value before")
    between: str = choice("level", "level", "linear", "cosine", doc="how it goes from value to value")
    drop: str = choice("at", "at", "after", doc="level: whether the step at a boundary has the next value already")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_rising(f"{type(self).__name__}.boundaries", self.boundaries)
        n = len(self.boundaries)
        if len(self.levels) != n + 1 or min(self.levels) < 0:
            shown = ", ".join(f"{v:g}" for v in self.levels) or tr("none")
            text = tr("Piecewise.levels: expected {m} numbers ≥ 0 for {n} boundaries, got {that}")
            raise FieldError(text.format(m=n + 1, n=n, that=shown))

    @property
    def span(self) -> float:
        return max(self.boundaries, default=0.0)

    def factor(self, t: Array, steps: int) -> Array:
        values = np.cumprod(self.levels) if self.mode == "scales" else np.array(self.levels)
        if self.between != "level" and self.boundaries:
            return along(t, (0.0, *self.boundaries), values, self.between)
        after = self.drop == "after"
        times = np.array(self.boundaries) * (1 + 1e-12 * after)  # a share of a step later is not later
        return values[np.searchsorted(times, t, side="left" if after else "right")]


@hookimpl
def register_schedules() -> list[type]:
    return [Piecewise]
