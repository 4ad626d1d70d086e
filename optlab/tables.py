"""Tables: CSV files of a user's own, read with the line and column of every fault, and the arrays that are shipped."""

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.layout import Array
from optlab.paths import bundled

LARGEST = 64 * 1024 * 1024
"""Bytes."""
WIDEST = 256
"""Columns."""


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A header and the cells below it, each row with its line number."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def numbers(self, column: int) -> Array:
        """A column as numbers `(N,)`; raises `FieldError` that names line and column of one that is none."""
        values = np.empty(len(self.rows))
        for place, (line, row) in enumerate(self.rows):
            try:
                values[place] = float(row[column])
            except ValueError:
                values[place] = np.nan
            if not np.isfinite(values[place]):
                text = tr("{file}, line {line}, column {column}: expected a number, got {that!r}")
                words = {"file": self.name, "line": line, "column": self.header[column], "that": row[column][:40]}
                raise FieldError(text.format(**words))
        return values

    def classes(self, column: int, where: str) -> Array:
        """A column's different texts as class numbers `(N,)`; raises `FieldError` where they are not 2 to 100."""
        numbers = {text: k for k, text in enumerate(sorted({*self.texts(column)}))}
        if not 2 <= len(numbers) <= 100:
            words = {"where": where, "column": self.header[column], "n": len(numbers)}
            raise FieldError(tr("{where}: expected 2 to 100 classes in {column}, got {n}", **words))
        return np.array([numbers[text] for text in self.texts(column)])

    def find(self, name: str, where: str) -> int:
        """The number of the column called `name`; raises `FieldError` with the names that there are."""
        if name not in self.header:
            words = {"where": where, "name": name, "file": self.name, "names": ", ".join(self.header)}
            raise FieldError(tr("{where}: no column {name!r} in {file}; it has {names}", **words))
        return self.header.index(name)

    def texts(self, column: int) -> list[str]:
        """A column as it stands in the file."""
        return [row[column] for _, row in self.rows]


def standardised(x: Array) -> Array:
    """Each column of `x (N, k)` with mean 0 and spread 1, cut where it is ten spreads away."""
    spread = x.std(axis=0)
    return np.asarray(np.clip((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0), -9.9, 9.9))


@cache
def read_arrays(name: str) -> dict[str, Array]:
    """The arrays of the shipped `assets/data/<name>.npz` by name, read once and not to be written."""
    with np.load(bundled("assets") / "data" / f"{name}.npz", allow_pickle=False) as file:
        arrays: dict[str, Array] = dict(file)
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


@cache
def read_characters(name: str) -> Array:
    """The characters of the shipped text `assets/data/<name>.txt` as numbers `(N,)`, in the order of their codes."""
    text = (bundled("assets") / "data" / f"{name}.txt").read_text("utf-8")
    numbers: Array = np.unique(list(text), return_inverse=True)[1]
    numbers.flags.writeable = False
    return numbers


def read_table(path: Path) -> CsvTable:
    """The table of a CSV file in UTF-8; raises `FieldError` that says what is wrong with it and where."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FieldError(unreadable(path, error)) from None


def unreadable(path: Path, error: Exception) -> str:
    """Why a table cannot be read, in a sentence; that of a `FieldError` is its own."""
    if isinstance(error, FieldError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return tr("{file}: expected a CSV file, got a path where there is none", file=path.name)
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return tr("{file}: expected a CSV file, got a folder", file=path.name)
    if isinstance(error, UnicodeDecodeError):
        return tr("{file}: expected UTF-8 text; save the file as UTF-8", file=path.name)
    why = getattr(error, "strerror", None) or str(error)
    return tr("{file} cannot be read as CSV in UTF-8: {why}", file=path.name, why=why)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> CsvTable:
    if path.stat().st_size > LARGEST:
        raise FieldError(tr("{file}: expected at most 64 MiB, got more", file=path.name))
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        header = tuple(cell.strip() for cell in next(reader, []))
        rows = tuple((reader.line_num, tuple(row)) for row in reader if row)
    if not 2 <= len(header) <= WIDEST or len(rows) < 2:
        text = tr("{file}: expected a header of 2 to {n} columns and 2 rows or more", file=path.name, n=WIDEST)
        raise FieldError(text)
    for line, row in rows:
        if len(row) != len(header):
            text = tr("{file}, line {line}: expected {n} cells, got {m}")
            raise FieldError(text.format(file=path.name, line=line, n=len(header), m=len(row)))
    return CsvTable(path.name, header, rows)
