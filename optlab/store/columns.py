"""Columns of texts and numbers as a CSV file: what a plot shows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from optlab.atomic import write_atomic
from optlab.store.csv_table import csv_text, harmless

EXACT = 2.0**53
"""Below it every whole number is a float64 of its own."""


def write_columns(path: Path | str, columns: Mapping[str, Sequence[Any]]) -> int:
    """Write `columns`, all of one length, and return the number of rows; None and nan are left blank.

    Raises `ExportError`.
    """
    import polars as pl

    frame = pl.DataFrame([_series(values).alias(harmless(name)) for name, values in columns.items()])
    write_atomic(path, csv_text(frame, include_header=True))
    return len(frame)


def _series(values: Sequence[Any]) -> Any:
    """Texts that no spreadsheet computes, or numbers; whole ones, such as steps, without a point."""
    import polars as pl

    if any(isinstance(value, str) for value in values):
        return pl.Series([None if value is None else harmless(str(value)) for value in values], dtype=pl.String)
    numbers = np.array([np.nan if value is None else value for value in values], float)
    known = numbers[~np.isnan(numbers)]
    series = pl.Series(numbers).set(pl.Series(np.isnan(numbers)), None)
    whole = bool((np.abs(known) < EXACT).all()) and bool((known == np.round(known)).all())
    return series.cast(pl.Int64) if whole else series
