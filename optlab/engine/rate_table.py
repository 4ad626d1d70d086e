"""The learning rates of an experiment as a table, before anything runs, and values worked out by hand beside them."""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from optlab.engine import faults
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.rates import known_values
from optlab.engine.run import Run
from optlab.engine.spec import Experiment, Trial
from optlab.fields import parse_number, plain_number
from optlab.i18n import tr
from optlab.layout import Array

MOST = 20_000
"""Rows of the table; what comes later is left out."""

UNENDING = 1000
"""Steps that are shown of a run without an end."""

TOLERANCE = 0.005
"""How far a typed value may lie from the right one, as a share of it."""


@dataclass(frozen=True, eq=False)
class RateColumn:
    """The rates of one trial: `values (n,)` at the steps `t (n,)`, nan where only the run will tell."""

    label: str
    epoch: int
    """Steps that pass the data once."""
    t: Array
    values: Array
    note: str = ""
    """Why some are not known, or none."""

    @property
    def reacts(self) -> bool:
        """Whether a run has values that are not known before it."""
        return bool(len(self.t)) and bool(np.isnan(self.values).any())

    def filled(self, run: Run) -> Array:
        """`values`, with those that a run has recorded where none is known before it."""
        steps, rates = run.column("step"), run.column("lr")
        n = min(len(steps), len(rates))
        place = np.searchsorted(steps[:n], self.t)
        there = place < n
        there[there] = steps[place[there]] == self.t[there]
        values = self.values.copy()
        fresh = there & np.isnan(values)
        values[fresh] = rates[place[fresh]]
        return values


def rate_columns(experiment: Experiment, by_epoch: bool) -> list[RateColumn]:
    """A column for every trial, with a row for every step, or for the first step of every epoch."""
    return [_column(trial, experiment.steps or UNENDING, by_epoch) for trial in experiment.trials]


def _column(trial: Trial, steps: int, by_epoch: bool) -> RateColumn:
    epoch, t = 1, np.empty(0, np.int64)
    try:
        epoch = steps_per_epoch(trial.problem)
        t = np.arange(0, steps, epoch if by_epoch else 1)[:MOST]
        values = known_values(trial, t, steps)["lr"].copy()
        reacting = trial.schedule.reacting(steps, epoch)
    except faults.RAISED as error:  # a plugin's schedule: the run would fail with the same words
        return RateColumn(trial.label, epoch, t, np.full(len(t), np.nan), f"{trial.label}: {faults.words(error)}")
    if not reacting:
        return RateColumn(trial.label, epoch, t, values)
    values[t > min(start for _, start in reacting)] = np.nan
    text = tr("{trial} reacts to the loss: its values come while the run goes.", trial=trial.label)
    return RateColumn(trial.label, epoch, t, values, text)


def is_right(text: str, value: float) -> bool | None:
    """Whether a typed number is `value`, within `TOLERANCE` or rounded to its two or more digits.

    None where nothing is typed, or the value is not known.
    """
    if not text.strip() or not math.isfinite(value):
        return None
    try:
        given = parse_number(text)
    except ValueError:
        return False
    away = abs(given - value)
    if not math.isfinite(given) or away <= TOLERANCE * abs(value):
        return math.isfinite(given)
    number = Decimal(plain_number(text)).as_tuple()
    return len(number.digits) > 1 and away <= 0.5 * 10.0 ** int(number.exponent) * (1 + 1e-9)
