"""Three pictures of one series by layer: lines over steps, a profile at the cursor, and the layer × step map."""

import numpy as np
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from optlab.gui import draw
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.bars import BarPlot
from optlab.gui.plots.heatmap import HeatMap
from optlab.gui.plots.plot import CurvePlot
from optlab.i18n import tr
from optlab.layout import Array

FLOOR = 1e-8  # of the profile: a weight of size 1 that gets less than this needs 10^8 / lr steps to move
BUCKETS = 256  # points of a curve: a third of the view has no more columns to show them


class LayerPlots(QWidget):
    """Gradient norms of the selected run by layer, before or after clipping, or its updates relative to the weights."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._low = desk, np.inf
        theme, empty = desk.theme, tr("Press Run to see it")
        step, norm = Axis(tr("step"), steps=True), Axis(tr("norm of ∂L/∂W"), log=True)
        self.norms = CurvePlot(theme, tr("Gradient norm per layer"), step, norm, empty_text=empty)
        self.bars = BarPlot(theme, tr("Layer profile"), y=norm, floor=FLOOR, empty_text=empty)
        self.map = HeatMap(theme, tr("Gradient norm, layer × step"), step, empty_text=empty)
        self._make_tools()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for plot in (self.norms, self.bars, self.map):
            row.addWidget(plot, 1)

    def _make_tools(self) -> None:
        self.series = QComboBox()
        self.series.setAccessibleName(tr("Series of the layer plots"))
        for name, text in series_titles().items():
            self.series.addItem(text, name)
        self.series.setToolTip(tr("What the plots per layer show; update / weight is the norm of ΔW over that of W"))
        self.biases = QCheckBox(tr("biases"))
        self.biases.setToolTip(tr("Show the biases beside the weights"))
        self.series.currentIndexChanged.connect(self._on_series)
        self.biases.toggled.connect(self._on_series)

    def reset(self) -> None:
        """Forget ranges and levels: other runs come."""
        self.norms.set_curves([])
        self.norms.reset()
        self.bars.set_bars([], [])
        self.bars.reset()
        self._low = np.inf

    def refresh(self, span: tuple[float, float]) -> None:
        """Show what the desk holds over the steps `span`."""
        desk, entry = self._desk, self._desk.selected
        series, biases, words = self.series.currentData(), self.biases.isChecked(), self.series.currentText()
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

    def _set_levels(self, values: Array) -> None:
        """The colours of a run keep their meaning: levels in whole decades that only widen."""
        seen = values[np.isfinite(values) & (values > 0)]
        if len(seen):
            self._low = min(self._low, max(float(seen.min()), 1e-16 * float(seen.max())))
            high = 10.0 ** np.ceil(np.log10(float(seen.max())))
            self.map.set_levels(10.0 ** np.floor(np.log10(min(self._low, high / 10))), float(high))

    def _on_series(self) -> None:
        name = {"update_ratio": tr("norm of ΔW / norm of W")}.get(self.series.currentData(), tr("norm of ∂L/∂W"))
        self.norms.y_axis = self.bars.y_axis = Axis(name, log=True)
        self.reset()
        self.refresh(self.norms.plain_x())


def series_titles() -> dict[str, str]:
    """The series by layer, as titles begin."""
    return {
        "grad_norm": tr("Gradient norm"),
        "clipped_norm": tr("Gradient norm after clipping"),
        "update_ratio": tr("Update / weight"),
    }
