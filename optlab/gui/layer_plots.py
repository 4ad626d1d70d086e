"""Three pictures of one series by layer: lines over steps, a profile at the cursor, and the layer × step map."""

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from optlab.engine.session import Entry
from optlab.gui import draw
from optlab.gui import layer_series as by_layer
from optlab.gui.desk import Desk
from optlab.gui.layer_profile import LayerProfile
from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.curves import Band, Curve
from optlab.gui.plots.heatmap import Decades, HeatMap
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.ranges import Span
from optlab.i18n import tr
from optlab.problem import Problem

BUCKETS = 256  # points of a curve: a third of the view has no more columns to show them


class LayerPlots(QWidget):
    """What the layers of the selected run get: gradients before or after clipping, updates, noise, or ∂L/∂h.

    A recurrent network shows ∂L/∂h by time step first. `large` gives the profile the most room, with the factor per
    layer as a straight line, and by choice shows the other runs behind the lines.
    """

    def __init__(self, desk: Desk, large: bool = False) -> None:
        super().__init__()
        self._desk, self._large, self._decades = desk, large, Decades()
        self._chosen: str | None = None
        self._axis = ""
        step, norm = Axis(tr("step"), steps=True), Axis(by_layer.axis_title(by_layer.GRAD), log=True)
        self.norms = CurvePlot(desk.theme, tr("Gradient norm per layer"), step, norm)
        self.bars = LayerProfile(desk, large)
        self.map = HeatMap(desk.theme, tr("Gradient norm, layer × step"), step)
        self._make_tools()
        self._lay_out()
        self._say()

    def _make_tools(self) -> None:
        self.series = QComboBox()
        self.series.setAccessibleName(tr("Series of the layer plots"))
        self.series.setToolTip(tr("What the plots per layer show; update / weight is the norm of ΔW over that of W"))
        self.biases = QCheckBox(tr("biases"))
        self.biases.setToolTip(tr("Show the biases beside the weights"))
        self.others = QCheckBox(tr("other runs"))
        self.others.setToolTip(
            tr("Show the other runs too: bars, and bands from their smallest to their largest layer")
        )
        self.others.setChecked(True)
        self._offer(None)
        self.series.activated.connect(self._on_chosen)
        self.series.currentIndexChanged.connect(self._on_series)
        self.biases.toggled.connect(self._on_series)
        self.others.toggled.connect(self._on_series)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        if not self._large:
            for plot in (self.norms, self.bars, self.map):
                row.addWidget(plot, 1)
            return
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.norms, 1)
        column.addWidget(self.map, 1)
        row.addWidget(self.bars, 5)
        row.addWidget(beside, 4)

    def why_not(self) -> str:
        """Why there is nothing to show of the selected run, or of the form where nothing has run."""
        entry, problem = self._desk.selected, self._desk.document.part("problem")
        if entry is not None and entry.run.status == "failed":
            return entry.run.message
        if entry is not None:
            layers = entry.run.layers
        else:
            layers = problem.layout().names if isinstance(problem, Problem) else ()
        found = any(name.startswith("W") for name in layers)
        return "" if found else tr("This problem has no layers through which a gradient could flow.")

    def reset(self) -> None:
        """Forget ranges and levels: other runs come."""
        self.norms.set_curves([])
        self.norms.reset()
        self.bars.clear()
        self._decades = Decades()

    def refresh(self, span: Span) -> None:
        """Show what the desk holds over the steps `span`."""
        desk, entry = self._desk, self._desk.selected
        self._offer(entry)
        series, biases = self.series.currentData(), self.biases.isChecked()
        self.biases.setEnabled(series != by_layer.HIDDEN)
        self._say()
        if entry is None or (self._large and self.why_not()):
            self.bars.clear()
            self.norms.set_curves([])
            self.map.set_data(np.empty(0), np.empty((0, 0)), [])
            return
        self.bars.refresh(series, biases, self.others.isChecked() or not self._large)
        layers = by_layer.names(entry, series, biases)
        steps, values = by_layer.over_steps(desk, entry, series, layers, span, BUCKETS)
        lines = draw.smoothed(desk, steps, values)  # raw lines of 13 layers would hide each other
        colours = gradient.colours(desk.theme.layers, len(layers))
        curves = [
            Curve(steps, lines[:, k], colours[k], (), 1.6, 1.0, name, draw.smoothed_name(desk, steps, name))
            for k, name in enumerate(layers)
        ]
        self.norms.set_curves(curves if len(steps) else [], self._ghosts(entry, series, biases, span))
        if (levels := self._decades.of(values)) is not None:
            self.map.set_levels(*levels)
        self.map.set_data(steps, values, layers, end=float(entry.run.step))

    def _ghosts(self, shown: Entry, series: str, biases: bool, span: Span) -> list[Band]:
        """The other runs from their smallest to their largest layer."""
        bands = []
        for entry in by_layer.shown(self._desk) if self._large and self.others.isChecked() else ():
            if entry is not shown:
                layers = by_layer.names(entry, series, biases)
                steps, values = by_layer.over_steps(self._desk, entry, series, layers, span, BUCKETS)
                if values.size:
                    lines, colour = draw.smoothed(self._desk, steps, values), self._desk.look(entry).colour
                    least, most = np.fmin.reduce(lines, axis=1), np.fmax.reduce(lines, axis=1)
                    bands.append(Band(steps, least, most, colour, entry.name))
        return bands

    def _say(self) -> None:
        """Titles, axes and what stands where nothing is drawn yet."""
        entry, series = self._desk.selected, self.series.currentData()
        words, run = self.series.currentText(), entry.name if entry is not None else ""
        time = by_layer.through_time(entry) and series == by_layer.HIDDEN
        self.map.row_name, self.map.value_name = tr("time step") if time else tr("layer"), by_layer.axis_title(series)
        if time:
            titles = tr("{series} per time step · {run}"), tr("{series}, time step × step · {run}")
        else:
            titles = tr("{series} per layer · {run}"), tr("{series}, layer × step · {run}")
        for plot, title in zip((self.norms, self.map), titles, strict=True):
            plot.set_title(title.format(series=words, run=run).removesuffix(" · "))
        empty = self.why_not() if self._large else ""
        if not empty and entry is not None and series in by_layer.MEASURED:
            empty = self._desk.lookout.fault(entry) or tr("Measuring …")
        for canvas in (self.norms, self.bars, self.map):
            canvas.set_empty_text(empty or tr("Press Run to see it"))

    def _offer(self, entry: Entry | None) -> None:
        """Let the run's series be chosen; what the user chose stays, else a recurrent network shows its time steps."""
        names, titles = by_layer.offered(entry), by_layer.titles()
        first = by_layer.HIDDEN if by_layer.through_time(entry) else by_layer.GRAD
        wanted = self._chosen if self._chosen in names else first if first in names else names[0]
        if names != [self.series.itemData(k) for k in range(self.series.count())]:
            with QSignalBlocker(self.series):
                self.series.clear()
                for name in names:
                    self.series.addItem(titles[name], name)
        if wanted != self.series.currentData() or not self._axis:
            with QSignalBlocker(self.series):
                self.series.setCurrentIndex(self.series.findData(wanted))
            self._rename()

    def _rename(self) -> None:
        self._axis = by_layer.axis_title(self.series.currentData())
        self.norms.y_axis = self.bars.y_axis = Axis(self._axis, log=True)
        self.reset()

    def _on_chosen(self) -> None:
        self._chosen = self.series.currentData()

    def _on_series(self) -> None:
        self._chosen = self.series.currentData()
        self._rename()
        self.refresh(self.norms.plain_x())
