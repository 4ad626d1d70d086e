"""The schedule table with its controls: what is shown, for which trial one answers, and how many answers are right."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from optlab.engine.rate_table import RateColumn, rate_columns
from optlab.gui.desk import Desk
from optlab.gui.rate_model import RateModel
from optlab.gui.sheet import Sheet
from optlab.gui.theme import restyle
from optlab.i18n import tr


class RateSheet(QWidget):
    """The learning rates of the document's trials, by step or epoch; `cover` hides those not yet answered."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._columns: list[RateColumn] = []
        self._seen: object = None
        self._filled: dict[int, int] = {}
        self._make_children()
        self._lay_out()
        self._connect()

    def _make_children(self) -> None:
        self.model = RateModel(self)
        self.sheet = Sheet(self.model, tr("Schedule table"))
        self.per, self.asked = QComboBox(), QComboBox()
        self.cover = QCheckBox(tr("cover the values"))
        self.cover.setToolTip(tr("Show the values of a row only when it has an answer"))
        self.score, self.note = QLabel(), QLabel(wordWrap=True)
        for text, by_epoch in ((tr("per epoch"), True), (tr("per step"), False)):
            self.per.addItem(text, by_epoch)
        self.per.setAccessibleName(tr("Rows of the schedule table"))
        self.asked.setAccessibleName(tr("Trial whose values are worked out"))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        hint = QLabel(tr("your answers are for"))
        for label in (hint, self.score, self.note):
            restyle(label, role="muted")
        for widget in (self.per, hint, self.asked, self.cover, self.score):
            row.addWidget(widget)
        row.addStretch(1)
        self.note.setContentsMargins(14, 2, 14, 6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.addLayout(row)
        whole.addWidget(self.sheet, 1)
        whole.addWidget(self.note)

    def _connect(self) -> None:
        document = self._desk.document
        document.opened.connect(self.model.forget)
        document.selection_changed.connect(self._on_selected)
        self.per.currentIndexChanged.connect(self.refresh)
        self.asked.currentIndexChanged.connect(self._on_asked)
        self.cover.toggled.connect(self._on_asked)
        self.model.answered.connect(self._on_answered)
        self.sheet.export_requested.connect(self._on_save)

    def refresh(self) -> None:
        trials = self._desk.document.experiment.trials
        colours = [self._desk.colour_of(trial.label, place) for place, trial in enumerate(trials)]
        seen = (self._desk.document.experiment, self.per.currentData(), colours)
        if seen != self._seen:
            self._seen, self._filled = seen, {}
            self._show(colours)
        self._fill()

    def _show(self, colours: list[str]) -> None:
        by_epoch = self.per.currentData()
        self._columns = rate_columns(self._desk.document.experiment, by_epoch)
        self.model.show_columns(self._columns, by_epoch, colours)
        labels = [column.label for column in self._columns]
        if labels != [self.asked.itemText(k) for k in range(self.asked.count())]:
            self.asked.blockSignals(True)
            self.asked.clear()
            self.asked.addItems(labels)
            self.asked.blockSignals(False)
            self._on_selected()
        rule = tr("Right: within 0.5 %, or the value rounded to the two or more digits that you typed.")
        self.note.setText("\n".join([rule, *(column.note for column in self._columns if column.note)]))
        self._widen()
        self._order()
        self._on_answered()

    def _widen(self) -> None:
        digit = self.sheet.fontMetrics().horizontalAdvance("0")
        for place in range(self.model.columnCount()):
            least = 9 if place < self.model.answer_place else 16
            wide = self.sheet.horizontalHeader().sectionSizeHint(place)
            self.sheet.setColumnWidth(place, max(least * digit, min(wide, 26 * digit)))

    def _fill(self) -> None:
        """Take from the runs what is not known before them."""
        for place, column in enumerate(self._columns):
            entry = next((e for e in self._desk.visible if e.run.label == column.label and not e.ghost), None)
            if column.reacts and entry is not None and self._filled.get(place) != entry.run.count:
                self._filled[place] = entry.run.count
                self.model.fill(place, column.filled(entry.run))

    def _on_selected(self) -> None:
        self.asked.setCurrentIndex(max(self._desk.document.selected, 0))
        self._on_asked()

    def _on_asked(self) -> None:
        self.model.ask(max(self.asked.currentIndex(), 0), self.cover.isChecked())
        self._order()

    def _order(self) -> None:
        """While values are covered, the trial that is asked for stands beside the answers."""
        header, beside = self.sheet.horizontalHeader(), self.model.answer_place + 1
        for place in range(header.count()):
            header.moveSection(header.visualIndex(place), place)
        if self.cover.isChecked():
            header.moveSection(beside + self.model.asked, beside)

    def _on_answered(self) -> None:
        right, all_ = self.model.score
        self.score.setText(tr("{n} of {m} right", n=right, m=all_) if all_ else "")

    def _on_save(self, kind: str) -> None:
        self._desk.export_requested.emit(self.sheet, kind)
