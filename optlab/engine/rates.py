"""The learning rate of every step and run, and of scheduled fields beside it."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from optlab.engine.recorder import Recorder
from optlab.engine.spec import Trial
from optlab.fields import Component, Part, Real
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.optimizer import Optimizer, State
from optlab.schedule import ReactiveSchedule, Schedule

AHEAD = 1024
"""Steps tabulated at once: a table per step would cost a small network a tenth of its time."""


class Rates:
    """`base (R,)` learning rates times the factors of each run's schedule.

    A table schedule is computed for a stage of steps at once; a reactive one hears the loss after every step.
    """

    def __init__(
        self, trials: Sequence[Trial], optimizer: Optimizer, recorder: Recorder, state: State, loss: Array, steps: int
    ) -> None:
        self.base = np.array([base_rate(t.optimizer) for t in trials])
        self._runs, self._steps, self._loss = len(trials), steps, loss
        self._optimizer, self._recorder, self._state = optimizer, recorder, state
        self._from = self._until = -1
        self._fields: dict[str, Any] = {}
        self._groups: list[tuple[Schedule, Array]] = []
        self._reactive: ReactiveSchedule | None = None
        first = trials[0].schedule
        if isinstance(first, ReactiveSchedule):
            self._reactive = first
            self._memory = reactive_state(first, self.base, loss)
        else:
            for schedule in dict.fromkeys(t.schedule for t in trials):
                self._groups.append((schedule, np.flatnonzero([t.schedule == schedule for t in trials])))  # type: ignore[arg-type]
            self._fields = self._scheduled_fields()

    @staticmethod
    def key(schedule: Schedule | ReactiveSchedule) -> Any:
        """What runs of one batch have in common: table schedules may differ, reactive ones and scheduled fields not."""
        return None if is_plain(schedule) else schedule

    def _scheduled_fields(self) -> dict[str, Any]:
        schedule, _ = self._groups[0]
        if is_plain(schedule):
            return {}
        names = [name for name in schedule.factors(np.zeros(1), max(1, self._steps)) if name != "lr"]
        for name in names:
            if not isinstance(self._optimizer.fields().get(name), Real):
                raise ValueError(
                    tr(
                        "{schedule}: {optimizer} has no field {name} to schedule",
                        schedule=schedule.name,
                        optimizer=self._optimizer.name,
                        name=name,
                    )
                )
        return {name: getattr(self._optimizer, name) for name in names}

    def draw(self, t: int, size: int) -> Iterator[Any]:
        """Yield the rate of steps `t … t + size − 1`: a float, or a column `(R, 1)` where the runs differ."""
        return self._react(t, size) if self._reactive else self._table(t, size)

    def _table(self, t: int, size: int) -> Iterator[Any]:
        if not self._from <= t <= t + size <= self._until:
            self._tabulate(t, max(size, AHEAD))
        part = slice(t - self._from, t - self._from + size)
        rates = self._recorder.rates[:size]
        np.multiply(self._tables["lr"][part], self.base, rates)
        steps = self._operands(rates)
        if not self._fields:
            return iter(steps)
        fields = {name: self._operands(self._tables[name][part] * np.ravel(own)) for name, own in self._fields.items()}
        return self._with_fields(steps, fields)

    def _tabulate(self, t: int, size: int) -> None:
        self._from, self._until = t, t + size
        self._tables = {name: np.ones((size, self._runs)) for name in ("lr", *self._fields)}
        times = np.arange(t, t + size)
        if self._steps:
            times = np.minimum(times, self._steps - 1)
        for schedule, runs in self._groups:
            for name, values in schedule.factors(times, self._steps).items():
                self._tables[name][:, runs] = _checked(schedule, t, values, size)[:, None]

    def _with_fields(self, steps: Sequence[Any], tables: dict[str, Sequence[Any]]) -> Iterator[Any]:
        for k, lr in enumerate(steps):
            for (
                name,
                values,
            ) in tables.items():  # the engine's private stacked copy, so the frozen component stays as it was
                object.__setattr__(self._optimizer, name, values[k])
            yield lr

    def _operands(self, table: Array) -> Sequence[Any]:
        if self._runs == 1 or (table == table[:, :1]).all():
            floats: list[float] = table[:, 0].tolist()  # a float costs a ufunc less than an array
            return floats
        return list(table[:, :, None].copy())

    def _react(self, t: int, size: int) -> Iterator[Any]:
        assert self._reactive is not None
        for k in range(size):
            rates = self.base * self._memory.factor
            self._recorder.rates[k] = rates
            yield float(rates[0]) if (rates == rates[0]).all() else rates[:, None]
            self._memory.t, self._memory.lr = t + k + 1, self.base
            self._reactive.update(self._recorder.losses[k].astype(float), t + k, self._memory)


def _checked(schedule: Schedule, t: int, values: Any, size: int) -> Array:
    factors = np.broadcast_to(np.asarray(values, float), (size,))
    good = np.isfinite(factors) & (factors >= 0) & (factors <= 1e9)
    if not good.all():
        k = int(np.argmin(good))
        text = tr("{schedule}.factor: expected a finite number, 0 or more, got {that} at step {t}")
        raise ValueError(text.format(schedule=schedule.name, that=factors[k], t=t + k))
    return factors


def is_plain(schedule: Schedule | ReactiveSchedule) -> bool:
    """Whether the schedule is a table of the learning rate alone."""
    return isinstance(schedule, Schedule) and type(schedule).factors is Schedule.factors


def reactive_state(schedule: ReactiveSchedule, base: Array, loss: Array) -> State:
    """The state of a reactive schedule for runs with base rates `base (R,)`: slots `(R,)`, `factor` 1."""
    state = State(np.zeros(len(base)), Layout({"run": (1,)}), loss)
    state.lr = base
    for name in ("factor", *schedule.slots):
        state.slot(name)
    state.factor[:] = 1.0
    schedule.init(state)
    return state


def base_rate(optimizer: Component) -> float:
    """The optimizer's own lr, or that of the component that it wraps; nan where there is none."""
    if "lr" in optimizer.fields():
        return float(getattr(optimizer, "lr"))  # noqa: B009 - a wrapper has no such field
    for key, declaration in optimizer.fields().items():
        if isinstance(declaration, Part) and isinstance(inner := getattr(optimizer, key), Optimizer):
            return base_rate(inner)
    return math.nan
