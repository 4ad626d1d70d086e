"""The runs table as data: one record a run, columns as records, and updates in place thirty times a second."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from optlab.gui.guard import guard
from optlab.gui.numerals import compact
from optlab.i18n import tr

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
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
        Column("run", tr("run"), 2.6, 12, lambda row: row.label, lambda row: natural(row.label)),
        Column("problem", tr("problem"), 3.8, 7, lambda row: row.problem, lambda row: natural(row.problem)),
        Column("optimizer", tr("optimizer"), 3.1, 7, lambda row: row.optimizer, lambda row: natural(row.optimizer)),
        Column("schedule", tr("schedule"), 1.3, 6, lambda row: row.schedule, lambda row: natural(row.schedule)),
        Column("status", tr("status"), 0.3, 9, lambda row: status_text(row.status), lambda row: row.status),
        Column("progress", tr("progress"), 2.6, 8, _progress, lambda row: row.progress),
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
    percent = tr("{n} %", n=math.floor(100 * min(max(row.progress, 0.0), 1.0)))
    return "  ".join(filter(None, (percent, time_left_text(row.time_left))))


def _number(value: float | str | None) -> float:
    """What is no number comes last."""
    try:
        number = math.inf if value is None else float(value)
    except ValueError:
        return math.inf
    return math.inf if math.isnan(number) else number


class RunModel(QAbstractTableModel):
    """Rows of `RunRow`. `set_rows` moves, inserts and removes only what a change of keys asks for."""

    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = columns()
        self._rows: list[RunRow] = []
        self._ratio_title = self.columns[-1].title

    @property
    def rows(self) -> Sequence[RunRow]:
        return self._rows

    def set_ratio_title(self, title: str) -> None:
        """The title of the last column, such as `W1 / W13`."""
        if title != self._ratio_title:
            self._ratio_title = title
            last = len(self.columns) - 1
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, last, last)

    def set_rows(self, rows: Sequence[RunRow]) -> bool:
        """Show `rows`; true where runs came, went or changed places."""
        keys = [row.key for row in rows]
        changed = keys != [row.key for row in self._rows]
        if changed:
            self._remove_others(set(keys))
            self._reorder({key: place for place, key in enumerate(keys)})
            self._insert_missing(rows)
        for place, row in enumerate(rows):
            self._update(place, row)
        return changed

    def _remove_others(self, keys: set[str]) -> None:
        for place in reversed(range(len(self._rows))):
            if self._rows[place].key not in keys:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()

    def _reorder(self, places: dict[str, int]) -> None:
        ordered = sorted(self._rows, key=lambda row: places[row.key])
        if ordered == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        now = {row.key: place for place, row in enumerate(ordered)}
        before = self.persistentIndexList()
        after = [self.index(now[self._rows[index.row()].key], index.column()) for index in before]
        self._rows = ordered
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert_missing(self, rows: Sequence[RunRow]) -> None:
        known = {row.key for row in self._rows}
        for place, row in enumerate(rows):
            if row.key not in known:
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, row)
                self.endInsertRows()

    def _update(self, place: int, row: RunRow) -> None:
        before = self._rows[place]
        if row == before:
            return
        self._rows[place] = row
        differ = [n for n, column in enumerate(self.columns) if _cell(column, row) != _cell(column, before)]
        if differ:
            self.dataChanged.emit(self.index(place, differ[0]), self.index(place, differ[-1]))

    @guard(0)
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    @guard(0)
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    @guard()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return "" if column.id == "colour" else column.text(row)
            case Qt.ItemDataRole.EditRole:
                return row.label
            case Qt.ItemDataRole.ToolTipRole:
                return f"<p>{escape(_tip(column, row))}</p>"
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(column, row)
            case _ if role == ROW_ROLE:
                return row
        return None

    @guard()
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        title = self._ratio_title if section == len(self.columns) - 1 else self.columns[section].title
        if role == Qt.ItemDataRole.AccessibleTextRole and section == 0:
            return tr("colour and visibility")
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return title
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return left if role == Qt.ItemDataRole.TextAlignmentRole else None

    @guard(Qt.ItemFlag.NoItemFlags)
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == RUN else flags

    @guard(False)
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A new name is shown at once and told to the window."""
        if not index.isValid():
            return False
        row, label = self._rows[index.row()], " ".join(str(value).split())[:200]
        if role != Qt.ItemDataRole.EditRole or not label or label == row.label:
            return False
        self._update(index.row(), replace(row, label=label))
        self.renamed.emit(row.key, label)
        return True


def _cell(column: Column, row: RunRow) -> tuple[Any, ...]:
    """Everything that a column paints or tells of a row."""
    more: dict[str, tuple[Any, ...]] = {
        "colour": (row.colour, row.dash),
        "run": (row.badge, row.pinned),
        "status": (row.sentence, row.status),
        "progress": (row.progress, row.status),
    }
    return column.text(row), *more.get(column.id, ())


def _tip(column: Column, row: RunRow) -> str:
    if column.id == "status":
        return row.sentence or status_text(row.status)
    if column.id == "colour":
        return tr("Click to hide this run") if row.visible else tr("Click to show this run")
    return _spoken(column, row)


def _spoken(column: Column, row: RunRow) -> str:
    """The text of a cell for those who do not see its colours and marks."""
    if column.id == "run":
        return ", ".join(filter(None, (row.label, row.badge.lstrip("▼▲ "), tr("pinned") if row.pinned else "")))
    return f"{column.text(row)}: {row.sentence}" if column.id == "status" and row.sentence else column.text(row)


class RunOrder(QSortFilterProxyModel):
    """Sorts by numbers where a column has numbers; rows keep their places while values change."""

    def __init__(self, model: RunModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setDynamicSortFilter(False)
        self.setSourceModel(model)

    def resort(self) -> None:
        """Put rows in order again: runs came or went, or one has ended."""
        self.sort(self.sortColumn(), self.sortOrder())

    @guard(False)
    def lessThan(self, left: Index, right: Index) -> bool:
        order = self._model.columns[left.column()].order
        return bool(order(self._model.rows[left.row()]) < order(self._model.rows[right.row()]))
