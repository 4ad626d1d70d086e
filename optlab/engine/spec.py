"""Experiments: immutable records of what runs, how long and how."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from optlab.component import Component
from optlab.engine.gradient import Gradient
from optlab.engine.lesson import Lesson
from optlab.engine.update import AS_IT_IS, Update
from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.optimizer import Optimizer
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule, Schedule

MOST_RATES = 100
"""Rates of a grid at the most."""


@dataclass(frozen=True)
class Trial:
    """One choice of components; a run per seed."""

    label: str
    problem: Problem
    optimizer: Optimizer
    schedule: Schedule | ReactiveSchedule
    gradient: Gradient
    update: Update = AS_IT_IS

    def part(self, kind: str) -> Component:
        """The component of a kind: `problem`, `optimizer`, `schedule`, `gradient` or `update`."""
        component: Component = getattr(self, kind)
        return component

    def with_part(self, kind: str, component: Component) -> Self:
        """A copy with another component."""
        return replace(self, **{kind: component})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Grid:
    """Learning rates at even distances on a logarithmic scale, of three digits each; raises `FieldError`."""

    lo: float = 1e-4
    hi: float = 10.0
    points: int = 11

    def __post_init__(self) -> None:
        if not 0 < self.lo < self.hi < math.inf:
            text = tr("grid: expected two rates above 0, the smaller one first, got {lo:g} and {hi:g}")
            raise FieldError(text.format(lo=self.lo, hi=self.hi))
        if not 2 <= self.points <= MOST_RATES:
            text = tr("grid: expected 2 to {n} rates, got {that}", n=MOST_RATES, that=self.points)
            raise FieldError(text)

    @property
    def rates(self) -> tuple[float, ...]:
        """From the smallest to the largest."""
        return tuple(dict.fromkeys(float(f"{rate:.3g}") for rate in np.geomspace(self.lo, self.hi, self.points)))


@dataclass(frozen=True)
class Tuned:
    """Trials that stand at the best rate of one grid, each found with the same seeds in runs of `steps`."""

    grid: Grid
    seeds: tuple[int, ...]
    steps: int
    trials: tuple[Trial, ...]

    @cached_property
    def _known(self) -> frozenset[Trial]:
        return frozenset(replace(trial, label="") for trial in self.trials)

    def holds(self, trial: Trial, steps: int) -> bool:
        """Whether a trial stands as it was tuned; its name may be another one."""
        return steps == self.steps and replace(trial, label="") in self._known


@dataclass(frozen=True)
class Experiment:
    """A problem, trials that may each change any field of it, and how long and how to run them."""

    title: str
    base: Trial
    trials: tuple[Trial, ...]
    about: str = ""
    steps: int = 1000
    seeds: tuple[int, ...] = (0,)
    dtype: str = "float64"
    play: float = math.inf
    """Seconds that the whole run takes in the window, at the least; inf: flat out. (The words of the file: "20 s".)"""
    panels: tuple[str, ...] = ("training",)
    record: int = 1
    """Record every k steps."""
    series: tuple[str, ...] = ()
    """What is recorded beside the loss: test_accuracy, saturated, sharpness, …"""
    every: int = 10
    """Record these every k steps."""
    bound: float = 1e12
    """A run whose loss exceeds this has diverged."""
    lesson: Lesson | None = None
    """What it asks, where it is a lesson."""
    tuned: Tuned | None = None
    """Which of its rates were found equally."""

    def with_base(self, kind: str, component: Component) -> Self:
        """Change the base: every trial follows, but for the fields in which it differs from the base."""
        old, base = self.base.part(kind), self.base.with_part(kind, component)
        trials = tuple(t.with_part(kind, _follow(t.part(kind), old, component)) for t in self.trials)
        return replace(self, base=base, trials=trials)

    def with_trial(self, index: int, trial: Trial) -> Self:
        """Replace one trial."""
        return replace(self, trials=(*self.trials[:index], trial, *self.trials[index + 1 :]))


def _follow(part: Component, old: Component, new: Component) -> Component:
    if type(part) is not type(old):
        return part
    if type(new) is not type(old):
        return new
    own = {k: getattr(part, k) for k in part.fields() if getattr(part, k) != getattr(old, k)}
    return new.replace(**own)
