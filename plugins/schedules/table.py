"""A table of factors from a CSV file."""

import csv
import re
from functools import lru_cache
from pathlib import Path as File

import numpy as np

from optlab.api import Array, FieldError, Schedule, along, choice, hookimpl, path


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
            words = f"{File(self.file).name}: {getattr(error, 'strerror', '') or error}"
            raise FieldError(f"{type(self).__name__}.file: {words}") from None

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
    """Times and values `(2, N)` of a file; raises `ValueError` that names line and column."""
    if not File(file).is_file() or File(file).stat().st_size > 16_000_000:
        raise ValueError("expected a file of at most 16 MB")
    lines = File(file).read_text("utf-8-sig").splitlines()
    comma = next((sign for sign in "\t;" if lines and sign in lines[0]), ",")
    rows = list(enumerate(csv.reader(lines, delimiter=comma), 1))
    names, found = all(np.isnan(number(cell)) for _, row in rows[:1] for cell in row[:2]), [[-1.0, 1.0]]
    for line, row in filter(lambda pair: any(pair[1]), rows[names:]):
        for column, cell in enumerate([*row, ""][:2], 1):
            if not 0 <= number(cell) < np.inf:
                raise ValueError(f"line {line}, column {column}: expected a number ≥ 0, got {cell[:40]!r}")
        found.append([number(cell) for cell in row[:2]])
        if found[-1][0] <= found[-2][0]:
            raise ValueError(f"line {line}, column 1: expected a time after {found[-2][0]:g}, got {found[-1][0]:g}")
    if len(found) == 1:
        raise ValueError("expected lines of a time and a value, got none")
    return np.array(found[1:]).T


def number(cell: str) -> float:
    """The number in a cell; nan where there is none."""
    return float(cell) if re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", cell) else np.nan


@hookimpl
def register_schedules() -> list[type]:
    return [Table]
