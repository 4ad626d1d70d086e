"""The runs table as a model: one record a run, and updates in place thirty times a second."""

from collections.abc import Sequence
from dataclasses import replace
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
from optlab.gui.run_columns import RUN, RunRow, cell, columns, spoken, tip
from optlab.i18n import tr

__all__ = ["ROW_ROLE", "Index", "RunModel", "RunOrder", "RunRow"]

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole


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
        differ = [n for n, column in enumerate(self.columns) if cell(column, row) != cell(column, before)]
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
                return f"<p>{escape(tip(column, row))}</p>"
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(column, row)
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
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
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
