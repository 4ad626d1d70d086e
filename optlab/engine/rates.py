"""The learning rate of every step and run, and of scheduled fields beside it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from optlab.component import Component
from optlab.engine import faults, targets
from optlab.engine.catalogue import shown
from optlab.engine.gradient import Gradient
from optlab.engine.history import Event
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.recorder import Recorder
from optlab.engine.spec import Trial
from optlab.engine.targets import Target
from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.optimizer import Optimizer, State
from optlab.schedule import ReactiveSchedule, Schedule

AHEAD = 1024
"""Steps tabulated at once: a table per step would cost a small network a tenth of its time."""

LARGEST = 1e9
"""Largest factor: what is larger is a fault of the schedule."""

LONGEST = 200
"""Signs of a schedule's reason at the most."""


class Rates:
    """Base learning rates times the factors of each run's schedule.

    `base` has the rates of all runs of the batch, `rows` the numbers of the runs here; `optimizer` and `gradient` are
    private copies, on which scheduled fields are set. A table is computed for a stage of steps at once; a schedule that
    reacts hears the loss after every step.
    """

    memory: State | None = None
    """What a reactive schedule remembers."""

    def __init__(
        self, trials: Sequence[Trial], base: Array, rows: Array, optimizer: Optimizer, gradient: Gradient,
        recorder: Recorder, loss: Array, steps: int,
    ) -> None:  # fmt: skip
        self._base, self._rows = base, rows
        self._runs, self._steps, self._epoch = len(trials), steps, steps_per_epoch(trials[0].problem)
        self._recorder = recorder
        self._from = self._until = 0
        self.cuts: list[Event] = []
        """What a reactive schedule has lowered and said why; it holds from a step on that is not computed yet."""
        self._groups: list[tuple[Schedule, Array]] = []
        for schedule in dict.fromkeys(t.schedule for t in trials):
            self._groups.append((schedule, np.flatnonzero([t.schedule == schedule for t in trials])))
        self._targets = self._found(optimizer, gradient)
        self._own = {name: _own_values(trials, name) for name in self._targets}
        for reactive, start in trials[0].schedule.reacting(steps, self._epoch)[:1]:
            self._reactive, self._start = reactive, start
            self.memory = reactive_state(reactive, base[rows], loss, reactive.in_steps(1, steps, self._epoch))

    @staticmethod
    def key(schedule: Schedule) -> Any:
        """What runs of one batch have in common: table schedules may differ, reactive ones and scheduled fields not."""
        return None if is_plain(schedule) else schedule

    def _found(self, optimizer: Optimizer, gradient: Gradient) -> dict[str, Target]:
        schedule, _ = self._groups[0]
        moved = targets.names(schedule, self._steps, self._epoch) if len(self._groups) == 1 else []
        if moved:
            targets.own_parts(optimizer)
        return {name: targets.find(schedule, name, optimizer, gradient) for name in moved}

    def draw(self, t: int, size: int) -> Iterator[Any]:
        """Yield the rate of steps `t … t + size − 1`: a float, or a column `(R, 1)` where the runs differ."""
        return self._table(t, size) if self.memory is None else self._react(t, size, self.memory)

    def _table(self, t: int, size: int) -> Iterator[Any]:
        if not self._from <= t <= t + size <= self._until:
            self._tabulate(t, size)
        part = slice(t - self._from, t - self._from + size)
        rates = self._recorder.rates[:size]
        np.multiply(self._tables["lr"][part], self._base[self._rows], rates)
        for name, target in self._targets.items():
            np.multiply(self._tables[name][part], self._own[name], self._recorder.scheduled[target.path][:size])
        steps = self._operands(rates)
        return self._with_fields(steps, part) if self._targets else iter(steps)

    def _tabulate(self, t: int, size: int) -> None:
        """Fill the tables in whole blocks, so that no last bit depends on how many steps are asked for."""
        self._from, self._until = t // AHEAD * AHEAD, -(-(t + size) // AHEAD) * AHEAD
        self._tables = {name: np.ones((self._until - self._from, self._runs)) for name in ("lr", *self._targets)}
        for first in range(self._from, self._until, AHEAD):
            for schedule, runs in self._groups:
                times = np.arange(first, first + AHEAD)
                if self._steps:
                    times = np.minimum(times, self._steps - 1)
                place = slice(first - self._from, first - self._from + AHEAD)
                for name, values in factors_at(schedule, times, self._steps, self._epoch, self._tables).items():
                    self._tables[name][place, runs] = values[:, None]
        for name, target in self._targets.items():
            target.check(self._groups[0][0], self._tables[name])

    def _with_fields(self, steps: Sequence[Any], part: slice) -> Iterator[Any]:
        moves = [(target.set, self._tables[name][part, 0].tolist()) for name, target in self._targets.items()]
        for k, lr in enumerate(steps):
            for move, factors in moves:
                move(factors[k])
            yield lr

    def _operands(self, table: Array) -> Sequence[Any]:
        if self._runs == 1 or (table == table[:, :1]).all():
            floats: list[float] = table[:, 0].tolist()  # a float costs a ufunc less than an array
            return floats
        return list(table[:, :, None].copy())

    def _react(self, t: int, size: int, memory: State) -> Iterator[Any]:
        base, seen = self._base[self._rows], memory.factor.tobytes()
        for k, _ in enumerate(self._table(t, size)):
            rates = self._recorder.rates[k]
            rates *= memory.factor
            yield float(rates[0]) if self._runs == 1 or (rates == rates[0]).all() else rates[:, None].copy()
            if t + k < self._start:
                continue
            memory.t, memory.lr = t + k + 1 - self._start, base
            metric = self._recorder.losses[k].astype(float)
            self._reactive.update(metric, t + k - self._start, memory)
            factor = memory.factor
            if not (factor.min() >= 0 and factor.max() <= LARGEST):  # also of nan
                good = (factor >= 0) & (factor <= LARGEST) | ~np.isfinite(metric)  # a run without a loss ends anyway
                if not good.all():
                    raise _refused(self._reactive, "state.factor", factor[int(np.argmin(good))], t + k)
            if (now := factor.tobytes()) != seen:  # 0.1 µs, a comparison of arrays 1.5 µs
                self._note(t + k, np.frombuffer(seen), memory)
                seen = now

    def _note(self, t: int, before: Array, memory: State) -> None:
        """Keep which factors fell after step `t`, and why, of the runs for which the schedule says it."""
        for i in np.flatnonzero(memory.factor < before):
            if words := str(self._reactive.reason(int(i), memory))[:LONGEST]:
                rate = self._tables["lr"][t - self._from, i] * self._base[self._rows[i]] * memory.factor[i]
                share = memory.factor[i] / before[i]
                text = tr("{why}: lr × {share:.3g} = {lr:.4g}", why=words, share=share, lr=rate)
                self.cuts.append(Event(t + 1, int(self._rows[i]), "lr", float(rate), text))

    def due(self, t: int) -> list[Event]:
        """Take the cuts that hold at steps before `t`: those steps are recorded."""
        found = [cut for cut in self.cuts if cut.t < t]
        if found:
            self.cuts = [cut for cut in self.cuts if cut.t >= t]
        return found


def _own_values(trials: Sequence[Trial], name: str) -> Array:
    """What the factors of a scheduled field multiply, `(R,)`: the base, as with lr, whatever layers make of it."""
    return np.array([targets.find(t.schedule, name, t.optimizer, t.gradient).own for t in trials], float)


def known_values(trial: Trial, t: Array, steps: int) -> dict[str, Array]:
    """The learning rates at the steps `t`, and the fields that move beside them, but for what reacts to the loss.

    They are those that a run uses and records, under the names of its columns. A field that is not there is left out.
    """
    schedule = trial.schedule
    with np.errstate(all="ignore"):
        factors = factors_at(schedule, t, steps, steps_per_epoch(trial.problem))
    known = {"lr": base_rate(trial.optimizer) * factors.pop("lr")}
    for name, moved in factors.items():
        with suppress(FieldError):
            target = targets.find(schedule, name, trial.optimizer, trial.gradient)
            known[target.path] = target.own * moved
    return known


def factors_at(
    schedule: Schedule, times: Array, steps: int, epoch: int, known: Mapping[str, Any] | None = None
) -> dict[str, Array]:
    """The factors at some steps by field, checked: a plugin may return anything."""
    first = int(times[0])
    given: Any = schedule.at(times, steps, epoch)
    if not isinstance(given, dict) or "lr" not in given or (known is not None and not set(given) <= set(known)):
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


def is_plain(schedule: Schedule) -> bool:
    """Whether the schedule is a table of the learning rate alone."""
    try:
        return not (schedule.reacting(1000, 1) or targets.names(schedule))
    except faults.RAISED:  # a plugin's own code: its run will say what is wrong
        return False


def reactive_state(schedule: ReactiveSchedule, base: Array, loss: Array, per_unit: int = 1) -> State:
    """The state of a reactive schedule for runs with base rates `base (R,)`: slots `(R,)`, `factor` 1."""
    state = State(np.zeros(len(base)), Layout({"run": (1,)}), loss)
    state.lr = base
    vars(state)["per_unit"] = max(1, per_unit)
    for name in ("factor", *schedule.slots):
        state.slot(name)
    state.factor[:] = 1.0
    schedule.init(state)
    return state


def base_rate(optimizer: Component) -> float:
    """The optimizer's own lr, or that of the component that it wraps; 1 where there is none."""
    if "lr" in optimizer.fields():
        return float(getattr(optimizer, "lr"))  # noqa: B009 - a wrapper has no such field
    for key in targets.inner(optimizer) if isinstance(optimizer, Optimizer) else ():
        return base_rate(getattr(optimizer, key))
    return 1.0
