"""A table of factors from a CSV file."""

import csv
import re
from functools import lru_cache
from pathlib import Path as File

import numpy as np

from optlab.api import Array, FieldError, Schedule, along, choice, hookimpl, path, tr, unreadable


class Table(Schedule):
    """Follow the values of a CSV file: times in its first column, factors in its second.

        factor(t) = v_k + (v_(k+1) − v_k) (t − t_k) / (t_(k+1) − t_k)    linear; level: v_k; cosine: half a cosine
        v ← v / v₀,  v ← v / max v                       relative to the first, the largest: for columns of rates

    A line of names may come first; level before the first time and after the last one; without a file the factor is 1.

    Source: Shafranovich, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", RFC 4180, 2005.
    """

    name, title = "table", "table from CSV"
    file: str = path("", doc="a CSV file of times and values")
    between: str = choice("linear", "linear", "level", "cosine", doc="how it goes from value to value")
    relative: str = choice("lr", "lr", "first", "largest", label="relative to", doc="what a value of 1 stands for")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._columns()

    def _columns(self) -> Array:
        try:
            return read(self.file, File(self.file).stat().st_mtime_ns) if self.file else np.array([[0.0], [1.0]])
        except (OSError, ValueError, csv.Error) as error:
            raise FieldError(f"Table.file: {unreadable(File(self.file), error)}") from None

    @property
    def span(self) -> float:
        return float(self._columns()[0, -1])

    def factor(self, t: Array, steps: int) -> Array:
        times, values = self._columns()
        values = values / ({"lr": 1.0, "first": values[0], "largest": values.max()}[self.relative] or 1.0)
        if self.between == "level" or len(times) == 1:
            return np.asarray(values[np.maximum(np.searchsorted(times, t, side="right") - 1, 0)])
        return along(t, times, values, self.between)


@lru_cache(8)
def read(file: str, changed: int) -> Array:
    """Times and values `(2, N)` of a file; raises `FieldError` that names line and column."""
    name, where = File(file).name, tr("{file}, line {line}, column {column}: expected {this}, got {that}")
    if File(file).stat().st_size > 16_000_000:
        raise FieldError(tr("{file}: expected at most {n} MB, got more", file=name, n=16))
    lines = File(file).read_text("utf-8-sig").splitlines()
    rows = list(enumerate(csv.reader(lines, delimiter=next((s for s in "\t;" if s in "".join(lines[:1])), ",")), 1))
    names, found = all(np.isnan(_number(cell)) for _, row in rows[:1] for cell in row[:2]), [[-1.0, 1.0]]
    for line, row in filter(lambda pair: any(pair[1]), rows[names:]):
        for column, cell in enumerate([*row, ""][:2], 1):
            if not 0 <= _number(cell) < np.inf:
                this, that = tr("a number ≥ 0"), repr(cell[:40])
                raise FieldError(where.format(file=name, line=line, column=column, this=this, that=that))
        found.append([_number(cell) for cell in row[:2]])
        if found[-1][0] <= found[-2][0]:
            this, that = tr("a time after {t}", t=f"{found[-2][0]:g}"), f"{found[-1][0]:g}"
            raise FieldError(where.format(file=name, line=line, column=1, this=this, that=that))
    if len(found) == 1:
        raise FieldError(tr("{file}: expected lines of a time and a value, got none", file=name))
    return np.array(found[1:]).T


def _number(cell: str) -> float:
    return float(cell) if re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", cell) else np.nan


@hookimpl
def register_schedules() -> list[type]:
    return [Table]
