"""Multi-step decay: drops at chosen times."""

import numpy as np

from optlab.api import Array, Schedule, check_rising, choice, hookimpl, numbers, real


class MultiStep(Schedule):
    """Multiply the learning rate by γ at each of the milestones.

        factor(t) = γ^(number of milestones ≤ t)         drop after: < t

    Deep residual networks were trained so, with drops where the loss had stopped falling. At the milestone itself
    PyTorch and optax have dropped already; Keras drops one step later.

    Source: He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385,
    section 4.2; the MultiStepLR of PyTorch.
    """

    name, title, rests = "multi_step", "multi-step", True
    presets = {"PyTorch": {"gamma": 0.1, "drop": "at"}, "Keras": {"gamma": 0.1, "drop": "after"}}
    verified = ("PyTorch", "Keras")

    milestones: tuple[float, ...] = numbers((500.0, 750.0), doc="when it drops")
    gamma: float = real(0.1, 0.0, 10.0, label="factor", doc="γ: what the learning rate is multiplied by")
    drop: str = choice("at", "at", "after", doc="whether the step at a milestone is the first one after the drop")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_rising(f"{type(self).__name__}.milestones", self.milestones)

    @property
    def span(self) -> float:
        return max(self.milestones, default=0.0)

    def factor(self, t: Array, steps: int) -> Array:
        if self.drop == "at":
            passed = np.searchsorted(self.milestones, t, side="right")
        else:  # a share of a step later than the milestone is not later
            passed = np.searchsorted(np.array(self.milestones) * (1 + 1e-12), t, side="left")
        result: Array = np.power(self.gamma, passed)
        return result


@hookimpl
def register_schedules() -> list[type]:
    return [MultiStep]
