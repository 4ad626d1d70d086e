"""Schedules: how the learning rate moves over the steps."""

from abc import abstractmethod
from typing import ClassVar

from optlab.fields import Component
from optlab.layout import Array
from optlab.optimizer import State


class Schedule(Component):
    """A dimensionless factor of the learning rate, known for every step before the run starts."""

    @property
    def needs_end(self) -> bool:
        """Whether the schedule, as its fields are set, cannot be computed without the number of steps."""
        return False

    @abstractmethod
    def factor(self, t: Array, steps: int) -> Array:
        """The factor at steps `t` (any shape, 0 … steps − 1), of the same shape; finite and ≥ 0."""

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        """Factors by field: `{"lr": …}`, and for a schedule of other fields those too (`{"lr": …, "beta1": …}`)."""
        return {"lr": self.factor(t, steps)}


class ReactiveSchedule(Component):
    """A factor that depends on how the run goes.

    `state.factor (R,)` starts at 1; the slots are `(R,)` and zero before the first step.
    """

    slots: ClassVar[tuple[str, ...]] = ()

    def init(self, state: State) -> None:
        """Set slots that do not start at zero."""

    @abstractmethod
    def update(self, metric: Array, t: int, state: State) -> None:
        """Take the metric `(R,)` of step `t` (from 0) and set `state.factor` for the steps after it."""
