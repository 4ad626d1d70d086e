"""What came of the runs: as a table for people, as JSON for programs."""

import dataclasses
import json
import math
from typing import Any

from rich.table import Table

from optlab.cli.tables import table
from optlab.cli.terminal import one_line
from optlab.engine.evidence import stations
from optlab.engine.verdict import badges
from optlab.i18n import tr
from optlab.lab import Result, Results

BAD = ("diverged", "failed")
COMMON = (1, 2, 3)
"""Columns that may be said once for all runs: seed, optimizer, schedule."""
RIGHT = (1, 5, 6, 7)


def summary(results: Results, narrow: bool = False) -> list[str | Table]:
    """The table of the runs, and a sentence for each that did not end as asked.

    Where it is `narrow`, what all runs have in common stands in a line above the table.
    """
    head = [
        tr("trial"), tr("seed"), tr("optimizer · lr"), tr("schedule"), tr("status"), tr("steps"), tr("loss"),
        *_ratio_head(results),
    ]  # fmt: skip
    cells = [_cells(item)[: len(head)] for item in results]
    common = [k for k in COMMON if narrow and len({row[k] for row in cells}) == 1]
    kept = [k for k in range(len(head)) if k not in common]
    shown = [[row[k] for k in kept] for row in cells]
    lines = [
        tr(results.experiment.title),
        ", ".join(tr("seed {n}", n=cells[0][k]) if k == 1 else cells[0][k] for k in common),
    ]
    right = [place for place, k in enumerate(kept) if k in RIGHT]
    parts: list[str | Table] = [one_line(line) for line in lines if line]
    parts.append(table("", [head[k] for k in kept], shown, right))
    rows = results.table()
    parts += [remark(results)] if results.untuned else []
    return parts + [f"{one_line(row.name)}: {one_line(row.message)}" for row in rows if row.status != "done"]


def remark(results: Results) -> str:
    """What a comparison of several optimizers lacks."""
    labels = results.untuned
    if len(labels) == len(results.experiment.trials):
        return tr(
            "lr not tuned: the order of these optimizers depends on their rates; `optlab tune` finds them equally"
        )
    return tr("lr not tuned: {labels}; `optlab tune` finds the rates equally", labels=", ".join(map(one_line, labels)))


def as_json(results: Results) -> str:
    """Strict JSON: numbers that are not finite are null, and the status says why."""
    runs = []
    for item in results:
        values = {key: finite(value) for key, value in dataclasses.asdict(item.row).items()}
        runs.append({**values, "details": item.run.details})
    whole = {"experiment": results.experiment.title, "interrupted": results.interrupted}
    whole |= {"untuned": results.untuned, "runs": runs}
    return json.dumps(whole, indent=2, allow_nan=False)


def finite(value: Any) -> Any:
    """The value, None in place of a number that is not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cells(item: Result) -> list[str]:
    row, trial = item.row, item.run.trial
    words = {**badges(), "healthy": tr("healthy")}
    statuses = {
        "done": tr("done"),
        "stopped": tr("stopped"),
        "diverged": tr("diverged"),
        "failed": tr("failed"),
    }
    lr = "" if math.isnan(row.lr) else f" · {row.lr:g}"
    ratio = "" if math.isnan(row.ratio) else f"{row.ratio:.1e}"
    return [
        row.trial, str(row.seed), f"{trial.optimizer.heading()}{lr}", trial.schedule.heading(),
        statuses.get(row.status, row.status), str(row.steps), f"{row.loss:.4g}", ratio, words.get(row.verdict, ""),
    ]  # fmt: skip


def _ratio_head(results: Results) -> list[str]:
    """`W1/W13`: layers or time steps that are compared, by name where all have the same; nothing where none has two."""
    passed = [stations(item.run) for item in results]
    ends = {f"{names[0]}/{names[-1]}" for names in passed if len(names) > 1}
    if not ends:
        return []
    return [ends.pop() if len(ends) == 1 else tr("first/last layer"), tr("gradient")]
