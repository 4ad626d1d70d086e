"""Tune equally: the same rates and seeds for every trial, who is best at its best, and these rates for the trials."""

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from optlab.engine.spec import MOST_RATES, Grid
from optlab.engine.tuning import Tuning, cost, ready, seeds_of
from optlab.fields import FieldError, parse_number
from optlab.gui.desk import Desk
from optlab.gui.guard import guard
from optlab.gui.plots.axis import Axis, thousands
from optlab.gui.plots.curves import Curve
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.rank_sheet import RankSheet
from optlab.gui.run_settings import parse_seeds, show_seeds
from optlab.gui.theme import DASHES, current_theme, restyle
from optlab.gui.tuner import Tuner
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window


def show_tuning(window: "Window") -> "TuneDialog":
    """Bring the dialog to the front, made when first asked for; what it found stays."""
    dialog = window.findChild(TuneDialog)
    if dialog is None:
        dialog = TuneDialog(window.desk, window)
        window.closing.connect(dialog.tuner.cancel)
    dialog.ask()
    dialog.show()
    dialog.raise_()
    return dialog


class TuneDialog(QDialog):
    """Grid and seeds above, ranks and the loss at every rate below; the window goes on beside it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shown: Tuning | None = None
        self.tuner = Tuner(desk, self)
        self._make_children()
        self._lay_out()
        self._connect()
        self.setWindowTitle(tr("Tune equally"))
        self.resize(min(1080, self.screen().availableGeometry().width() - 80), 660)
        self.ask()

    def ask(self) -> None:
        """Offer the seeds of the experiment as it is now."""
        if not self.tuner.busy and self._shown is None:
            self.seeds.setText(show_seeds(seeds_of(self._desk.document.experiment)))
        self._refresh()

    def _make_children(self) -> None:
        grid = Grid()
        self.lo, self.hi = QLineEdit(f"{grid.lo:g}", self), QLineEdit(f"{grid.hi:g}", self)
        self.points = QSpinBox(self, minimum=2, maximum=MOST_RATES)
        self.points.setValue(grid.points)
        self.seeds = QLineEdit(self)
        names = {self.lo: tr("Smallest rate"), self.hi: tr("Largest rate"), self.points: tr("Rates"),
                 self.seeds: tr("Seeds")}  # fmt: skip
        for widget, name in names.items():
            widget.setAccessibleName(name)
            widget.setFixedWidth(self.fontMetrics().averageCharWidth() * 14)
        self.points.setToolTip(tr("So many rates at even distances on a logarithmic scale, the same for every trial"))
        self.words = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.bar = QProgressBar(self, maximum=1000, textVisible=False)
        self.bar.setAccessibleName(tr("Progress of the tuning"))
        self.start = QPushButton(tr("Tune"), self)
        self.sheet = RankSheet(self)
        step, loss = Axis("lr", log=True), Axis(tr("loss"), log=True)
        empty = tr("The loss of every trial at every rate will stand here")
        self.plot = CurvePlot(current_theme(), tr("Loss at every rate, median of the seeds"), step, loss,
                              empty_text=empty, parent=self)  # fmt: skip
        self.warnings = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        restyle(self.warnings, role="warning")
        self.use, self.copy = QPushButton(tr("Use these rates"), self), QPushButton(tr("Copy"), self)
        self.use.setToolTip(tr("Put the best rate into every trial; undo takes it back"))
        self.copy.setToolTip(tr("Copy the table of ranks"))
        self.save = QPushButton(tr("Save CSV…"), self)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        labels = (tr("learning rates from"), tr("to"), tr("in"), tr("rates; seeds"))
        for text, widget in zip(labels, (self.lo, self.hi, self.points, self.seeds), strict=True):
            label = QLabel(text, self)
            restyle(label, role="muted")
            row.addWidget(label)
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.bar)
        row.addWidget(self.start)
        self._split = QSplitter(Qt.Orientation.Vertical, self)
        for part in (self.sheet, self.plot):
            self._split.addWidget(part)
        self._split.setSizes([300, 260])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        for button in (self.use, self.copy, self.save):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self._split, 1)
        column.addWidget(self.warnings)
        column.addWidget(buttons)

    def _connect(self) -> None:
        for edit in (self.lo, self.hi, self.seeds):
            edit.textChanged.connect(self._refresh)
        self.points.valueChanged.connect(self._refresh)
        self.start.clicked.connect(self._on_start)
        self.tuner.changed.connect(self._on_progress)
        self._desk.document.changed.connect(self._refresh)
        self.use.clicked.connect(self._on_use)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.sheet.text()))
        self.save.clicked.connect(lambda: self._desk.export_requested.emit(self.sheet, "csv"))
        self.sheet.export_requested.connect(lambda kind: self._desk.export_requested.emit(self.sheet, kind))
        self.plot.export_requested.connect(lambda kind: self._desk.export_requested.emit(self.plot, kind))

    def _asked(self) -> tuple[Grid, tuple[int, ...]]:
        """What the fields say; raises `FieldError`."""
        ends = []
        for edit in (self.lo, self.hi):
            try:
                ends.append(parse_number(edit.text()))
            except ValueError:
                text = tr("{where}: expected a number such as 1e-3, got {that}")
                raise FieldError(text.format(where=edit.accessibleName(), that=edit.text())) from None
        return Grid(ends[0], ends[1], self.points.value()), parse_seeds(self.seeds.text())

    def _refresh(self) -> None:
        busy, found, document = self.tuner.busy, self.tuner.result, self._desk.document
        if found is not None and found is not self._shown:
            self._show(found)
        self._say()
        self.bar.setVisible(busy)
        self.start.setText(tr("Cancel") if busy else tr("Tune"))
        for widget in (self.lo, self.hi, self.points, self.seeds):
            widget.setEnabled(not busy)
        shown = self._shown
        self.use.setEnabled(shown is not None and not busy and document.experiment == shown.experiment)
        for button in (self.copy, self.save):
            button.setEnabled(shown is not None)

    def _on_progress(self) -> None:
        left, share = self.tuner.left, self.tuner.progress
        seconds = "" if math.isnan(left) or left < 1 else tr(" · {n} s left", n=math.ceil(left))
        self.bar.setValue(round(1000 * share))
        if self.tuner.busy:
            self._speak(f"{round(100 * share)} %{seconds}", "muted")
        if self.tuner.busy != self.bar.isVisibleTo(self):
            self._refresh()

    def _say(self) -> None:
        """What the tuning will take, or what stands in its way."""
        experiment = self._desk.document.experiment
        try:
            grid, seeds = self._asked()
            ready(experiment, grid)
        except FieldError as error:
            self._speak(str(error), "error")
            return
        if self.tuner.busy:
            return
        if self.tuner.fault:
            self._speak(self.tuner.fault, "error")
            return
        takes = cost(experiment, grid, seeds)
        text = tr("{trials} trials × {rates} rates × {seeds} seeds: {runs} runs of {steps} steps, {size} MB at a time",
                  trials=len(experiment.trials), rates=len(grid.rates), seeds=len(seeds), runs=thousands(takes.runs),
                  steps=thousands(experiment.steps), size=f"{takes.size / 2**20:.2g}")  # fmt: skip
        if self._shown is not None and not self.tuner.busy and experiment == self._shown.tuned():
            text = tr("The trials stand at these rates now: Run compares them.")
        self._speak(text, "muted")

    def _speak(self, text: str, role: str) -> None:
        self.words.setText(text)
        if self.words.property("role") != role:
            restyle(self.words, role=role)
        self.start.setEnabled(role != "error" or self.tuner.busy or bool(self.tuner.fault))

    def _show(self, found: Tuning) -> None:
        self._shown = found
        labels = [trial.label for trial in found.experiment.trials]
        colours = {label: self._desk.colour_of(label, place) for place, label in enumerate(labels)}
        dashes = {label: DASHES[self._desk.number_of(label, k) % len(DASHES)] for k, label in enumerate(labels)}
        self.sheet.show_places(found.places, colours)
        most, needed = self._split.height(), self.sheet.needed_height()
        self._split.setSizes([min(needed, round(0.6 * most)), most - min(needed, round(0.6 * most))])
        self.warnings.setText("\n".join(words[:1].upper() + words[1:] for words in found.warnings))
        self.warnings.setVisible(bool(found.warnings))
        curves = []
        for score in found.scores:
            rates = np.array(score.rates)
            if np.isfinite(rates).all():
                losses = np.where(np.isfinite(score.medians), score.medians, np.nan)
                label = score.trial.label
                curves.append(Curve(rates, losses, colours[label], dashes[label], 2.0, 1.0, label))
        self.plot.set_log(not any(np.nanmin(curve.y) < 0 for curve in curves if np.isfinite(curve.y).any()))
        self.plot.reset()
        self.plot.set_curves(curves)

    def _on_start(self) -> None:
        if self.tuner.busy:
            self.tuner.cancel()
            return
        try:
            self.tuner.start(self._desk.document.experiment, *self._asked())
        except FieldError as error:
            self._speak(str(error), "error")

    def _on_use(self) -> None:
        if self._shown is not None:
            self._desk.document.edit(self._shown.tuned(), tr("use the tuned rates"))

    def reject(self) -> None:
        self.tuner.cancel()
        super().reject()

    @guard()
    def closeEvent(self, event: QCloseEvent) -> None:
        self.tuner.cancel()
        super().closeEvent(event)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.plot.apply_theme(current_theme())
