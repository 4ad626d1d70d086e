"""Step decay: multiply the learning rate by the same factor again and again."""

import numpy as np

from optlab.api import Array, Schedule, flag, hookimpl, real


class Step(Schedule):
    """Multiply the learning rate by γ every s steps: at once, or spread over the s steps.

        factor(t) = γ^⌊t / s⌋                            staircase
        factor(t) = γ^(t / s)                            continuous

    On noisy gradients each drop shows as a sudden fall of the loss to a lower noise floor. The drop is in force at step
    s itself, as in PyTorch and optax.

    Source: He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385,
    section 3.4; the continuous form is the ExponentialDecay of Keras.
    """

    name = "step"
    presets = {"PyTorch": {"gamma": 0.1, "staircase": True}}
    verified = ("PyTorch",)

    gamma: float = real(0.5, 0.0, 10.0, label="factor", doc="γ: what the learning rate is multiplied by")
    every: float = real(100.0, 1e-6, 1e9, doc="s: time from one drop to the next")
    staircase: bool = flag(True, doc="drop at once every s steps; off: fall smoothly through the same points")

    def factor(self, t: Array, steps: int) -> Array:
        drops = np.asarray(t) // self.every if self.staircase else np.asarray(t) / self.every
        result: Array = np.power(self.gamma, drops)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [Step]
