"""Looking into a run from outside, at any step of it: what was not recorded is measured at its snapshots."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from optlab import nets
from optlab.engine.batch import Batch
from optlab.engine.replay import Moment, Replay
from optlab.engine.run import Run
from optlab.engine.snapshots import MOST, Snapshot
from optlab.engine.streams import stream
from optlab.engine.watch import Watching, known
from optlab.layout import Array
from optlab.net_problem import DataProblem
from optlab.problem import Series

PORTRAITS = "portraits"

BUDGET = 0.008
"""Seconds that one look of a view may take to measure more snapshots; the rest follows with the next frames."""


class Inside:
    """One run's problem with its data, and arrays of its own in which the run's params are looked at.

    It is used by one thread, beside the worker, and moves nothing that a run remembers. What a plugin raises passes.
    """

    def __init__(self, run: Run, batch: Batch) -> None:
        self.run, self._batch = run, batch
        self.problem = run.trial.problem
        self.layout = self.problem.layout()
        self.data: Any = self.problem.data(stream(run.seed, "data"))
        self.params = np.zeros((1, self.layout.size), order=self.problem.order)  # type: ignore[call-overload]
        self.memory = self.problem.memory(1)
        self._probe: nets.Probe | None = None
        self._all: dict[str, Series] = {}
        self._looks: dict[str, _Looks] = {}
        self._replay: Replay | None = None

    @property
    def network(self) -> nets.Net | None:
        """The network, where the problem has one."""
        return self.problem.network() if isinstance(self.problem, DataProblem) else None

    def stand(self, step: float | None = None) -> int | None:
        """Take into `params` where the run stood at `step`, or stands now; the step that was found, None for none."""
        last = self.run.step
        if step is None or step >= last:
            point = self._batch.point(self.run) if self.run.ended else None
            if point is not None:
                self.params[0] = point
                return last
            step = last
        found = self._batch.snapshots.at(self.run.row, step)
        if found is None:
            point = self._batch.point(self.run)  # too large to be kept: where it stands now
            if point is None:
                return None
            self.params[0] = point
            return last
        self._take(*found)
        return found[0].t

    def found(self, step: float | None = None) -> int | None:
        """The step that `stand` would find, without taking the params."""
        last = self.run.step
        if step is None or step >= last:
            if self.run.ended and self.run.count:
                return last
            step = last
        kept = self._batch.snapshots.at(self.run.row, step)
        return kept[0].t if kept is not None else last if self.run.count else None

    def steps(self) -> list[int]:
        """The steps of the run's snapshots, and the last one where it has ended."""
        found = [s.t for s, _ in self._mine()]
        if self.run.ended and self.run.count and (not found or found[-1] < self.run.step):
            found.append(self.run.step)
        return found

    def path(self) -> tuple[Array, Array]:
        """Steps `(n,)` and params `(n, D)` of the run's snapshots."""
        mine = self._mine()
        steps = np.array([s.t for s, _ in mine], float)
        return steps, np.array([s.params[k] for s, k in mine]).reshape(len(mine), self.layout.size)

    def probe(self, step: float | None = None, look: bool = True) -> tuple[int, nets.Probe] | None:
        """The step found and the network evaluated there; None where there is no network, or nothing to see yet.

        Without `look` the network stands there and only predicts.
        """
        net, t = self.network, self.stand(step)
        if net is None or t is None:
            return None
        if self._probe is None:
            self._probe = nets.Probe(net, [self.data], 1, self.memory)
        self._probe.place(self.params, self.memory)
        if look:
            self._probe.look()
        return t, self._probe

    def series(self, name: str, budget: float = BUDGET) -> tuple[Array, Array]:
        """Steps `(n,)` and values `(n, columns)` of a series of `watch.known`, recorded or measured at snapshots.

        Every call measures for about `budget` seconds what is still missing.
        """
        columns, beside = self._known(name).columns, self.run.watched
        if beside is not None and columns[0] in beside.index:
            found = [self.run.series(column) for column in columns]
            n = min(len(values) for _, values in found)
            return found[0][0][:n], np.stack([values[:n] for _, values in found], axis=1)
        if name not in self._looks:
            watching = Watching([self._known(name)], self.problem, self.params, [self.data], self.memory)
            self._looks[name] = _Looks(self, lambda t: watching.row(t, 1)[0, 0, 1:])
        steps, rows = self._looks[name].read(budget)
        return np.array(steps, float), np.array(rows).reshape(len(steps), len(columns))

    def portraits(self, step: float | None = None, budget: float = BUDGET) -> tuple[Array, list[nets.Portrait]]:
        """Steps `(n,)` and what the hidden layers held there, that of `step` (None: the last one) measured first."""
        if PORTRAITS not in self._looks:
            self._looks[PORTRAITS] = _Looks(self, self._portray)
        steps, found = self._looks[PORTRAITS].read(budget, step)
        return np.array(steps, float), found

    def moment(self, step: int, budget: float = BUDGET) -> Moment | int:
        """What the step from `step` to the next did, computed anew; how far that is where it takes longer."""
        if self._replay is None or not self._replay.reaches(step):
            self._replay = Replay(self.run, self._batch.dtype)
        return self._replay.moment(step, time.perf_counter() + budget)

    def whole(self, name: str) -> bool:
        """Whether nothing is left to measure of a series, or of `PORTRAITS`, since it was last asked for."""
        return name not in self._looks or self._looks[name].whole

    @property
    def kept(self) -> bool:
        """Whether there are snapshots: of a network too large for them only the newest point can be looked at."""
        return bool(self._batch.snapshots.kept)

    def _known(self, name: str) -> Series:
        if not self._all:
            self._all = known(self.problem)
        return self._all[name]

    def _portray(self, t: int) -> nets.Portrait:
        found = self.probe(t)
        return nets.portrait(found[1].bound.hidden() if found is not None else ())

    def _mine(self) -> list[tuple[Snapshot, int]]:
        kept = [(s, int(np.searchsorted(s.rows, self.run.row))) for s in self._batch.snapshots.kept]
        return [(s, k) for s, k in kept if k < len(s.rows) and s.rows[k] == self.run.row]

    def _take(self, snapshot: Snapshot, place: int) -> None:
        self.params[0] = snapshot.params[place]
        for name, array in snapshot.memory.items():
            self.memory[name][0] = array[place]


class _Looks:
    """What was found at the run's snapshots; those that are gone leave, so that steps stay evenly spread."""

    def __init__(self, inside: Inside, look: Callable[[int], Any]) -> None:
        self._inside, self._look = inside, look
        self._found: dict[int, Any] = {}
        self.whole = False

    def read(self, budget: float, first: float | None = None) -> tuple[list[int], list[Any]]:
        """Steps and what was found there, in order; for about `budget` seconds it looks at what is still missing."""
        steps = self._inside.steps() if self._inside.kept else [self._inside.run.step]
        self.whole = self._search(in_turn(steps, first), time.perf_counter() + budget)
        if not self._inside.kept:
            steps = sorted(self._found)[-MOST:]
        self._found = {t: self._found[t] for t in steps if t in self._found}
        return list(self._found), list(self._found.values())

    def _search(self, steps: list[int], deadline: float) -> bool:
        for t in steps:
            at = None if t in self._found else self._inside.stand(t)
            if at is not None and at not in self._found:
                self._found[at] = self._look(at)
                if time.perf_counter() > deadline:
                    return False
        return True


def in_turn(steps: list[int], first: float | None = None) -> list[int]:
    """Steps in the order in which they are looked at: the one at `first` or the last, then ever finer between them."""
    before = [t for t in steps if first is None or t <= first]
    found = dict.fromkeys([*before[-1:], *steps[-1:], *steps[:1]])
    stride = 1 << max(len(steps) - 1, 0).bit_length()
    while stride := stride // 2:
        found |= dict.fromkeys(steps[::stride])
    return list(found)
