"""The learning rate of every step and run, and of scheduled fields beside it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from optlab.engine.catalogue import shown
from optlab.engine.recorder import Recorder
from optlab.engine.spec import Trial
from optlab.fields import Component, Part, Real
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.optimizer import Optimizer, State
from optlab.schedule import ReactiveSchedule, Schedule

AHEAD = 1024
"""Steps tabulated at once: a table per step would cost a small network a tenth of its time."""

LARGEST = 1e9
"""Largest factor: what is larger is a fault of the schedule."""


class Rates:
    """Base learning rates times the factors of each run's schedule.

    `base` has the rates of all runs of the batch, `rows` the numbers of the runs here. A table schedule is computed for
    a stage of steps at once; a reactive one hears the loss after every step.
    """

    memory: State | None = None
    """What a reactive schedule remembers."""

    def __init__(
        self,
        trials: Sequence[Trial],
        base: Array,
        rows: Array,
        optimizer: Optimizer,
        recorder: Recorder,
        loss: Array,
        steps: int,
    ) -> None:
        self._base, self._rows = base, rows
        self._runs, self._steps = len(trials), steps
        self._optimizer, self._recorder = optimizer, recorder
        self._from = self._until = 0
        self._fields: dict[str, Any] = {}
        self._groups: list[tuple[Schedule, Array]] = []
        first = trials[0].schedule
        if isinstance(first, ReactiveSchedule):
            self._reactive = first
            self.memory = reactive_state(first, base[rows], loss)
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
                text = tr("{schedule}: expected an optimizer with a field {name} to schedule, got {optimizer}")
                raise ValueError(text.format(schedule=schedule.name, optimizer=self._optimizer.name, name=name))
        return {name: getattr(self._optimizer, name) for name in names}

    def draw(self, t: int, size: int) -> Iterator[Any]:
        """Yield the rate of steps `t … t + size − 1`: a float, or a column `(R, 1)` where the runs differ."""
        return self._table(t, size) if self.memory is None else self._react(t, size, self.memory)

    def _table(self, t: int, size: int) -> Iterator[Any]:
        if not self._from <= t <= t + size <= self._until:
            self._tabulate(t, size)
        part = slice(t - self._from, t - self._from + size)
        rates = self._recorder.rates[:size]
        np.multiply(self._tables["lr"][part], self._base[self._rows], rates)
        steps = self._operands(rates)
        if not self._fields:
            return iter(steps)
        fields = {name: self._operands(self._tables[name][part] * np.ravel(own)) for name, own in self._fields.items()}
        return self._with_fields(steps, fields)

    def _tabulate(self, t: int, size: int) -> None:
        """Fill the tables in whole blocks, so that no last bit depends on how many steps are asked for."""
        self._from, self._until = t // AHEAD * AHEAD, -(-(t + size) // AHEAD) * AHEAD
        self._tables = {name: np.ones((self._until - self._from, self._runs)) for name in ("lr", *self._fields)}
        for first in range(self._from, self._until, AHEAD):
            for schedule, runs in self._groups:
                times = np.arange(first, first + AHEAD)
                if self._steps:
                    times = np.minimum(times, self._steps - 1)
                place = slice(first - self._from, first - self._from + AHEAD)
                for name, values in _factors(schedule, times, self._steps, self._tables).items():
                    self._tables[name][place, runs] = values[:, None]
        for name, own in self._fields.items():
            self._check_bounds(name, self._tables[name] * np.ravel(own))

    def _check_bounds(self, name: str, values: Array) -> None:
        declaration = self._optimizer.fields()[name]
        if isinstance(declaration, Real) and not declaration.lo <= values.min() <= values.max() <= declaration.hi:
            worst = values.max() if values.max() > declaration.hi else values.min()
            declaration.check(f"{self._groups[0][0].name} of {self._optimizer.name}.{name}", float(worst))

    def _with_fields(self, steps: Sequence[Any], tables: dict[str, Sequence[Any]]) -> Iterator[Any]:
        for k, lr in enumerate(steps):
            for name, values in tables.items():  # on the engine's own stacked copy: the component stays as it was
                object.__setattr__(self._optimizer, name, values[k])
            yield lr

    def _operands(self, table: Array) -> Sequence[Any]:
        if self._runs == 1 or (table == table[:, :1]).all():
            floats: list[float] = table[:, 0].tolist()  # a float costs a ufunc less than an array
            return floats
        return list(table[:, :, None].copy())

    def _react(self, t: int, size: int, memory: State) -> Iterator[Any]:
        base = self._base[self._rows]
        for k in range(size):
            rates = base * memory.factor
            self._recorder.rates[k] = rates
            yield float(rates[0]) if self._runs == 1 or (rates == rates[0]).all() else rates[:, None]
            memory.t, memory.lr = t + k + 1, base
            metric = self._recorder.losses[k].astype(float)
            self._reactive.update(metric, t + k, memory)
            factor = memory.factor
            good = (factor >= 0) & (factor <= LARGEST) | ~np.isfinite(metric)  # a run without a loss ends anyway
            if not good.all():
                raise _refused(self._reactive, "state.factor", factor[int(np.argmin(good))], t + k)


def _factors(schedule: Schedule, times: Array, steps: int, known: Mapping[str, Any]) -> dict[str, Array]:
    """The factors of a block of steps by field, checked: a plugin may return anything."""
    first = int(times[0])
    given: Any = schedule.factors(times, steps)
    if not isinstance(given, dict) or not set(given) <= set(known):
        raise _refused(schedule, "factors", given, first)
    return {name: _checked(schedule, first, values, len(times)) for name, values in given.items()}


def _checked(schedule: Schedule, t: int, values: Any, size: int) -> Array:
    try:
        factors = np.broadcast_to(np.asarray(values, float), (size,))
    except (TypeError, ValueError):
        raise _refused(schedule, "factor", values, t) from None
    good = np.isfinite(factors) & (factors >= 0) & (factors <= LARGEST)
    if not good.all():
        k = int(np.argmin(good))
        raise _refused(schedule, "factor", float(factors[k]), t + k)
    return factors


def _refused(schedule: Component, what: str, value: Any, t: int) -> ValueError:
    text = tr("{schedule}.{what}: expected a number of 0 to 1e9 for each step, got {that} at step {t}")
    return ValueError(text.format(schedule=schedule.name, what=what, that=shown(value), t=t))


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
    """The optimizer's own lr, or that of the component that it wraps; 1 where there is none."""
    if "lr" in optimizer.fields():
        return float(getattr(optimizer, "lr"))  # noqa: B009 - a wrapper has no such field
    for key, declaration in optimizer.fields().items():
        if isinstance(declaration, Part) and isinstance(inner := getattr(optimizer, key), Optimizer):
            return base_rate(inner)
    return 1.0
