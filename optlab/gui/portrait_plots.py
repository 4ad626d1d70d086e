"""What the hidden layers of one run hold: histograms at the cursor, one layer's over steps, and shares over steps."""

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from optlab.engine.session import Entry
from optlab.gui import layer_portraits
from optlab.gui import layer_series as by_layer
from optlab.gui.desk import Desk
from optlab.gui.layer_portraits import Bins
from optlab.gui.plots.axis import Axis, thousands
from optlab.gui.plots.density import DensityMap
from optlab.gui.plots.plot import CurvePlot
from optlab.gui.plots.ridges import RidgePlot
from optlab.i18n import tr
from optlab.layout import Array
from optlab.nets import Portrait

KINDS = ("values", "grads")


class PortraitPlots(QWidget):
    """Outputs and gradients of every hidden layer of the selected run; a click on a row shows that layer over steps."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._layer = ""
        self._drawn: list[object] = []
        axes = {"values": Axis(tr("output h")), "grads": Axis("|∂L/∂h|", log=True)}
        self.bins = {kind: Bins(kind) for kind in KINDS}
        self.ridges = {kind: RidgePlot(desk.theme, x=axes[kind]) for kind in KINDS}
        self.maps = {kind: DensityMap(desk.theme, rows=axes[kind]) for kind in KINDS}
        self.shares = CurvePlot(desk.theme, "", Axis(tr("step"), steps=True), Axis(tr("share of all")))
        self.shown = QComboBox()
        self.shown.setAccessibleName(tr("Lines of the hidden layers"))
        self.shown.setToolTip(tr("What the lines show; saturated: |σ′| < 0.05; dead: σ′ = 0 at every point"))
        for name, title in layer_portraits.titles().items():
            self.shown.addItem(title, name)
        self.shown.currentIndexChanged.connect(self._on_shown)
        for plot in self.ridges.values():
            plot.row_selected.connect(self._on_row)
        self._lay_out()

    def _lay_out(self) -> None:
        over = QHBoxLayout()
        over.setSpacing(1)
        column = QVBoxLayout()
        column.setSpacing(1)
        for kind in KINDS:
            over.addWidget(self.maps[kind], 1)
        column.addLayout(over, 1)
        column.addWidget(self.shares, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for kind in KINDS:
            row.addWidget(self.ridges[kind], 3)
        row.addLayout(column, 7)

    @property
    def over_steps(self) -> tuple[DensityMap | CurvePlot, ...]:
        """The plots over steps."""
        return (*self.maps.values(), self.shares)

    def why_not(self) -> str:
        """Why there is nothing to show of the selected run, or of the form where nothing has run."""
        entry = self._desk.selected
        if entry is not None and entry.run.status == "failed":
            return entry.run.message
        problem = self._desk.document.part("problem") if entry is None else entry.run.trial.problem
        return "" if by_layer.hidden_of(problem) else tr("This problem has no hidden layers to look into.")

    def reset(self) -> None:
        """Forget ranges: other runs come."""
        self.shares.set_curves([])
        self.shares.reset()
        self._drawn = []

    def refresh(self) -> None:
        """Show what the desk holds."""
        entry, why = self._desk.selected, self.why_not()
        steps, portraits = np.empty(0), list[Portrait]()
        if entry is not None and not why:
            steps, portraits = self._desk.lookout.portraits(entry, self._desk.cursor)
            why = self._desk.lookout.fault(entry) or tr("Measuring …")
        for canvas in (*self.ridges.values(), *self.over_steps):
            canvas.set_empty_text(why or tr("Press Run to see it"))
        if entry is not None and len(steps):
            self._show(entry, steps, portraits)
        else:
            self._clear()

    def _show(self, entry: Entry, steps: Array, portraits: list[Portrait]) -> None:
        cursor, names = self._desk.cursor, portraits[-1].names
        at = len(steps) - 1 if cursor is None else max(int(np.searchsorted(steps, cursor, "right")) - 1, 0)
        layer = names.index(self._layer) if self._layer in names else 0
        drawn = [entry, layer, self.shown.currentData(), self._desk.theme, portraits[at], *portraits]
        if drawn == self._drawn:
            return  # many frames come between two snapshots
        self._drawn = drawn
        end = float(2 * steps[-1] - steps[-2]) if len(steps) > 1 else float(steps[-1] + 1)
        for kind in KINDS:
            bins = self.bins[kind]
            bins.take_in(portraits)
            self.ridges[kind].set_rows(*bins.ridges(portraits[at], self._desk.theme), layer)
            self.maps[kind].set_shares(steps, bins.over_steps(portraits, layer), bins.edges, end)
        lines = layer_portraits.lines(steps, portraits, self.shown.currentData(), layer, self._desk.theme)
        self.shares.set_curves(*lines)
        self._entitle(entry, names[layer], thousands(steps[at]))

    def _entitle(self, entry: Entry, layer: str, step: str) -> None:
        self.ridges["values"].set_title(tr("Outputs at step {step}", step=step))
        self.ridges["grads"].set_title(tr("Gradients at step {step}", step=step))
        self.maps["values"].set_title(tr("Outputs of {layer} · {run}", layer=layer, run=entry.name))
        self.maps["grads"].set_title(tr("Gradients of {layer} · {run}", layer=layer, run=entry.name))
        self.shares.set_title(f"{self.shown.currentText()} · {entry.name}")

    def _clear(self) -> None:
        self._drawn, empty = [], np.empty(0)
        for kind, title in (("values", tr("Outputs")), ("grads", tr("Gradients"))):
            self.ridges[kind].set_title(title)
            self.ridges[kind].set_rows((), self.bins[kind].edges)
            self.maps[kind].set_title(title)
            self.maps[kind].set_shares(empty, np.empty((0, 0)), self.bins[kind].edges, 0.0)
        self.shares.set_title(self.shown.currentText())
        self.shares.set_curves([])

    def _on_row(self, row: int) -> None:
        self._layer = self.ridges["values"].rows[row].label
        self.refresh()

    def _on_shown(self) -> None:
        mean = self.shown.currentData() == layer_portraits.MEAN
        self.shares.set_axes(y=Axis(tr("output h") if mean else tr("share of all")))
        self.shares.set_curves([])
        self.shares.reset()
        self._drawn = []
        self.refresh()
