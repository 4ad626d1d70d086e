"""The schedule table's model: steps and epochs, a column to answer in, and the rates of every trial."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPixmap

from optlab.engine.rate_table import RateColumn, is_right
from optlab.gui.guard import guard
from optlab.gui.numerals import compact
from optlab.gui.run_model import Index
from optlab.gui.theme import current_theme
from optlab.i18n import tr
from optlab.layout import Array

DIGITS = 10
"""Digits shown; all of them stand in what is copied and saved."""
COVER = "• • •"
SWATCH = 9  # pixels


class RateModel(QAbstractTableModel):
    """Rows of steps or epochs. Answers belong to a trial and a step, and are checked against what is shown then."""

    answered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: Sequence[RateColumn] = ()
        self._values: Sequence[Array] = ()
        self._colours: Sequence[str] = ()
        self._lead: list[tuple[str, Array]] = []
        self._answers: dict[tuple[str, int], str] = {}
        self.asked, self.covered = 0, False
        """The trial whose values are asked for; whether values are seen only where an answer is."""

    @property
    def answer_place(self) -> int:
        """The column that is typed into."""
        return len(self._lead)

    @property
    def score(self) -> tuple[int, int]:
        """How many answers for the trial that is asked for are right, and how many there are."""
        if not self._columns:
            return 0, 0
        column, values = self._columns[self.asked], self._values[self.asked]
        marks = [
            is_right(text, float(values[place]))
            for (label, t), text in self._answers.items()
            if label == column.label
            and (place := int(np.searchsorted(column.t, t))) < len(values)
            and column.t[place] == t
        ]
        return sum(mark is True for mark in marks), sum(mark is not None for mark in marks)

    def show_columns(self, columns: Sequence[RateColumn], by_epoch: bool, colours: Sequence[str]) -> None:
        """Have these columns instead."""
        self.beginResetModel()
        self._columns, self._colours = columns, colours
        self._values = [column.values for column in columns]
        self.asked = min(self.asked, len(columns) - 1)
        longest = max(columns, key=lambda column: len(column.t))
        alike = len({column.epoch for column in columns}) == 1
        rows = longest.t // longest.epoch
        self._lead = [(tr("epoch"), rows)] if by_epoch else [(tr("step"), longest.t)]
        if alike and longest.epoch > 1:
            self._lead.append((tr("first step"), longest.t) if by_epoch else (tr("epoch"), rows))
        self.endResetModel()

    def fill(self, place: int, values: Array) -> None:
        """Show what a run has made of a trial's values."""
        self._values = [*self._values[:place], values, *self._values[place + 1 :]]
        self._tell()

    def ask(self, place: int, covered: bool) -> None:
        """Check answers against another trial, and cover the values or not."""
        if (place, covered) != (self.asked, self.covered):
            self.asked, self.covered = place, covered
            self._tell()

    def forget(self) -> None:
        """Drop all answers."""
        self._answers.clear()
        self._tell()

    def answer(self, row: int) -> str:
        """What was typed for the trial that is asked for."""
        return self._answers.get(self._key(row), "") if self._columns else ""

    def value(self, row: int, place: int) -> float:
        """The rate of a trial in a row; nan where it is not known."""
        values = self._values[place]
        return float(values[row]) if row < len(values) else math.nan

    def mark(self, row: int) -> bool | None:
        """Whether the answer of a row is right; None where there is nothing to say."""
        return is_right(self.answer(row), self.value(row, self.asked))

    def _key(self, row: int) -> tuple[str, int]:
        column = self._columns[self.asked]
        return column.label, int(column.t[row]) if row < len(column.t) else -1 - row

    def _tell(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        self.answered.emit()

    @guard(0)
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or not self._lead else len(self._lead[0][1])

    @guard(0)
    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or not self._lead else len(self._lead) + 1 + len(self._columns)

    @guard()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, place = index.row(), index.column() - len(self._lead)
        if place < 0:
            return self._lead_data(int(self._lead[index.column()][1][row]), role)
        return self._answer_data(row, role) if place == 0 else self._rate_data(row, place - 1, role)

    def _lead_data(self, number: int, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return number
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(current_theme().muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return right if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _answer_data(self, row: int, role: int) -> Any:
        text, mark = self.answer(row), self.mark(row)
        match role:
            case Qt.ItemDataRole.EditRole:
                return text
            case Qt.ItemDataRole.DisplayRole:
                return text if mark is None else f"{text}  {'✓' if mark else '✗'}"
            case Qt.ItemDataRole.ForegroundRole if mark is False:
                return QColor(current_theme().error)
            case Qt.ItemDataRole.BackgroundRole:
                return QColor(current_theme().plot)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole if mark is not None:
                words = {"value": compact(self.value(row, self.asked)), "answer": text}
                if mark:
                    return escape(tr("{answer} is right: {value}", **words))
                return escape(tr("{answer} is wrong: it is {value}", **words))
        return None

    def _rate_data(self, row: int, place: int, role: int) -> Any:
        value = self.value(row, place)
        covered = self.covered and not self.answer(row)
        if not math.isfinite(value):
            return None
        match role:
            case Qt.ItemDataRole.EditRole:
                return None if covered else value
            case Qt.ItemDataRole.DisplayRole:
                return COVER if covered else compact(float(f"{value:.{DIGITS}g}"))
            case Qt.ItemDataRole.ForegroundRole if covered:
                return QColor(current_theme().muted)
            case Qt.ItemDataRole.ToolTipRole:
                return tr("covered until you have answered in this row") if covered else compact(value)
        return None

    @guard()
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        place = section - len(self._lead) - 1
        if role == Qt.ItemDataRole.DecorationRole and place >= 0:
            swatch = QPixmap(SWATCH, SWATCH)
            swatch.fill(QColor(self._colours[place]))
            return swatch
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            if place >= 0:
                return self._columns[place].label
            if place == -1:
                label = self._columns[self.asked].label
                return tr("your answer") if role == Qt.ItemDataRole.DisplayRole else label
            return self._lead[section][0]
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return right if role == Qt.ItemDataRole.TextAlignmentRole and place < -1 else None

    @guard(Qt.ItemFlag.NoItemFlags)
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == self.answer_place else flags

    @guard(False)
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed, or nothing."""
        if role != Qt.ItemDataRole.EditRole or index.column() != self.answer_place:
            return False
        self._answers[self._key(index.row())] = " ".join(str(value).split())[:40]
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), self.columnCount() - 1))
        self.answered.emit()
        return True
