"""Warm-up, stable, decay: a plateau that can be left at any time."""

import numpy as np

from optlab.api import Array, Schedule, choice, hookimpl, real


class Wsd(Schedule):
    """Rise, stay at the full learning rate for most of the run, and fall at its end.

        factor(t) = b + (1 − b) t / w                    for t < w
        factor(t) = 1                                    in the middle
        factor(t) = e + (1 − e) g(z)                     in the last d of the run, z = 0 … 1
        g(z) = 1 − z linear;  ½ (1 + cos π z) cosine;  1 − √z sqrt

    The loss stands high on the plateau and falls steeply in the decay: the stable phase makes progress along the valley
    that its noise hides. Runs of other lengths can branch off the same plateau.

    Source: Hu et al., "MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies",
    COLM 2024, arXiv:2404.06395, section 4; 1 − √z: Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond
    Fixed Training Durations", NeurIPS 2024, arXiv:2405.18392.
    """

    name, title, rests = "wsd", "warm-up, stable, decay", True

    warmup: float = real(0.05, 0.0, 1e9, label="warm-up", doc="w: time of the rise")
    decay: float = real(0.2, 0.0, 1e9, doc="d: time of the fall, at the end of the run")
    curve: str = choice("linear", "linear", "cosine", "sqrt", doc="g: how it falls")
    start: float = real(0.0, 0.0, 1.0, doc="b: share of the learning rate at the first step")
    floor: float = real(0.0, 0.0, 1.0, doc="e: share of the learning rate at the end")
    unit: str = choice("share", "steps", "epochs", "share", label="counted in", doc="unit of all lengths and times")

    @property
    def needs_end(self) -> bool:
        return True

    @property
    def span(self) -> float:
        whole = self.warmup + self.decay
        return whole if self.unit != "share" or whole > 1 else 0.0

    def factor(self, t: Array, steps: int) -> Array:
        rise = np.minimum(np.asarray(t) / max(self.warmup, 1e-12), 1.0) if self.warmup else 1.0
        z = np.clip((t - (steps - self.decay)) / max(self.decay, 1e-12), 0.0, 1.0)
        fall = {"linear": 1 - z, "cosine": 0.5 * (1 + np.cos(np.pi * z)), "sqrt": 1 - np.sqrt(z)}[self.curve]
        result: Array = (self.start + (1 - self.start) * rise) * (self.floor + (1 - self.floor) * fall)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [Wsd]
