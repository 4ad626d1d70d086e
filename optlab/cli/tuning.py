"""`optlab tune`: every trial at the same learning rates, a table of ranks, and the experiment with the best rates."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from optlab import lab
from optlab.atomic import check_target, write_atomic
from optlab.cli.running import load_experiment, load_host, progress_bar
from optlab.cli.summary import finite
from optlab.cli.tables import show, table
from optlab.cli.terminal import complain, one_line, plugins_print_to_stderr, report, say
from optlab.engine.experiment_file import dump_experiment
from optlab.engine.spec import Grid
from optlab.engine.tuning import Place, Tuning, cost, seeds_of
from optlab.host import Host
from optlab.i18n import tr


@dataclass
class TuneOrder:
    """What `optlab tune` is asked for."""

    experiment: str
    sets: Sequence[str]
    grid: tuple[float, float, int]
    csv: Path | None = None
    save: Path | None = None
    json: bool = False
    plugins: Sequence[Path] = field(default_factory=list)
    safe_mode: bool = False


def tune(order: TuneOrder) -> int:
    """Tune, write the files, print the ranks; the exit code is 1 where runs of a trial failed, else 0."""
    for path in (order.csv, order.save):
        if path is not None:  # before the runs: their time would be lost
            check_target(path)
    host = load_host(order.plugins, order.safe_mode)
    tuning = _compute(order, host)
    if order.json:
        say(as_json(tuning))
    else:
        show(*ranks(tuning))
        for words in tuning.warnings:
            complain(tr("note: {words}", words=words))
    if order.csv is not None:
        from optlab.store.columns import write_columns  # polars: only when exporting

        write_columns(order.csv, tuning.columns())
        report(tr("wrote {path}", path=order.csv))
    if order.save is not None:
        write_atomic(order.save, dump_experiment(tuning.tuned(), host.catalogue).encode())
        report(tr("wrote {path}", path=order.save))
    return 1 if any(score.fault for score in tuning.scores) else 0


def _compute(order: TuneOrder, host: Host) -> Tuning:
    experiment = load_experiment(order.experiment, order.sets, host)
    given = any(each.startswith("seeds=") for each in order.sets)
    seeds = experiment.seeds if given else seeds_of(experiment)
    host.workers.echo = True
    total = cost(experiment, Grid(*order.grid), seeds).steps
    with plugins_print_to_stderr(), progress_bar(experiment.title, total or None) as advance:
        return lab.tune(experiment, order.grid, seeds, lambda share: advance(round(share * total)), host=host)


def ranks(tuning: Tuning) -> list[str | Table]:
    """The table of ranks, and what was compared."""
    head = [tr("rank"), tr("of single seeds"), tr("trial"), tr("optimizer"), tr("best lr"), tr("loss, median"),
            tr("lowest … highest"), tr("evaluations")]  # fmt: skip
    grid, experiment = tuning.grid, tuning.experiment
    about = tr("{points} rates from {lo:g} to {hi:g}, {n} seeds, {steps} steps; loss: mean of the last tenth of a run",
               points=len(grid.rates), lo=grid.lo, hi=grid.hi, n=len(tuning.seeds),
               steps=experiment.steps)  # fmt: skip
    rows = [_cells(place) for place in tuning.places]
    title = one_line(tr(experiment.title))
    return [*([title] if title else []), about, table("", head, rows, (0, 1, 4, 5, 7))]


def _cells(place: Place) -> list[str]:
    score = place.score
    lr = "" if math.isnan(score.lr) else f"{score.lr:g}"
    between = str(place.first) if place.first == place.last else f"{place.first}–{place.last}"
    low, high = score.at_best.min(), score.at_best.max()
    return [str(place.rank), between, score.trial.label, score.trial.optimizer.heading(), lr, f"{score.loss:.4g}",
            f"{low:.3g} … {high:.3g}", str(int(score.evaluations.sum()))]  # fmt: skip


def as_json(tuning: Tuning) -> str:
    """Strict JSON: a loss that is not finite, and a rate that there is not, are null."""
    grid = tuning.grid
    places = [_plain(place) for place in tuning.places]
    whole = {
        "experiment": tuning.experiment.title, "grid": list(grid.rates), "seeds": list(tuning.seeds),
        "steps": tuning.experiment.steps, "trials": places,
    }  # fmt: skip
    return json.dumps(whole, indent=2, allow_nan=False)


def _plain(place: Place) -> dict[str, Any]:
    score = place.score
    return {
        "rank": place.rank, "first": place.first, "last": place.last, "trial": score.trial.label,
        "optimizer": score.trial.optimizer.name, "lr": finite(score.lr), "loss": finite(score.loss),
        "losses": [finite(float(value)) for value in score.at_best],
        "medians": [finite(float(value)) for value in score.medians],
        "evaluations": int(score.evaluations.sum()), "warning": score.warning,
    }  # fmt: skip
