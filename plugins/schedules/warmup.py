"""Warm-up: begin with small rates, before any schedule."""

import numpy as np

from optlab.api import Array, FieldError, Operator, Reacting, Schedule, choice, flag, hookimpl, part, real, tr


class Warmup(Operator):
    """Rise to where another schedule begins, and let it run from there.

        factor(t) = r(t / n) · of(0)                     for t < n
        factor(t) = of(t − n)                            after that; its whole run is what is left of this one
        r(z) = b constant;  b + (1 − b) z linear;  b^(1 − z) exponential;  b + (1 − b) ½ (1 − cos π z) cosine

    Adaptive methods know little of the gradient's size in their first steps, and large batches of deep networks little
    of the way: small first steps keep both from leaping off. A start of 0 wastes the first step; counting from one,
    z = (t + 1) / n, does not.

    Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", arXiv:1706.02677 (2017),
    section 2.2; warmup_* of optax and warmup_steps of Keras begin at 0, the LinearLR of PyTorch at ⅓.
    """

    name, title, rests = "warmup", "warm-up", True
    presets = {
        "PyTorch": {"over": 5.0, "kind": "linear", "start": 1 / 3, "from_one": False},
        "Keras": {"over": 100.0, "kind": "linear", "start": 0.0, "from_one": False},
        "optax": {"over": 100.0, "kind": "linear", "start": 0.0, "from_one": False},
    }
    verified = ("PyTorch", "Keras", "optax")

    of: Schedule = part(Schedule, "constant", label="before", doc="the schedule that follows")
    over: float = real(100.0, 0.0, 1e9, label="takes", doc="n: time that the rise takes")
    kind: str = choice("linear", "linear", "constant", "exponential", "cosine", label="curve", doc="r: how it rises")
    start: float = real(0.01, 0.0, 1.0, doc="b: share at the first step")
    from_one: bool = flag(False, label="count from one", doc="z = (t + 1) / n: the first step is one step up already")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind == "exponential" and not self.start:
            raise FieldError(tr("Warmup.start: expected more than 0 for an exponential rise, got 0"))

    @property
    def needs_end(self) -> bool:
        return not self.of.endless

    @property
    def span(self) -> float:
        return self.over

    def _left(self, steps: int, epoch: int) -> tuple[int, int]:
        over = self.in_steps(self.over, steps, epoch)
        return over, max(1, steps - over) if steps else 0

    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]:
        over, left = self._left(steps, epoch)
        factors = self.of.at(np.maximum(np.asarray(t) - over, 0), left, epoch)
        z = np.minimum((np.asarray(t) + self.from_one) / max(over, 1), 1.0)
        rises = {"linear": z, "constant": 0 * z, "cosine": 0.5 * (1 - np.cos(np.pi * z))}
        rise = self.start ** (1 - z) if self.kind == "exponential" else self.start + (1 - self.start) * rises[self.kind]
        return {**factors, "lr": np.where(np.asarray(t) < over, rise, 1.0) * factors["lr"]}

    def reacting(self, steps: int, epoch: int) -> Reacting:
        over, left = self._left(steps, epoch)
        return [(schedule, over + start) for schedule, start in self.of.reacting(left, epoch)]

    def notice(self, steps: int, epoch: int = 1) -> str:
        _, left = self._left(steps, epoch)
        return super().notice(steps, epoch) or self.of.notice(left, epoch)


@hookimpl
def register_schedules() -> list[type]:
    return [Warmup]
