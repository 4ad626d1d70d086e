"""The learning rate by step, or by choice a field that a schedule moves beside it."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox

from optlab.gui import draw
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.plot import CurvePlot
from optlab.i18n import tr

BUCKETS = 400  # points of a curve: more than the plot has columns cost time and show nothing


class RatePlot(CurvePlot):
    """`series` is the choice, hidden where no schedule moves anything but the learning rate."""

    def __init__(self, desk: Desk) -> None:
        step = Axis(tr("step"), steps=True)
        super().__init__(desk.theme, tr("Learning rate"), step, Axis("lr"), empty_text=tr("Press Run to see it"))
        self._desk, self._fields = desk, dict[str, str]()
        self.series = QComboBox()
        self.series.setAccessibleName(tr("Scheduled fields"))
        self.series.setToolTip(tr("What a schedule moves: the learning rate, or a field beside it"))
        self._offer({})
        self.series.currentIndexChanged.connect(self._on_series)

    def refresh(self) -> None:
        """Show what the desk holds over the steps that are seen."""
        fields = draw.scheduled_fields(self._desk)
        if fields != self._fields:
            self._offer(fields)
        curves, marks = draw.rate_curves(self._desk, self.plain_x(), BUCKETS, self.series.currentData())
        self.set_curves(curves, marks=marks)

    def _offer(self, fields: dict[str, str]) -> None:
        """Let these fields be chosen; a choice that is still there stays."""
        chosen, self._fields = self.series.currentData(), fields
        with QSignalBlocker(self.series):
            self.series.clear()
            for name, label in {"lr": tr("learning rate"), **fields}.items():
                self.series.addItem(label, name)
                self.series.setItemData(self.series.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
            self.series.setCurrentIndex(max(0, self.series.findData(chosen)))
        self.series.setVisible(bool(fields))
        if self.series.currentData() != chosen:
            self._rename()

    def _rename(self) -> None:
        name, label = self.series.currentData(), self.series.currentText()
        self.set_title(tr("Learning rate") if name == "lr" else label.capitalize() if label[:1].isascii() else label)
        self.set_axes(y=Axis("lr" if name == "lr" else label, log=self.y_axis.log))

    def _on_series(self) -> None:
        self._rename()
        self.reset()
        self.refresh()
