"""Schedules: how the learning rate, and fields beside it, move over the steps."""

import math
from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from optlab.component import Component
from optlab.fields import Field, FieldError, choice
from optlab.i18n import tr
from optlab.layout import Array
from optlab.optimizer import State

HAIR = 1e-14
"""Shares are this much late, so that 600 / 1000 // 0.2 is 3."""


class Schedule(Component):
    """A dimensionless factor of the learning rate, known for every step before the run starts.

    A plugin gives `factor`, in which all lengths have the unit of `t`; the user chooses the unit.
    """

    timed: ClassVar[bool] = True
    """Whether it has lengths or times of its own, which have a unit."""

    rests: ClassVar[bool] = False
    """Whether runs that go on after its end are what it is made for."""

    unit: str = choice("steps", "steps", "epochs", "share", label="counted in", doc="unit of all lengths and times")

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """The declarations by name: those of the class, then the unit."""
        fields = super().fields()
        unit = {"unit": fields.pop("unit")}
        return {**fields, **unit} if cls.timed else fields

    @property
    def needs_end(self) -> bool:
        """Whether the schedule, as its fields are set, cannot be computed without the number of steps."""
        return False

    @property
    def endless(self) -> bool:
        """Whether it serves a run without an end."""
        needs: Any = self.needs_end
        return not (self.unit == "share" or bool(needs() if callable(needs) else needs))

    @property
    def span(self) -> float:
        """How long it moves, in its unit; 0 where that is the whole run, or never ends."""
        return 0.0

    @abstractmethod
    def factor(self, t: Array, steps: int) -> Array:
        """The factor at times `t` (any shape, 0 … steps − 1), of the same shape; finite and ≥ 0."""

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        """Factors by field: `{"lr": …}`, and for a schedule of other fields those too (`{"lr": …, "beta1": …}`).

        The field is one of the optimizer or of the gradient; `momentum` is β₁ where the optimizer has no such field.
        """
        return {"lr": self.factor(t, steps)}

    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]:
        """The factors at the steps `t` of a run of `steps` (0: without an end), `epoch` of which pass the data once."""
        if self.unit == "epochs":
            return self.factors(np.asarray(t) // epoch, -(-steps // epoch))
        if self.unit == "share":
            return self.factors(np.asarray(t) / max(1, steps) * (1 + HAIR), 1)
        return self.factors(t, steps)

    def in_steps(self, length: float, steps: int, epoch: int) -> int:
        """A length of this schedule in whole steps."""
        return round(length * {"steps": 1, "epochs": epoch, "share": steps}[self.unit])

    def reacting(self, steps: int, epoch: int) -> "Reacting":
        """The schedules in it that react to the loss, each with the step from which it hears of it."""
        return []

    def notice(self, steps: int, epoch: int = 1) -> str:
        """A sentence where it is longer or shorter than a run of `steps`; else an empty text."""
        takes = self.in_steps(self.span, steps, epoch)
        if not steps or not takes or takes == steps:
            return ""
        if takes > steps:
            return tr("{schedule} takes {n} steps, the run ends after {m}", schedule=self.heading(), n=takes, m=steps)
        if self.rests:
            return ""
        return tr("{schedule} has ended after {n} of {m} steps", schedule=self.heading(), n=takes, m=steps)


class ReactiveSchedule(Schedule):
    """A factor that depends on how the run goes.

    `state.factor (R,)` starts at 1; the slots are `(R,)` and zero before the first step; `state.per_unit` is the number
    of steps in one unit.
    """

    slots: ClassVar[tuple[str, ...]] = ()

    def factor(self, t: Array, steps: int) -> Array:
        """1: what is known before the run."""
        return np.ones(np.shape(t))

    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]:
        return {"lr": np.ones(np.shape(t))}  # not `factor`, which may be the name of a field

    def reacting(self, steps: int, epoch: int) -> "Reacting":
        return [(self, 0)]

    def init(self, state: State) -> None:
        """Set slots that do not start at zero."""

    @abstractmethod
    def update(self, metric: Array, t: int, state: State) -> None:
        """Take the metric `(R,)` of step `t` (from 0) and set `state.factor` for the steps after it."""

    def reason(self, run: int, state: State) -> str:
        """Why `update` has just lowered `state.factor[run]`, in a few words; plots mark the step with them.

        An empty text, the default, is no mark: a factor that falls at every step has none.
        """
        return ""


Reacting = list[tuple[ReactiveSchedule, int]]
"""Schedules that react to the loss, each with the step from which it hears of it."""


class Operator(Schedule):
    """A schedule made of others, each of which has a unit of its own: it gives `at`, in steps."""

    def factor(self, t: Array, steps: int) -> Array:
        return self.at(t, steps)["lr"]

    def factors(self, t: Array, steps: int) -> dict[str, Array]:
        return self.at(t, steps)

    @abstractmethod
    def at(self, t: Array, steps: int, epoch: int = 1) -> dict[str, Array]: ...


def along(t: Array, times: Any, values: Any, curve: str = "linear") -> Array:
    """The values at `t` between rising `times`: along lines, or half cosines (`cosine`); level before and after."""
    t, x, y = np.asarray(t, float), np.asarray(times, float), np.asarray(values, float)
    k = np.clip(np.searchsorted(x, t, side="right") - 1, 0, len(x) - 2)
    length = x[k + 1] - x[k]
    left = 1 - np.clip((t - x[k]) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    if curve == "cosine":
        left = 0.5 - 0.5 * np.cos(np.pi * left)
    result: Array = y[k + 1] + (y[k] - y[k + 1]) * left
    return result


def check_rising(where: str, times: tuple[float, ...]) -> None:
    """Raise `FieldError` unless the times are 0 or more and each is larger than the one before."""
    if any(b <= a for a, b in zip((-math.inf, *times), times, strict=False)) or min(times, default=0) < 0:
        shown = ", ".join(f"{v:g}" for v in times)
        raise FieldError(tr("{where}: expected rising times from 0 on, got {that}", where=where, that=shown))
