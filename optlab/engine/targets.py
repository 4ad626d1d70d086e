"""What a schedule moves beside the learning rate: fields of the optimizer, of one that it wraps, or of the pipeline."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optlab.component import Component
from optlab.engine import faults
from optlab.engine.gradient import Gradient
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.spec import Trial
from optlab.fields import FieldError, Part, Real, did_you_mean
from optlab.i18n import tr
from optlab.optimizer import Optimizer
from optlab.schedule import ReactiveSchedule, Schedule

ALSO = {"momentum": "beta1"}
"""Where no component has a field, another one is meant: as PyTorch's one-cycle moves β₁ of Adam."""


@dataclass(frozen=True)
class Target:
    """A field of a private component, and the value that its factors multiply."""

    home: Component
    key: str
    path: str
    """As experiment files and histories name it: `optimizer.momentum`, `optimizer.inner.beta1`, `gradient.decay`."""
    own: Any
    """A float, or an array that the optimizer's own broadcasting understands."""

    def set(self, factor: float) -> None:
        """Set the field for the next step: the component is the engine's own copy."""
        object.__setattr__(self.home, self.key, self.own * factor)

    def check(self, schedule: Schedule, factors: np.ndarray[Any, Any]) -> None:
        """Raise `FieldError` where a factor leads out of the field's bounds."""
        declaration: Any = self.home.fields()[self.key]
        for factor in (factors.min(), factors.max()):
            for value in np.ravel(self.own * factor).tolist():
                declaration.check(f"{schedule.name} of {self.home.name}.{self.key}", value)


def inner(optimizer: Optimizer) -> list[str]:
    """The fields in which the optimizer has others."""
    fields = optimizer.fields().items()
    return [key for key, f in fields if isinstance(f, Part) and isinstance(getattr(optimizer, key), Optimizer)]


def names(schedule: Schedule, steps: int = 1000, epoch: int = 1) -> list[str]:
    """The fields that a schedule moves beside the learning rate."""
    cls = type(schedule)
    if cls.factors is Schedule.factors and cls.at in (Schedule.at, ReactiveSchedule.at):
        return []
    return [name for name in schedule.at(np.zeros(1, int), max(1, steps), epoch) if name != "lr"]


def find(schedule: Schedule, name: str, optimizer: Optimizer, gradient: Gradient) -> Target:
    """The field that a schedule means by `name`; raises `FieldError` with *did you mean*."""
    homes = [*_homes(optimizer, "optimizer"), ("gradient", gradient)]
    for key in (name, ALSO.get(name)):
        for place, home in homes:
            if key and key != "lr" and isinstance(home.fields().get(key), Real):
                return Target(home, key, f"{place}.{key}", getattr(home, key))
    known = [k for _, home in homes for k, f in home.fields().items() if isinstance(f, Real) and k != "lr"]
    hint = did_you_mean(name, dict.fromkeys(known))
    text = tr("{schedule}: expected an optimizer with a field {name} to schedule, got {optimizer}; {hint}")
    raise FieldError(text.format(schedule=schedule.name, optimizer=optimizer.name, name=name, hint=hint))


def _homes(optimizer: Optimizer, place: str) -> Iterator[tuple[str, Component]]:
    yield place, optimizer
    for key in inner(optimizer):
        yield from _homes(getattr(optimizer, key), f"{place}.{key}")


def scheduled(trial: Trial, steps: int) -> tuple[str, ...]:
    """The fields that a run records beside its learning rate, by their paths."""
    schedule = trial.schedule
    try:
        moved = names(schedule, steps, steps_per_epoch(trial.problem))
        found = [find(schedule, name, trial.optimizer, trial.gradient).path for name in moved]
    except faults.RAISED:  # the run will say what is wrong
        return ()
    return tuple(dict.fromkeys(found))


def own_parts(optimizer: Optimizer) -> None:
    """Give a private optimizer private copies of those that it wraps."""
    for key in inner(optimizer):
        copy = getattr(optimizer, key).stacked({})
        object.__setattr__(optimizer, key, copy)
        own_parts(copy)


def check_targets(trial: Trial, steps: int) -> None:
    """Raise `FieldError` for a schedule of fields that are not there, or switched off."""
    schedule = trial.schedule
    try:
        epoch = steps_per_epoch(trial.problem)
        moved, reacting = names(schedule, steps, epoch), schedule.reacting(max(1, steps), epoch)
    except faults.RAISED:  # the run will say what is wrong
        return
    if len(reacting) > 1:
        text = tr("{schedule}: expected at most one schedule that reacts to the loss, got {n}")
        raise FieldError(text.format(schedule=schedule.name, n=len(reacting)))
    for name in moved:
        target = find(schedule, name, trial.optimizer, trial.gradient)
        if target.own == 0:
            text = tr("{schedule}: expected {home}.{key} above 0 to schedule, got 0; set it first")
            raise FieldError(text.format(schedule=schedule.name, home=target.home.name, key=target.key))
