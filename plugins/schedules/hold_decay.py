"""Hold, then decay: the full rate for a while, and then down."""

import numpy as np

from optlab.api import Array, Schedule, choice, hookimpl, real


class HoldDecay(Schedule):
    """Keep the full learning rate for a while, then let it fall.

        factor(t) = 1                                    for t < h
        factor(t) = exp(−k (t − h))                      exponential
        factor(t) = 1 − z, ½ (1 + cos π z)               linear, cosine: z = (t − h) / (n − h), at the end of the run 1

    The learning-rate callback of many Keras courses (h = 10 epochs, k = 0.1); image translation networks hold for half
    of the run and then fall along a line.

    Source: Isola, Zhu, Zhou & Efros, "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017,
    arXiv:1611.07004, and its published code (linear); the LearningRateScheduler of Keras (exponential).
    """

    name, title, rests = "hold_decay", "hold, then decay", True
    presets = {
        "Keras": {"hold": 10.0, "rate": 0.1, "curve": "exponential", "unit": "epochs"},
        "pix2pix": {"hold": 0.5, "curve": "linear", "unit": "share"},
    }
    verified = ("Keras",)

    hold: float = real(100.0, 0.0, 1e9, doc="h: time at the full rate")
    curve: str = choice("exponential", "exponential", "linear", "cosine", doc="how it falls")
    rate: float = real(0.01, 0.0, 1e6, label="decay", doc="k: rate of the exponential")

    @property
    def needs_end(self) -> bool:
        return self.curve != "exponential"

    @property
    def span(self) -> float:
        return self.hold

    def factor(self, t: Array, steps: int) -> Array:
        late = np.maximum(np.asarray(t) - self.hold, 0.0)
        z = np.minimum(late / max(steps - self.hold, 1e-12), 1.0)
        if self.curve == "exponential":
            result: Array = np.exp(-self.rate * late)
            return result
        return 1 - z if self.curve == "linear" else 0.5 * (1 + np.cos(np.pi * z))


@hookimpl
def register_schedules() -> list[type]:
    return [HoldDecay]
