"""The step microscope: the update rule of a run's optimizer, and the numbers of one step of one parameter in it."""

import inspect
from typing import Any, cast

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from optlab.engine.batch import Batch
from optlab.engine.inside import Inside
from optlab.engine.lookout import LOOK
from optlab.engine.replay import Moment, parted
from optlab.engine.rule import letters, rule
from optlab.engine.session import Entry
from optlab.engine.worked import Spot, worked
from optlab.gui.desk import Desk
from optlab.gui.guard import guard
from optlab.gui.halves import Halves
from optlab.gui.numerals import compact
from optlab.gui.rule_sheet import RuleSheet, short
from optlab.gui.run_model import Index
from optlab.gui.sheet import Sheet
from optlab.gui.theme import MONOSPACED, restyle
from optlab.gui.words import label_of, readable
from optlab.i18n import tr, tr_key
from optlab.layout import Array
from optlab.optimizer import Optimizer

COLUMNS, ROOM = (20, 17, 17), 48
"""Digits that fit in the columns, and in the rule beside them."""

Row = tuple[str, float | int | None, float | int | None]


def page_of(cls: type) -> str:
    """The help page of a component, whose equations are its rule."""
    return tr_key(f"{getattr(cls, 'name', '')}.help", inspect.getdoc(cls) or "")


def names_of(optimizer: Optimizer) -> dict[str, str]:
    """What its fields and slots are called in the equations."""
    return letters(optimizer, {key: field.label or readable(key) for key, field in optimizer.fields().items()})


def rows(moment: Moment, optimizer: Any, place: int) -> list[Row]:
    """Symbols with their values at one coordinate, before the step and after it."""
    found: list[Row] = [("t", moment.t, None), ("lr", moment.lr, None), ("g", float(moment.grads[place]), None)]
    x, new = (float(each["x"][place]) for each in (moment.before, moment.after))
    corrected = moment.corrected(optimizer)
    for name in moment.before:
        if name == "x":
            continue
        old, last = (_at(each[name], place, len(moment.grads)) for each in (moment.before, moment.after))
        if old is not None and last is not None:
            found.append((name, old, last))
            found += [(text, None, last / by) for text, by in (corrected[name],)] if name in corrected else []
    found += [("x", x, new), ("Δ = x − x₀", None, new - x)]
    return [*found, *((label_of(optimizer, key), value, None) for key, value in moment.fields.items())]


def _at(array: Array, place: int, size: int) -> float | None:
    """A slot's value at a coordinate, or for all of them; None of a matrix, say, which has none there."""
    flat = np.ravel(array)
    return float(flat[place]) if array.shape == (size,) else float(flat[0]) if len(flat) == 1 else None


class StepModel(QAbstractTableModel):
    """Symbol, before, after."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._titles = (tr("symbol"), tr("before the step"), tr("after it"))

    def show_rows(self, found: list[Row]) -> None:
        """Have these rows; the table stays where it is as long as their symbols are the same."""
        if [row[0] for row in found] == [row[0] for row in self.rows]:
            self.rows = found
            if found:
                self.dataChanged.emit(self.index(0, 0), self.index(len(found) - 1, 2))
            return
        self.beginResetModel()
        self.rows = found
        self.endResetModel()

    @guard(0)
    def rowCount(self, parent: Index = None) -> int:  # type: ignore[assignment]
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    @guard(0)
    def columnCount(self, parent: Index = None) -> int:  # type: ignore[assignment]
        return 0 if parent is not None and parent.isValid() else 3

    @guard()
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self.rows[index.row()][index.column()] if index.isValid() else None
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return QFont(list(MONOSPACED))  # others hang the hats too high
        if value is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        return compact(float(f"{value:.10g}")) if role == Qt.ItemDataRole.DisplayRole and index.column() else value

    @guard()
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation == Qt.Orientation.Horizontal and 0 <= section < 3
        return self._titles[section] if across and role == Qt.ItemDataRole.DisplayRole else None


class StepSheet(QWidget):
    """The selected run's rule beside its numbers at the cursor's step, for a layer and a place in it."""

    export_requested = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._entry: Entry | None = None
        self.model = StepModel(self)
        self.sheet = Sheet(self.model, tr("Formula with live numbers"))
        self.rule = RuleSheet()
        self.state = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.layer, self.place = QComboBox(), QSpinBox(maximum=0)
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.setAccessibleName(tr("Layer of the parameter"))
        self.place.setAccessibleName(tr("Number of the parameter in its layer"))
        self._lay_out()
        self.layer.currentIndexChanged.connect(self._on_layer)
        self.place.valueChanged.connect(self.refresh)
        self.sheet.export_requested.connect(lambda kind: desk.export_requested.emit(self.sheet, kind))

    def _lay_out(self) -> None:
        paper = QScrollArea(widgetResizable=True)
        paper.setFrameShape(QFrame.Shape.NoFrame)
        paper.setWidget(self.rule)
        self.halves = Halves(paper, self.sheet)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        hint = QLabel(tr("parameter"))
        for label in (hint, self.state):
            restyle(label, role="muted")
        for widget in (hint, self.layer, self.place):
            row.addWidget(widget)
        row.addWidget(self.state, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(row)
        whole.addWidget(self.halves, 1)

    def why_not(self) -> str:
        """Why no step of the selected run can be looked at; an empty text where one can."""
        entry = self._desk.selected
        if entry is None or not entry.run.step:
            return tr("Press Run to see it")
        if type(entry.batch) is not Batch:
            return tr("The run goes in a process of its own, which does not tell what its optimizer remembers.")
        if self._desk.going and self._desk.cursor is None:
            return tr("Pause the runs, or move the step slider, to look at a step.")
        return ""

    def refresh(self) -> None:
        self.sheet.setVisible(not self._desk.projected)  # a lecture hall sees the rule
        entry, words = self._desk.selected, self.why_not()
        if entry is not None and entry is not self._entry:
            self._show_entry(entry)
        if entry is None or words:
            self.state.setText(words)
            if entry is None or type(entry.batch) is not Batch or not entry.run.step:
                self.model.show_rows([])
                self._show_rule(entry)
            return
        cursor = self._desk.cursor
        step = entry.run.step - 1 if cursor is None else min(cursor, entry.run.step - 1)
        found = self._desk.lookout.ask(entry, "moment", step, lambda inside: _ask(inside, step))
        self._show(entry, step, found)

    def _show_entry(self, entry: Entry) -> None:
        self._entry = entry
        self._show_rule(entry)
        self.layer.blockSignals(True)
        self.layer.clear()
        for name, shape in entry.run.trial.problem.layout().shapes.items():
            self.layer.addItem(f"{name} ({' × '.join(map(str, shape))})", name)
        self.layer.blockSignals(False)
        self._on_layer()

    def _show_rule(self, entry: Entry | None, moment: Moment | None = None) -> None:
        """The rule of a run, or of the one to come, with the numbers of a step where there are some."""
        trial = entry.run.trial if entry is not None else None
        optimizer = trial.optimizer if trial is not None else cast(Optimizer, self._desk.document.part("optimizer"))
        page = page_of(type(optimizer))
        if moment is None or trial is None:
            self.rule.show_lines(rule(page, optimizer, 2))
            return
        layer = trial.problem.layout().slices[self.layer.currentData()]
        spot = Spot(layer.start + self.place.value(), layer, short)
        self.rule.show_lines(worked(page, moment, optimizer, names_of(optimizer), spot, trial.gradient.decay))

    def _show(self, entry: Entry, step: int, found: Moment | int | None) -> None:
        if not isinstance(found, Moment) or found.t != step + 1:
            done = found if isinstance(found, int) else 0
            fault = self._desk.lookout.fault(entry)
            self.state.setText(fault or tr("going there again from the start: step {n} of {m}", n=done, m=step))
            return
        self._show_rule(entry, found)
        layer = entry.run.trial.problem.layout().slices[self.layer.currentData()]
        self.model.show_rows(rows(found, type(entry.run.trial.optimizer), layer.start + self.place.value()))
        self._fit()
        other, words = parted(entry.run, found), tr("{run}: step {a} to {b}", run=entry.name, a=step, b=step + 1)
        if other is not None:
            text = tr("the run was computed again and parted from itself: loss {this}, recorded {that}")
            words += " · " + text.format(this=compact(found.loss), that=compact(other))
        self.state.setText(words)

    def _fit(self) -> None:
        """Room for the numbers, and the rest of it for the rule."""
        digit = self.sheet.fontMetrics().horizontalAdvance("0")
        for column, digits in enumerate(COLUMNS):
            self.sheet.setColumnWidth(column, digits * digit)
        bar = self.sheet.verticalScrollBar().sizeHint().width() + 4
        self.halves.set_widths(ROOM * digit, sum(COLUMNS) * digit + bar)

    def _on_layer(self) -> None:
        if self._entry is not None and self.layer.currentData() is not None:
            part = self._entry.run.trial.problem.layout().slices[self.layer.currentData()]
            self.place.setMaximum(part.stop - part.start - 1)
            self.refresh()


def _ask(inside: Inside, step: int) -> tuple[Moment | int, bool]:
    found = inside.moment(step, LOOK)
    return found, isinstance(found, Moment)
