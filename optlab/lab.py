"""The lab without a window, for notebooks and the command line: load an experiment, run it, get arrays."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import overload

import numpy as np

from optlab.engine.experiment_file import check_seeds, load_experiment
from optlab.engine.headless import Progress, compute
from optlab.engine.rates import base_rate
from optlab.engine.run import Run
from optlab.engine.session import check
from optlab.engine.spec import Experiment, Grid
from optlab.engine.tuned import untuned
from optlab.engine.tuning import Tell, Tuning, seeds_of
from optlab.engine.tuning import tune as equal_rates
from optlab.engine.verdict import first_over_last, judge
from optlab.fields import FieldError, did_you_mean
from optlab.host import Host, load_plugins
from optlab.i18n import tr
from optlab.layout import Array
from optlab.store.library import find_experiment

MOST_STEPS = 10**9


@cache
def default_host() -> Host:
    """The plugins, loaded once."""
    return load_plugins()


def load(name_or_path: str | Path, sets: Sequence[str] = (), *, host: Host | None = None) -> Experiment:
    """An experiment by name (`"vanishing-gradient"`) or path, after `sets` such as `"problem.width=32"`.

    Raises `FieldError` that names the key, and `OSError` where the file cannot be read.
    """
    host = host or default_host()
    path = name_or_path if isinstance(name_or_path, Path) else find_experiment(name_or_path, host)
    return load_experiment(path, host.catalogue, sets)


def run(
    experiment: Experiment | str | Path,
    steps: int | None = None,
    progress: Progress | None = None,
    *,
    host: Host | None = None,
) -> "Results":
    """Run an experiment, or the one of that name, to its end or for `steps`, in the calling thread.

    `progress(done, asked)` hears of the steps of all runs. Ctrl-C stops the runs and keeps what they recorded. Raises
    `FieldError` where the experiment cannot run.
    """
    host = host or default_host()
    if not isinstance(experiment, Experiment):
        experiment = load(experiment, host=host)
    if steps is not None:
        experiment = replace(experiment, steps=_checked(steps))
    check(experiment)
    host.workers.echo = True
    batches = host.workers.plan(experiment)
    found = {(run.label, run.seed): run for batch in batches for run in batch.runs}
    runs = [found[trial.label, seed] for trial in experiment.trials for seed in experiment.seeds]
    for each in runs:
        host.notify("run_started", each)
    whole = compute(batches, progress)
    for each in runs:
        host.notify("run_finished", each)
    return Results(experiment, runs, interrupted=not whole)


def tune(
    experiment: Experiment | str | Path,
    grid: tuple[float, float, int] = (1e-4, 10.0, 11),
    seeds: Sequence[int] | None = None,
    tell: Tell = lambda share: None,
    *,
    host: Host | None = None,
) -> Tuning:
    """Run every trial at the same learning rates, from the smallest to the largest of `grid`, and the same seeds.

    `tell(share)` hears how much is done. Raises `FieldError` where the experiment cannot be tuned, and
    `KeyboardInterrupt` after Ctrl-C. `tune(…).tuned()` is the experiment with the best rate of each trial.
    """
    host = host or default_host()
    if not isinstance(experiment, Experiment):
        experiment = load(experiment, host=host)
    chosen = seeds_of(experiment) if seeds is None else check_seeds(list(seeds))
    return equal_rates(experiment, Grid(*grid), chosen, tell, host.workers.plan)


def _checked(steps: int) -> int:
    if isinstance(steps, bool) or not isinstance(steps, int) or not 0 <= steps <= MOST_STEPS:
        raise FieldError(tr("steps: expected a whole number 0 to {hi}, got {that!r}", hi=MOST_STEPS, that=steps))
    return steps


@dataclass(frozen=True)
class Row:
    """One run in the summary table."""

    name: str
    trial: str
    seed: int
    optimizer: str
    lr: float
    schedule: str
    status: str
    message: str
    steps: int
    loss: float
    ratio: float
    """Gradient norm of the first weight layer over the last; nan where there are fewer than two."""
    verdict: str
    """vanishing, exploding, dead, saturated, shrinking, healthy, diverged, failed or none."""


class Result:
    """One run with its recorded arrays, all copies."""

    def __init__(self, run: Run, name: str) -> None:
        self.run, self.name = run, name
        self.label, self.seed = run.label, run.seed
        self.status, self.message = run.status, run.message
        self.layers, self.tracks = run.layers, run.tracks

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the series that are recorded at every step."""
        return self.run.history.columns

    def column(self, name: str) -> Array:
        """A recorded series `(n,)`: step, evaluations, lr, loss, a track, grad_norm.W1, optimizer.momentum, …"""
        if name not in self.run.history.index:
            hint = did_you_mean(name, self.run.history.columns)
            raise FieldError(tr("column: unknown name {name!r}; {hint}", name=name, hint=hint))
        return self.run.column(name)

    def series(self, name: str) -> tuple[Array, Array]:
        """Steps `(n,)` and values `(n,)` of what the experiment's `series` record: test_accuracy, saturated.h1, …"""
        beside = self.run.watched
        if beside is None or name not in beside.index:
            hint = did_you_mean(name, beside.columns[1:]) if beside else tr("the experiment asks for none")
            raise FieldError(tr("series: unknown name {name!r}; {hint}", name=name, hint=hint))
        return self.run.series(name)

    def norms(self, series: str = "grad_norm") -> Array:
        """A series of all layers `(n, L)`, in the order of `layers`: grad_norm, clipped_norm or update_ratio.

        The update ratio of more than 65,536 params is recorded every few steps: `series("update_ratio.W1")`.
        """
        return np.column_stack([self.column(f"{series}.{layer}") for layer in self.layers])

    @property
    def loss(self) -> Array:
        """The loss at every recorded step, `(n,)`."""
        return self.column("loss")

    @property
    def row(self) -> Row:
        """The run's line in the summary table."""
        run = self.run
        trial, last, ends = run.trial, run.count - 1, first_over_last(run)
        return Row(
            self.name, run.label, run.seed, trial.optimizer.name, base_rate(trial.optimizer), trial.schedule.name,
            run.status, run.message, run.step, run.at(last, "loss"), ends[2] if ends else math.nan, judge(run).kind,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<{self.name}: {self.message or self.status}, loss {self.run.at(self.run.count - 1, 'loss'):.4g}>"


class Results(Sequence[Result]):
    """The runs of an experiment: by number, by name (`results["ReLU + He"]`), or by trial and seed."""

    def __init__(self, experiment: Experiment, runs: Sequence[Run], interrupted: bool = False) -> None:
        several = len(experiment.seeds) > 1
        self.experiment = experiment
        self.interrupted = interrupted
        self._items = [Result(run, f"{run.label} · {run.seed}" if several else run.label) for run in runs]

    @property
    def runs(self) -> list[Run]:
        return [item.run for item in self._items]

    @property
    def names(self) -> list[str]:
        return [item.name for item in self._items]

    @overload
    def __getitem__(self, key: int | str | tuple[str, int]) -> Result: ...
    @overload
    def __getitem__(self, key: slice) -> list[Result]: ...
    def __getitem__(self, key: int | str | tuple[str, int] | slice) -> Result | list[Result]:
        if isinstance(key, int | slice):
            return self._items[key]
        for item in self._items:
            if key in (item.name, (item.label, item.seed)):
                return item
        hint = did_you_mean(str(key), self.names)
        raise KeyError(tr("results: unknown run {name!r}; {hint}", name=key, hint=hint))

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Result]:
        return iter(self._items)

    @property
    def untuned(self) -> list[str]:
        """Trials of other optimizers whose learning rates were not tuned equally: at these their order says little."""
        e = self.experiment
        return untuned(e.trials, e.steps, e.tuned)

    def table(self) -> list[Row]:
        """The summary: one row a run."""
        return [item.row for item in self._items]

    def to_csv(self, path: str | Path) -> int:
        """Write all rows of all runs to one CSV file and return their number; raises `ExportError`."""
        from optlab.store.csv_table import write_csv

        return write_csv(path, self.runs)

    def __repr__(self) -> str:
        head = [("run", "status", "steps", "loss", "verdict")]
        body = [(r.name, r.status, str(r.steps), f"{r.loss:.4g}", r.verdict) for r in self.table()]
        widths = [max(map(len, column)) for column in zip(*head, *body, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in head + body]
        return "\n".join([self.experiment.title or "experiment", *lines, *(["lr not tuned"] if self.untuned else [])])
