"""A run as a row of text: what the table says of it, column by column."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optlab.gui.numerals import compact
from optlab.i18n import tr

RUN = 1  # the column of the name: the only one that is edited


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """What the table shows of one run; the window makes one for every run and frame."""

    key: str
    colour: str  # #rrggbb
    dash: tuple[float, ...] = ()  # in pen widths
    visible: bool = True
    label: str
    badge: str = ""  # "▼ vanishing"
    problem: str = ""
    optimizer: str = ""
    schedule: str = ""
    status: str = "queued"
    sentence: str = ""  # of the status
    progress: float = 0.0  # 0 … 1
    time_left: float | None = None  # s
    loss: float | None = None
    ratio_text: str = ""
    pinned: bool = False
    outdated: bool = False  # its code has changed since

    @property
    def share(self) -> float:
        """The progress within its bounds."""
        return min(self.progress, 1.0) if self.progress > 0 else 0.0


@dataclass(frozen=True)
class Column:
    """A column: its title, its share of the width, its least width in digits, its text and its order."""

    id: str
    title: str
    weight: float
    least: int
    text: Callable[[RunRow], str]
    order: Callable[[RunRow], Any]


def status_text(status: str) -> str:
    """A status in the language in force."""
    texts = {
        "queued": tr("queued"),
        "running": tr("running"),
        "paused": tr("paused"),
        "done": tr("done"),
        "stopped": tr("stopped"),
        "diverged": tr("diverged"),
        "failed": tr("failed"),
    }
    return texts.get(status, status)


def time_left_text(seconds: float | None) -> str:
    """`0:07 left`, or nothing where nobody knows."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    minutes, rest = divmod(math.ceil(seconds), 60)
    clock = f"{minutes}:{rest:02}" if minutes < 60 else tr("{n} h", n=f"{seconds / 3600:.1f}")
    return tr("{time} left", time=clock)


def columns() -> tuple[Column, ...]:
    """The columns from left to right."""
    return (
        Column("colour", "", 0.0, 8, _seen, lambda row: (not row.visible, row.colour)),
        Column("run", tr("run"), 2.3, 12, lambda row: row.label, lambda row: natural(row.label)),
        Column("problem", tr("problem"), 4.6, 7, lambda row: row.problem, lambda row: natural(row.problem)),
        Column("optimizer", tr("optimizer"), 3.1, 7, lambda row: row.optimizer, lambda row: natural(row.optimizer)),
        Column("schedule", tr("schedule"), 1.3, 6, lambda row: row.schedule, lambda row: natural(row.schedule)),
        Column("status", tr("status"), 0.3, 9, lambda row: status_text(row.status), lambda row: row.status),
        Column("progress", tr("progress"), 2.4, 8, _progress, lambda row: row.share),
        Column("loss", tr("loss"), 0.6, 8, lambda row: loss_text(row.loss), lambda row: _number(row.loss)),
        Column(
            "ratio", tr("first / last layer"), 0.6, 9, lambda row: row.ratio_text, lambda row: _number(row.ratio_text)
        ),
    )


def loss_text(loss: float | None) -> str:
    """Three digits are what can be compared at a glance."""
    if loss is None:
        return ""
    return compact(float(f"{loss:.3g}")) if math.isfinite(loss) else tr("not finite")


def natural(text: str) -> list[tuple[int, int, str]]:
    """Orders `seed 2` before `seed 10`, and letters without regard to their case."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _seen(row: RunRow) -> str:
    return tr("shown") if row.visible else tr("hidden")


def _progress(row: RunRow) -> str:
    percent = tr("{n} %", n=math.floor(100 * row.share))
    return "  ".join(filter(None, (percent, time_left_text(row.time_left))))


def _number(value: float | str | None) -> float:
    """What is no number comes last."""
    try:
        number = math.inf if value is None else float(value)
    except ValueError:
        return math.inf
    return math.inf if math.isnan(number) else number


def cell(column: Column, row: RunRow) -> tuple[Any, ...]:
    """Everything that a column paints or tells of a row."""
    more: dict[str, tuple[Any, ...]] = {
        "colour": (row.colour, row.dash),
        "run": (row.badge, row.pinned, row.outdated),
        "status": (row.sentence, row.status),
        "progress": (row.share, row.status),
    }
    return column.text(row), *more.get(column.id, ())


def tip(column: Column, row: RunRow) -> str:
    if column.id == "status":
        return "; ".join(filter(None, (row.sentence or status_text(row.status), _since(row))))
    if column.id == "colour":
        return tr("Click to hide this run") if row.visible else tr("Click to show this run")
    return spoken(column, row)


def _since(row: RunRow) -> str:
    return tr("its code has changed since") if row.outdated else ""


def spoken(column: Column, row: RunRow) -> str:
    """The text of a cell for those who do not see its colours and marks."""
    if column.id == "run":
        marks = (row.badge.lstrip("▼▲ "), tr("pinned") if row.pinned else "", _since(row))
        return ", ".join(filter(None, (row.label, *marks)))
    return f"{column.text(row)}: {row.sentence}" if column.id == "status" and row.sentence else column.text(row)
