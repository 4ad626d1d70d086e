"""Sequence: one schedule after the other."""

import numpy as np

from optlab.api import (
    Array,
    FieldError,
    Operator,
    Reacting,
    Schedule,
    check_rising,
    choice,
    hookimpl,
    numbers,
    parts,
    tr,
)


class Sequence(Operator):
    """Let schedules follow one another, each from a milestone on and with a clock of its own.

        factor(t) = of_k(t − m_k)                        for m_k ≤ t < m_(k+1),  m₀ = 0

    Each part sees the time until the next milestone as its whole run. The parts do not know where the one before has
    ended: where they do not meet, the learning rate leaps.

    Source: the SequentialLR of PyTorch and join_schedules of optax; Babuschkin et al., "The DeepMind JAX Ecosystem",
    2020.
    """

    name, rests = "sequence", True

    of: tuple[Schedule, ...] = parts(Schedule, "constant", "cosine", label="parts", doc="the schedules in their order")
    milestones: tuple[float, ...] = numbers((0.5,), doc="m: when the second and each later part begins")
    unit: str = choice("share", "steps", "epochs", "share", label="counted in", doc="unit of the milestones")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_rising("Sequence.milestones", self.milestones)
        if not self.of:
            raise FieldError(tr("{where}: expected at least one part, got none", where="Sequence.of"))
        if len(self.milestones) != len(self.of) - 1:
            words = {"m": len(self.of) - 1, "n": len(self.of), "that": len(self.milestones)}
            raise FieldError(tr("Sequence.milestones: expected {m} for {n} parts, got {that}", **words))
        for schedule in self.of[:-1]:
            if schedule.reacting(1000, 1):
                text = tr("Sequence.of: expected a part that reacts to the loss last, got {that} before")
                raise FieldError(text.format(that=schedule.heading()))

    @property
    def needs_end(self) -> bool:
        return not self.of[-1].endless

    @property
    def span(self) -> float:
        return max(self.milestones, default=0.0)

    def _starts(self, steps: int, epoch: int) -> list[int]:
        return [0, *(self.in_steps(m, steps, epoch) for m in self.milestones)]

    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]:
        starts, result = self._starts(steps, epoch), dict[str, Array]()
        for k, (schedule, start, end) in enumerate(zip(self.of, starts, [*starts[1:], steps], strict=True), 1):
            length = max(1, end - start) if end else 0
            times = np.maximum(np.asarray(t) - start, 0)
            factors = schedule.at(np.minimum(times, length - 1) if k < len(starts) else times, length, epoch)
            for name in {**result, **factors}:
                result[name] = np.where(np.asarray(t) < start, result.get(name, 1.0), factors.get(name, 1.0))
        return result

    def reacting(self, steps: int, epoch: int) -> Reacting:
        start = self._starts(steps, epoch)[-1]
        left = max(1, steps - start) if steps else 0
        return [(schedule, start + own) for schedule, own in self.of[-1].reacting(left, epoch)]


@hookimpl
def register_schedules() -> list[type]:
    return [Sequence]
