"""The Training view: what the loss does, at which rate, and which layers hear it."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSlider, QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import (
    Axis,
    BarPlot,
    CurvePlot,
    Entry,
    HeatMap,
    Panel,
    Remedy,
    StepLink,
    VerdictStrip,
    draw,
    tr,
)  # fmt: skip

FLOOR = 1e-8  # of the layer profile: a weight of size 1 that gets less than this needs 10^8 / lr steps to move
BUCKETS = 400  # points of a curve: more than a plot has columns cost time and show nothing


class Training(Panel):
    """Loss, learning rate, and the gradient norm of every layer as lines, as bars at the cursor, and as a map.

    Look for: lines of the layers that stay within a few decades of each other (healthy); a first layer that lies many
    decades below the last one (vanishing); bars that rise towards the input (exploding).
    """

    name, title = "training", "Training"

    def build(self) -> None:
        theme = self.desk.theme
        step = Axis(tr("step"), steps=True)
        norm = Axis(tr("norm of ∂L/∂W"), log=True)
        empty = tr("Press Run to see it")
        self.strip = VerdictStrip()
        self.loss = CurvePlot(theme, tr("Loss"), step, Axis(tr("loss"), log=True), empty_text=empty)
        self.rate = CurvePlot(theme, tr("Learning rate"), step, Axis("lr"), empty_text=empty)
        self.norms = CurvePlot(theme, tr("Gradient norm per layer"), step, norm, empty_text=empty)
        self.bars = BarPlot(theme, tr("Layer profile"), y=norm, floor=FLOOR, empty_text=empty)
        self.map = HeatMap(theme, tr("Gradient norm, layer × step"), step, empty_text=empty)
        self.curves = (self.loss, self.rate, self.norms)
        self.link = StepLink([*self.curves, self.map], self)
        self._make_tools()
        self._lay_out()
        self._connect()

    def _make_tools(self) -> None:
        self.series = QComboBox()
        self.series.setAccessibleName(tr("Series of the layer plots"))
        for name, text in series_titles().items():
            self.series.addItem(text, name)
        self.series.setToolTip(tr("What the plots per layer show; update / weight is the norm of ΔW over that of W"))
        self.biases = QCheckBox(tr("biases"))
        self.biases.setToolTip(tr("Show the biases beside the weights"))
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 100)
        self.smoothing.setValue(round(100 * self.desk.smoothing))
        self.smoothing.setAccessibleName(tr("Smoothing of curves"))
        self.smoothing.setToolTip(tr("Smoothing of the loss and of the layers' lines; 0 shows them as they are"))
        self.smoothing.setFixedWidth(90)

    def _lay_out(self) -> None:
        self.set_tools(QLabel(tr("per layer")), self.series, self.biases, QLabel(tr("smoothing")), self.smoothing)
        grid = QGridLayout()
        grid.setSpacing(1)
        grid.addWidget(self.loss, 0, 0, 1, 4)
        grid.addWidget(self.rate, 0, 4, 1, 2)
        for column, plot in enumerate((self.norms, self.bars, self.map)):
            grid.addWidget(plot, 1, 2 * column, 1, 2)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(0, 10)
        grid.setRowStretch(1, 11)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.addWidget(self.strip)
        whole.addLayout(grid, 1)

    def _connect(self) -> None:
        desk = self.desk
        self.strip.remedy_requested.connect(desk.ask_remedy)
        for plot in (*self.curves, self.map):
            plot.zoomed.connect(self.refresh)
        self.loss.log_changed.connect(self.refresh)
        self.series.currentIndexChanged.connect(self._on_series)
        self.biases.toggled.connect(self._on_series)
        self.smoothing.valueChanged.connect(self._on_smoothing)
        self._on_smoothing(self.smoothing.value())

    def reset(self) -> None:
        for curves in self.curves:
            curves.set_curves([])
            curves.reset()
        self.bars.set_bars([], [])
        self.bars.reset()
        self._low = np.inf

    _low = np.inf

    def refresh(self) -> None:
        desk = self.desk
        busy = desk.session.busy
        for each in self.curves:
            each.set_follow(busy)
        for plot in (*self.curves, self.map):
            plot.set_x_span(0, max(desk.horizon, 1))
            plot.set_cursor(desk.cursor)
        span = self.loss.plain_x()
        entry = desk.selected
        if entry is not None:
            self.loss.y_axis = Axis(tr(entry.run.trial.problem.loss_label()), log=self.loss.y_axis.log)
        curves, bands = draw.loss_curves(desk, span, BUCKETS, self.loss.y_axis.log)
        self.loss.set_curves(curves, bands, draw.chance_lines(desk))
        rates, marks = draw.rate_curves(desk, span, BUCKETS)
        self.rate.set_curves(rates, marks=marks)
        self._refresh_layers(span)
        self._refresh_strip()

    def _refresh_layers(self, span: tuple[float, float]) -> None:
        desk, entry = self.desk, self.desk.selected
        series, biases = self.series.currentData(), self.biases.isChecked()
        words = self.series.currentText()
        bars, labels = draw.profile(desk, series, biases)
        step = desk.newest if desk.cursor is None else desk.cursor
        self.bars.set_title(tr("Layer profile at step {step}", step=f"{step:,}".replace(",", "\u2009")))
        self.bars.set_bars(bars, labels)
        if entry is None:
            self.norms.set_curves([])
            self.map.set_data(np.empty(0), np.empty((0, 0)), [])
            return
        self.norms.set_title(tr("{series} per layer · {run}", series=words, run=entry.name))
        self.map.set_title(tr("{series}, layer × step · {run}", series=words, run=entry.name))
        self.norms.set_curves(draw.layer_curves(desk, entry, series, biases, span, BUCKETS))
        steps, values = draw.layer_map(desk, entry, series, biases, span, BUCKETS)
        self._set_levels(values)
        self.map.set_data(steps, values, draw.layer_names(entry, biases), end=float(entry.run.step))

    def _set_levels(self, values: np.ndarray) -> None:
        """The colours of a run keep their meaning: levels in whole decades that only widen."""
        seen = values[np.isfinite(values) & (values > 0)]
        if len(seen):
            self._low = min(self._low, max(float(seen.min()), 1e-16 * float(seen.max())))
            high = 10.0 ** np.ceil(np.log10(float(seen.max())))
            self.map.set_levels(10.0 ** np.floor(np.log10(min(self._low, high / 10))), float(high))

    def _refresh_strip(self) -> None:
        entry = self.desk.selected
        if entry is None:
            self.strip.show_verdict("neutral", "", tr("Run the experiment to hear what its gradients say."), ())
            return
        verdict = self.desk.verdict(entry)
        remedies = [self._button(entry, remedy) for remedy in verdict.remedies[:1]]
        self.strip.show_verdict(verdict.level, verdict.head, verdict.text, remedies)

    def _button(self, entry: Entry, remedy: Remedy) -> tuple[str, object]:
        """A remedy that runs already is shown instead of run again."""
        cured = self.desk.cured(entry, remedy)
        if cured is not None:
            return tr("Look at {label}", label=cured.name), cured
        return tr("Try {label} beside it", label=remedy.label), remedy

    def _on_series(self) -> None:
        name = {"update_ratio": tr("norm of ΔW / norm of W")}.get(self.series.currentData(), tr("norm of ∂L/∂W"))
        self.norms.y_axis = self.bars.y_axis = Axis(name, log=True)
        self.reset()
        self.refresh()

    def _on_smoothing(self, value: int) -> None:
        self.desk.smoothing = value / 100
        self.refresh()


def series_titles() -> dict[str, str]:
    """The series by layer, as titles begin."""
    return {
        "grad_norm": tr("Gradient norm"),
        "clipped_norm": tr("Gradient norm after clipping"),
        "update_ratio": tr("Update / weight"),
    }


@hookimpl
def register_panels() -> list[type]:
    return [Training]
