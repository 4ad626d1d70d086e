"""Series by layer, recorded or measured: which of them a run has, and their values over steps and at the cursor."""

from functools import lru_cache

import numpy as np

from optlab.engine import faults
from optlab.engine.session import Entry
from optlab.engine.watch import known
from optlab.gui import draw
from optlab.gui.desk import Desk
from optlab.gui.plots.ranges import Span
from optlab.i18n import tr
from optlab.layout import Array
from optlab.problem import Problem

GRAD, CLIPPED, RATIO = "grad_norm", "clipped_norm", "update_ratio"
HIDDEN, PARAM, NOISE = "hidden_grad", "param_norm", "grad_noise"
MEASURED = (HIDDEN, PARAM, NOISE)
"""What is not recorded but measured, at snapshots of the run."""

FLOWS = (GRAD, CLIPPED, HIDDEN)
"""Gradients: those of neighbouring layers differ by a factor, the same one where all layers are alike."""


def titles() -> dict[str, str]:
    """The series by layer, as titles begin."""
    return {
        GRAD: tr("Gradient norm"), CLIPPED: tr("Gradient norm after clipping"), HIDDEN: tr("Norm of ∂L/∂h"),
        RATIO: tr("Update / weight"), PARAM: tr("Weight norm"), NOISE: tr("Gradient noise"),
    }  # fmt: skip


def axis_title(series: str) -> str:
    """What the axis of a series is called."""
    return {
        HIDDEN: tr("norm of ∂L/∂h"), RATIO: tr("norm of ΔW / norm of W"), PARAM: tr("norm of W"),
        NOISE: tr("spread of ∂L/∂W / its norm"),
    }.get(series, tr("norm of ∂L/∂W"))  # fmt: skip


@lru_cache(64)
def measurable(problem: Problem) -> dict[str, tuple[str, ...]]:
    """The series that can be measured of a problem, each with its layers; none where a plugin cannot say."""
    try:
        return {name: series.parts for name, series in known(problem).items()}
    except faults.RAISED:  # its run says what is wrong
        return {}


def offered(entry: Entry | None) -> list[str]:
    """The series that a run has; where there is none yet, those that every run has."""
    if entry is None:
        return [GRAD, RATIO]
    index, measured = entry.run.history.index, measurable(entry.run.trial.problem)
    watched = entry.run.watched.index if entry.run.watched is not None else {}
    recorded = [
        name
        for name in (GRAD, CLIPPED, RATIO)
        if any(f"{name}.{layer}" in (index if name != RATIO else index | watched) for layer in entry.run.layers)
    ]
    return [name for name in titles() if name in recorded or measured.get(name)] or [GRAD]


def through_time(entry: Entry | None) -> bool:
    """Whether the hidden layers are the time steps t1 … tT of a recurrent network."""
    parts = hidden_of(entry.run.trial.problem) if entry is not None else ()
    return bool(parts) and all(name[:1] == "t" and name[1:].isdigit() for name in parts)


def hidden_of(problem: object) -> tuple[str, ...]:
    """The hidden layers of a problem's network, or its time steps."""
    return measurable(problem).get(HIDDEN, ()) if isinstance(problem, Problem) else ()


def shown(desk: Desk) -> list[Entry]:
    """A visible run of each trial: the selected one, or the first of its seeds."""
    return [desk.selected if desk.selected in members else members[0] for members in draw.groups(desk)]


def names(entry: Entry, series: str, biases: bool = False) -> list[str]:
    """The layers of a series that plots show: the weights of a network, or all of them where there are no weights."""
    if series == HIDDEN:
        return list(hidden_of(entry.run.trial.problem))
    weights = [name for name in entry.run.layers if name.startswith("W")]
    return list(entry.run.layers) if biases or not weights else weights


def over_steps(desk: Desk, entry: Entry, series: str, layers: list[str], span: Span, most: int) -> tuple[Array, Array]:
    """Steps `(n,)` and values `(n, L)` within `span`, and a little beyond, in about `most` points."""
    if not _beside(entry, series):
        return draw.middle(desk, entry, [f"{series}.{name}" for name in layers], span, most)
    steps, values = _every_few(desk, entry, series, layers)
    first, last = np.searchsorted(steps, span[0], "left"), np.searchsorted(steps, span[1], "right")
    part = slice(max(int(first) - 1, 0), int(last) + 1, max(1, -(-int(last - first) // most)))
    return steps[part], values[part]


def at_cursor(desk: Desk, entry: Entry, series: str, layers: list[str]) -> tuple[int | None, Array]:
    """The step that is shown at the cursor, and the values `(L,)` there; None and NaN where there is nothing yet."""
    if _beside(entry, series):
        steps, values = _every_few(desk, entry, series, layers)
        row = len(steps) - 1 if desk.cursor is None else int(np.searchsorted(steps, desk.cursor, "right")) - 1
        return (int(steps[row]), values[row]) if row >= 0 else (None, np.full(len(layers), np.nan))
    row = desk.row(entry)
    if row < 0 or any(f"{series}.{name}" not in entry.run.history.index for name in layers):
        return None, np.full(len(layers), np.nan)
    places = [entry.run.layers.index(name) for name in layers]
    values = entry.run.norms(row, series)[places]
    if series == RATIO and row and np.isnan(values).all():  # no step followed the last row
        row, values = row - 1, entry.run.norms(row - 1, series)[places]
    return int(entry.run.at(row, "step")), values


def slope(values: Array) -> tuple[float, float] | None:
    """log₁₀ of the first layer and what every layer adds, of the straight line through log₁₀ `values (L,)`.

    None for fewer than three values that are not zero.
    """
    known = np.isfinite(values) & (values > 0)
    if known.sum() < 3:
        return None
    rise, start = np.polyfit(np.flatnonzero(known), np.log10(values[known]), 1)
    return float(start), float(rise)


def _beside(entry: Entry, series: str) -> bool:
    """Whether a series is there at some steps only: measured, or the update ratio of a large network."""
    large = series == RATIO and not any(f"{RATIO}.{name}" in entry.run.history.index for name in entry.run.layers)
    return large or series in MEASURED


def _every_few(desk: Desk, entry: Entry, series: str, layers: list[str]) -> tuple[Array, Array]:
    if series in MEASURED:
        return _measured(desk, entry, series, layers)
    found = [entry.run.series(f"{series}.{name}") for name in layers]
    n = min((len(steps) for steps, _ in found), default=0)
    if not n:
        return np.empty(0), np.empty((0, len(layers)))
    values = np.column_stack([values[:n] for _, values in found])
    n -= int(np.isnan(values[-1]).all())  # no step followed the last row
    return found[0][0][:n], values[:n]


def _measured(desk: Desk, entry: Entry, series: str, layers: list[str]) -> tuple[Array, Array]:
    parts = measurable(entry.run.trial.problem).get(series, ())
    if not parts or entry.run.status == "failed":
        return np.empty(0), np.empty((0, len(layers)))
    steps, values = desk.lookout.series(entry, series)
    if not len(steps):
        return steps, np.empty((0, len(layers)))
    return steps, values[:, [parts.index(name) for name in layers]]
