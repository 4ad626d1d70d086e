"""What a plot shows, as columns of a table: parts one below the other."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from optlab.gui.plots.ranges import Span

Columns = dict[str, list[Any]]
"""Texts or numbers by the names of their columns, all of one length; None where there is nothing."""


def stacked(parts: Iterable[Mapping[str, Any]]) -> Columns:
    """Parts one below the other, each of arrays `(n,)` and of values that stand in all its n rows.

    The columns are the union over the parts, blank where a part has no such column.
    """
    columns: Columns = {}
    rows = 0
    for part in parts:
        count = max((len(value) for value in part.values() if isinstance(value, np.ndarray)), default=1)
        for name, value in part.items():
            column = columns.setdefault(name, [])
            column += [None] * (rows - len(column))
            column += value.tolist() if isinstance(value, np.ndarray) else [value] * count
        rows += count
    return {name: column + [None] * (rows - len(column)) for name, column in columns.items()}


def within(part: Mapping[str, Any], name: str, span: Span) -> dict[str, Any]:
    """The rows of a part whose `name` lies in `span`: what is looked at."""
    at = np.asarray(part[name])
    seen = (at >= span[0]) & (at <= span[1])
    return {key: np.asarray(value)[seen] if isinstance(value, np.ndarray) else value for key, value in part.items()}
