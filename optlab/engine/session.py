"""The session: the runs that are open, and the one experiment that is active."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from optlab.engine import faults
from optlab.engine.batch import Batch
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.planning import plan
from optlab.engine.recorder import columns
from optlab.engine.run import Run
from optlab.engine.runner import Runner
from optlab.engine.spec import Experiment, Trial
from optlab.engine.targets import check_targets, scheduled
from optlab.engine.turn import Turn
from optlab.engine.update import check_rules
from optlab.engine.watch import check_series, wanted
from optlab.engine.watch import columns as series_columns
from optlab.fields import FieldError
from optlab.i18n import tr

BIG = 512 * 1024 * 1024
"""Bytes of history above which the forecast is shown before the start."""

BRIEF = 0.08
"""Seconds that a stop waits for an answer; later ones are heard of by `tend`."""

CALM = 1.0
"""Seconds after which a worker that does not answer to a stop is interrupted in its step."""

PATIENCE = 2.0
"""Seconds after which a worker that does not answer to a stop is given up: its runs then end as failed."""

Plan = Callable[[Experiment], list[Batch]]


@dataclass(eq=False)
class Entry:
    """A run as the window lists it."""

    key: int
    run: Run
    batch: Batch
    name: str
    colour: int
    """Number of its colour; runs of one trial share it."""
    visible: bool = True
    pinned: bool = False
    ghost: bool = False
    """Whether a later run of the same trial stands in its place; it is looked at for comparison."""
    outdated: bool = False
    """Whether the code that computes it is another one by now: its plugin was reloaded, or is gone."""


class Session:
    """Starts experiments and keeps their runs; without Qt, used from one thread (the worker only fills histories)."""

    def __init__(self, notify: Callable[[str, Run], None] | None = None, plan: Plan = plan) -> None:
        self.entries: list[Entry] = []
        self.runner: Runner | None = None
        self.turn = Turn()
        """The window's, which draws while the worker stands aside."""
        self._keys = count(1)
        self._notify = notify or (lambda hook, run: None)
        self._plan = plan
        self._leaving: list[tuple[Runner, float]] = []

    @property
    def busy(self) -> bool:
        """Whether runs go on, or have been told to stop and not done so."""
        return self.leaving or (self.runner is not None and self.runner.alive)

    @property
    def leaving(self) -> bool:
        """Whether a worker has been told to stop and has not done so."""
        return self.late(0.0)

    def late(self, seconds: float) -> bool:
        """Whether a worker was told to stop as long ago as that and has not done so."""
        return any(runner.alive and time.monotonic() - told >= seconds for runner, told in self._leaving)

    def start(self, experiment: Experiment, rate: float = math.inf, paused: bool = False) -> list[Entry]:
        """Start `experiment` in place of the unpinned runs; raises `FieldError` where it cannot run."""
        check(experiment)
        self.leave()
        self.entries = [entry for entry in self.entries if entry.pinned]
        return self._launch(experiment, rate, paused)

    def add(self, experiment: Experiment, label: str, rate: float = math.inf) -> list[Entry]:
        """Start the runs of one trial beside those that there are; they catch up with the ones that still go."""
        alone = replace(experiment, trials=tuple(t for t in experiment.trials if t.label == label))
        check(alone)
        return self._launch(alone, rate, paused=False)

    def again(self, experiment: Experiment, rate: float = math.inf, paused: bool = False) -> list[Entry]:
        """Start `experiment` beside the runs that there are; what ran of its trials before stays, once, as a ghost.

        Runs that have not left their start do not stay. Raises `FieldError` where it cannot run.
        """
        check(experiment)
        labels = {trial.label for trial in experiment.trials}
        before = [entry for entry in self.entries if entry.run.label in labels]
        gone = {entry.key for entry in before if entry.ghost or entry.run.count <= 1}
        if any(not entry.run.ended for entry in before) or (self.runner is not None and self.runner.paused):
            self.leave()
        self.entries = [entry for entry in self.entries if entry.key not in gone]
        for entry in before:
            entry.ghost = True
        return self._launch(experiment, rate, paused)

    def _launch(self, experiment: Experiment, rate: float, paused: bool) -> list[Entry]:
        batches = self._plan(experiment)
        taken = {entry.colour for entry in self.entries if not entry.ghost}
        free = (number for number in count() if number not in taken)
        colours = {trial.label: next(free) for trial in experiment.trials}
        found = {(run.label, run.seed): (run, batch) for batch in batches for run in batch.runs}
        fresh = []
        for trial in experiment.trials:
            for seed in experiment.seeds:
                run, batch = found[trial.label, seed]
                name = trial.label if len(experiment.seeds) == 1 else f"{trial.label} · {seed}"
                fresh.append(Entry(next(self._keys), run, batch, name, colours[trial.label]))
                self._notify("run_started", run)
        self.entries += fresh
        if self.runner is None or not self.runner.add(batches):
            self.runner = Runner(batches, rate, lambda run: self._notify("run_finished", run), self.turn)
            self.runner.start(paused)
        return fresh

    def leave(self) -> bool:
        """Tell the open runs to stop, and go on at once; False where the worker has not done so yet."""
        if self.runner is None:
            return True
        self.runner.stop()
        if self.runner.join(BRIEF):
            return True
        self._leaving.append((self.runner, time.monotonic()))
        self.runner = None
        return False

    def tend(self) -> None:
        """Interrupt the workers that have not answered to a stop for long, and give them up when it is too long."""
        now = time.monotonic()
        for runner, told in self._leaving:
            if runner.alive and now - told >= CALM:
                runner.interrupt()
            if runner.alive and now - told >= PATIENCE:
                runner.abandon()
        self._leaving = [(runner, told) for runner, told in self._leaving if runner.alive and now - told < PATIENCE]

    def stop(self, timeout: float = PATIENCE) -> bool:
        """Stop the open runs and wait; False when a worker did not answer in time: its runs then end as failed."""
        self.leave()
        deadline = time.monotonic() + timeout
        for runner, _ in self._leaving:
            if not runner.join((deadline - time.monotonic()) / 2):
                runner.interrupt()
                runner.join(max(0.0, deadline - time.monotonic()))
        whole = not self.leaving
        self._leaving = [(runner, -math.inf) for runner, _ in self._leaving]
        self.tend()
        return whole

    def clear(self) -> None:
        """Stop what goes and keep pinned runs alone: another experiment is active."""
        self.leave()
        self.entries = [entry for entry in self.entries if entry.pinned]

    def remove(self, keys: set[int]) -> list[tuple[int, Entry]]:
        """Take entries off the list; returns them with their places, for `restore`."""
        gone = [(place, entry) for place, entry in enumerate(self.entries) if entry.key in keys]
        self.entries = [entry for entry in self.entries if entry.key not in keys]
        return gone

    def restore(self, gone: list[tuple[int, Entry]]) -> None:
        """Put removed entries back where they were."""
        for place, entry in gone:
            self.entries.insert(place, entry)


def check(experiment: Experiment) -> None:
    """Raise `FieldError` for what would only fail while running."""
    check_series(experiment)
    for trial in experiment.trials:
        if trial.update.layers:
            check_rules(trial.update, trial.problem.layout())
        if not experiment.steps and _needs_end(trial):
            text = tr(
                "{schedule}: expected a number of steps, got a run without an end; set steps, or another schedule"
            )
            raise FieldError(text.format(schedule=trial.schedule.name))
        check_targets(trial, experiment.steps)


def _needs_end(trial: Trial) -> bool:
    try:
        return not trial.schedule.endless
    except faults.RAISED as error:  # a plugin's own code
        raise FieldError(f"{trial.schedule.name}.needs_end: {faults.words(error)}") from error


def notices(experiment: Experiment) -> list[str]:
    """What can run and may not be meant, a sentence each: a schedule longer or shorter than the run, a long record."""
    found: dict[str, list[str]] = {}
    for trial in experiment.trials:
        try:
            words = trial.schedule.notice(experiment.steps, steps_per_epoch(trial.problem))
        except faults.RAISED:  # a plugin's own code: its run will say what is wrong
            continue
        if words:
            found.setdefault(words, []).append(trial.label)
    whole = len(experiment.trials)
    said = [words if len(labels) == whole else f"{', '.join(labels)}: {words}" for words, labels in found.items()]
    needed = forecast(experiment)
    if needed > BIG:
        text = tr("the run records {size} GB; a larger `record` than {n} records fewer steps")
        said.append(text.format(size=f"{needed / 2**30:.1f}", n=experiment.record))
    return said


def forecast(experiment: Experiment) -> int:
    """Bytes of history that a whole run of the experiment needs; 0 for a run without an end."""
    rows = experiment.steps // experiment.record + 2 if experiment.steps else 0
    total = 0
    for trial in experiment.trials:
        try:
            tracks, layout = trial.problem.tracks(), trial.problem.layout()
            width = len(columns(tracks, layout, trial.gradient.clips, scheduled(trial, experiment.steps)))
            beside = len(series_columns(wanted(experiment, trial))) * experiment.record / experiment.every
        except faults.RAISED:  # its run will say what is wrong
            continue
        total += int(rows * (width + beside)) * 8 * len(experiment.seeds)
    return total


def beside(experiment: Experiment, trial: Trial, label: str) -> Experiment:
    """The experiment with one trial more, under a label that is still free."""
    taken = {t.label for t in experiment.trials}
    names = (label if k == 1 else f"{label} {k}" for k in count(1))
    return replace(
        experiment, trials=(*experiment.trials, replace(trial, label=next(n for n in names if n not in taken)))
    )
