"""Runs as one tidy CSV file: a row per recorded step, numbers that read back to the same float64."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from optlab.atomic import write_atomic
from optlab.engine.run import Run
from optlab.layout import Array

COUNTS = ("step", "evaluations")
FIRST = ("run", "trial", "seed", "step", "evaluations", "lr", "loss")
SERIES = ("grad_norm", "clipped_norm", "update_ratio")
CHUNK = 1 << 17
"""Numbers turned into text at once, so that a long history is never there twice: 3 MB of text."""

# What a spreadsheet takes for a formula, also behind spaces and in full-width signs; the quote makes it reversible.
_FORMULA = re.compile(r"(?:'|[\s\x00-\x20\u00a0\ufeff\u200b]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")


def harmless(text: str) -> str:
    """`text` as a cell that no spreadsheet computes: with a quote before it where it looks like a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def original(cell: str) -> str:
    """The text that `harmless` was given."""
    return cell[1:] if cell.startswith("'") else cell


def write_csv(path: Path | str, runs: Sequence[Run], names: Sequence[str] | None = None) -> int:
    """Write all recorded rows of `runs` to one file and return their number.

    `names` are those of the column `run`, by default the trial and the seed. Raises `ExportError`.
    """
    written = 0

    def write(target: Path) -> None:
        nonlocal written
        with target.open("wb") as file:
            written = _write(file, list(runs), unique_names(runs, names))

    write_atomic(path, write)
    return written


def unique_names(runs: Sequence[Run], names: Sequence[str] | None = None) -> list[str]:
    """A name of its own for each run: `trial · seed`, with a number where that is taken."""
    wanted = [f"{run.label} · {run.seed}" for run in runs] if names is None else list(names)
    taken: set[str] = set()
    for k, name in enumerate(wanted):
        number, free = 2, name
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(free)
        wanted[k] = free
    return wanted


def header(runs: Sequence[Run]) -> list[str]:
    """The columns of the file: the union over the runs, in their order."""
    columns = dict.fromkeys(FIRST)
    for run in runs:
        columns |= dict.fromkeys(run.scheduled)
    for run in runs:
        columns |= dict.fromkeys(run.tracks)
    for series in SERIES:
        for run in runs:
            norms = (f"{series}.{layer}" for layer in run.layers)
            columns |= dict.fromkeys(name for name in norms if name in run.history.index)
    for run in runs:
        columns |= dict.fromkeys(run.watched.columns if run.watched is not None else ())
    return list(columns)


def _write(file: IO[bytes], runs: list[Run], names: list[str]) -> int:
    import polars as pl

    columns, total = header(runs), 0
    schema = {harmless(name): pl.String for name in columns}
    file.write(csv_text(pl.DataFrame(schema=schema), include_header=True))
    for run, name in zip(runs, names, strict=True):
        size = max(1, CHUNK // len(columns))
        count = run.count  # a run that goes on may grow meanwhile
        for start in range(0, count, size):
            rows = run.rows(start, min(start + size, count))
            file.write(csv_text(_frame(run, name, columns, rows)))
            total += len(rows)
    return total


def _frame(run: Run, name: str, columns: list[str], rows: Array) -> Any:
    """The data frame of `rows (n, C)`; null where the run has no such column, or no step followed."""
    import polars as pl

    index, n = run.history.index, len(rows)
    texts = {"run": harmless(name), "trial": harmless(run.label)}
    last_look = np.isnan(rows[:, index["lr"]])
    series = []
    for column in columns:
        if column in texts:
            series.append(pl.repeat(texts[column], n, dtype=pl.String, eager=True))
        elif column == "seed":
            series.append(pl.repeat(run.seed, n, dtype=pl.Int64, eager=True))
        elif column not in index:
            series.append(_beside(run, column, rows[:, index["step"]]))
        elif column in COUNTS:
            series.append(pl.Series(rows[:, index[column]].astype(np.int64)))
        else:
            values = rows[:, index[column]]
            follows_step = column == "lr" or column in run.scheduled or column.startswith("update_ratio.")
            series.append(_blanked(pl.Series(values), last_look & np.isnan(values) & follows_step))
    return pl.DataFrame([s.alias(harmless(name)) for s, name in zip(series, columns, strict=True)])


def _beside(run: Run, column: str, steps: Array) -> Any:
    """What is recorded every few steps, in the rows `steps (n,)` of those steps; null in all others."""
    import polars as pl

    at, found = run.series(column)
    place = np.searchsorted(at, steps)
    there = place < len(at)
    there[there] = at[place[there]] == steps[there]
    values = np.zeros(len(steps))
    values[there] = found[place[there]]
    return pl.Series(values).set(pl.Series(~there), None)


def _blanked(series: Any, where: Array) -> Any:
    """Rates and update are blank where no step followed; elsewhere nan was measured and is written."""
    import polars as pl

    return series.set(pl.Series(where), None) if where.any() else series


def csv_text(frame: Any, include_header: bool = False) -> bytes:
    """A data frame as CSV: RFC 4180, numbers that read back to the same float64."""
    buffer = io.BytesIO()  # polars would write to a file by itself, past Python's errors
    frame.write_csv(buffer, include_header=include_header, line_terminator="\r\n")
    return buffer.getvalue()
