"""Tune equally: the same learning rates and the same seeds for every trial, and what comes of each at its best."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optlab.engine.batch import Batch
from optlab.engine.headless import compute
from optlab.engine.planning import plan
from optlab.engine.run import Run
from optlab.engine.session import check, forecast
from optlab.engine.spec import Experiment, Grid, Trial, Tuned
from optlab.engine.tuned import rate_field, with_rate
from optlab.fields import FieldError, Real
from optlab.i18n import tr
from optlab.layout import Array

TAIL = 0.1
"""Share of a run at its end over which its loss is averaged: that of one mini-batch is luck."""

ROWS = 1000
"""Rows recorded of a run at the most; the judgement needs no more, and 500 runs then fit into memory."""

SEEDS = (0, 1, 2, 3, 4)
"""Seeds of an experiment that has but one: no rate is better for one start alone."""

Tell = Callable[[float], None]
"""Hears the share that is done; may raise to end it."""


def seeds_of(experiment: Experiment) -> tuple[int, ...]:
    """Those of the experiment, where it has several; else five."""
    return experiment.seeds if len(experiment.seeds) > 1 else SEEDS


def rates_of(trial: Trial, grid: Grid) -> tuple[float, ...]:
    """The rates of the grid that the trial's optimizer takes; none where it has no learning rate."""
    declared = rate_field(trial.optimizer)
    lo, hi = (declared.lo, declared.hi) if isinstance(declared, Real) else (-math.inf, math.inf)
    return () if declared is None else tuple(rate for rate in grid.rates if lo <= rate <= hi)


def candidates(experiment: Experiment, trial: Trial, grid: Grid, seeds: Sequence[int]) -> Experiment:
    """The experiment in which a trial runs at every rate of the grid: numbers that differ alone share a batch."""
    optimizers = [with_rate(trial.optimizer, lr) for lr in rates_of(trial, grid)] or [trial.optimizer]
    trials = tuple(replace(trial, label=str(k), optimizer=each) for k, each in enumerate(optimizers))
    record = max(experiment.record, -(-experiment.steps // ROWS))
    return replace(experiment, trials=trials, seeds=tuple(seeds), record=record, series=(), lesson=None, tuned=None)


def ready(experiment: Experiment, grid: Grid) -> None:
    """Raise `FieldError` where the experiment cannot be tuned."""
    if not experiment.steps:
        raise FieldError(tr("tune: expected an experiment with an end; set steps"))
    for trial in experiment.trials:
        if rate_field(trial.optimizer) is not None and not rates_of(trial, grid):
            raise FieldError(tr("tune: no rate of the grid {lo:g} … {hi:g} is one that {label} takes; widen the grid",
                                lo=grid.lo, hi=grid.hi, label=trial.label))  # fmt: skip
    check(experiment)


@dataclass(frozen=True)
class Cost:
    """What tuning takes: runs, steps of all of them, and bytes of the largest batch."""

    runs: int
    steps: int
    size: int


def cost(experiment: Experiment, grid: Grid, seeds: Sequence[int]) -> Cost:
    """The forecast; only one trial's runs are held at a time."""
    each = [candidates(experiment, trial, grid, seeds) for trial in experiment.trials]
    runs = sum(len(e.trials) for e in each) * len(seeds)
    return Cost(runs, runs * experiment.steps, max(map(forecast, each)))


def final_loss(run: Run) -> float:
    """The mean loss over the last tenth of a run; inf where it did not come to its end."""
    if run.status != "done":
        return math.inf
    losses = run.column("loss")
    return float(losses[-max(1, round(TAIL * len(losses))) :].mean())


@dataclass(frozen=True, eq=False)
class Score:
    """A trial at every rate of the grid, from every seed.

    `losses`, `evaluations` `(G, S)`: by rate and seed; a run that did not come to its end has the loss inf. `rates`
    has one nan where the optimizer has no learning rate.
    """

    trial: Trial
    grid: Grid
    rates: tuple[float, ...]
    losses: Array
    evaluations: Array
    fault: str = ""
    """Why runs failed, where some did."""

    @cached_property
    def medians(self) -> Array:
        """The median loss over the seeds at each rate, `(G,)`."""
        return np.asarray(np.median(self.losses, axis=1))

    @property
    def best(self) -> int | None:
        """The number of the best rate, the middle one of several that are equal; None where none came to its end."""
        least = self.medians.min()
        return (
            None
            if math.isinf(least)
            else int(np.flatnonzero(self.medians == least)[(self.medians == least).sum() // 2])
        )

    @property
    def lr(self) -> float:
        """The best rate; nan where there is none."""
        return math.nan if self.best is None else self.rates[self.best]

    @property
    def at_best(self) -> Array:
        """The losses of the seeds at the best rate `(S,)`, inf where there is none."""
        return self.losses[self.best or 0] if self.best is not None else np.full(self.losses.shape[1], np.inf)

    @property
    def loss(self) -> float:
        """The median loss at the best rate."""
        return float(np.median(self.at_best))

    @property
    def warning(self) -> str:
        """A sentence where the best rate may lie beyond those that were tried; else an empty text."""
        label, grid, lr = self.trial.label, self.grid, self.lr
        if self.fault:
            return tr("{label}: runs failed: {why}", label=label, why=self.fault)
        if self.best is None:
            return tr("{label}: no rate of {lo:g} … {hi:g} came to its end", label=label, lo=grid.lo, hi=grid.hi)
        if len(self.rates) < 2 or 0 < self.best < len(self.rates) - 1:
            return ""
        if lr in (grid.rates[0], grid.rates[-1]):
            text = tr("the best lr of {label}, {lr:g}, lies at the edge of the grid {lo:g} … {hi:g}: widen the grid")
        else:
            text = tr("the best lr of {label}, {lr:g}, lies at the edge of what this optimizer takes of the grid")
        return text.format(label=label, lr=lr, lo=grid.lo, hi=grid.hi)


@dataclass(frozen=True, eq=False)
class Place:
    """Where a trial comes in the order: its rank by the median, and its best and worst rank from a single seed."""

    rank: int
    first: int
    last: int
    score: Score


@dataclass(frozen=True, eq=False)
class Tuning:
    """What came of all trials of an experiment."""

    experiment: Experiment
    grid: Grid
    seeds: tuple[int, ...]
    scores: tuple[Score, ...]

    @cached_property
    def places(self) -> list[Place]:
        """The trials from the best to the worst; equal losses share a rank, and the next one is left out."""
        by_median = _ranks(np.array([[score.loss] for score in self.scores]))[:, 0]
        by_seed = _ranks(np.array([score.at_best for score in self.scores]))
        made = [Place(int(rank), int(ranks.min()), int(ranks.max()), score)
                for rank, ranks, score in zip(by_median, by_seed, self.scores, strict=True)]  # fmt: skip
        return sorted(made, key=lambda place: place.rank)

    @property
    def warnings(self) -> list[str]:
        """A sentence for each trial whose best rate is not surely found."""
        return [place.score.warning for place in self.places if place.score.warning]

    def tuned(self) -> Experiment:
        """The experiment with each trial at its best rate, where it has one; it says that they were tuned."""
        trials = [
            trial if math.isnan(score.lr) else replace(trial, optimizer=with_rate(trial.optimizer, score.lr))
            for trial, score in zip(self.experiment.trials, self.scores, strict=True)
        ]
        found = tuple(trial for trial, score in zip(trials, self.scores, strict=True) if score.best is not None)
        said = Tuned(self.grid, self.seeds, self.experiment.steps, found)
        return replace(self.experiment, trials=tuple(trials), tuned=said)

    def columns(self) -> dict[str, list[Any]]:
        """Every run as a row: rank, trial, optimizer, lr, best, seed, loss, evaluations; what is not known is None."""
        rows: list[tuple[Any, ...]] = []
        for place in self.places:
            score = place.score
            head = place.rank, score.trial.label, score.trial.optimizer.name
            for g, lr in enumerate(score.rates):
                for s, seed in enumerate(self.seeds):
                    loss, count = float(score.losses[g, s]), int(score.evaluations[g, s])
                    beside = _known(lr), int(g == score.best), seed, _known(loss), count
                    rows.append((*head, *beside))
        names = ("rank", "trial", "optimizer", "lr", "best", "seed", "loss", "evaluations")
        return {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _ranks(losses: Array) -> Array:
    """The rank of each row in each column, from 1: one more than the number of those that are smaller."""
    return np.asarray(1 + (losses[None] < losses[:, None]).sum(axis=1))


Plan = Callable[[Experiment], list[Batch]]


def tune(
    experiment: Experiment, grid: Grid, seeds: Sequence[int], tell: Tell = lambda share: None, plan: Plan = plan
) -> Tuning:
    """Run every trial at every rate of the grid from every seed, a batch for each trial, in the calling thread.

    Raises `FieldError` where the experiment cannot be tuned, `KeyboardInterrupt` after Ctrl-C, and what `tell` raises.
    """
    ready(experiment, grid)
    scores: list[Score] = []
    whole = cost(experiment, grid, seeds).steps
    before = 0
    for trial in experiment.trials:
        each = candidates(experiment, trial, grid, seeds)
        batches = plan(each)
        if not compute(batches, lambda done, _: tell((before + done) / whole)):  # noqa: B023 - called at once
            raise KeyboardInterrupt
        scores.append(_score(trial, grid, each, batches))
        before += len(each.trials) * len(seeds) * experiment.steps
    return Tuning(experiment, grid, tuple(seeds), tuple(scores))


def _score(trial: Trial, grid: Grid, each: Experiment, batches: Sequence[Batch]) -> Score:
    runs = {(run.label, run.seed): run for batch in batches for run in batch.runs}
    table = [[runs[candidate.label, seed] for seed in each.seeds] for candidate in each.trials]
    losses = np.array([[final_loss(run) for run in row] for row in table])
    counts = np.array([[run.at(run.count - 1, "evaluations") for run in row] for row in table])
    fault = next((run.message for row in table for run in row if run.status == "failed"), "")
    return Score(trial, grid, rates_of(trial, grid) or (math.nan,), losses, np.nan_to_num(counts), fault)
