"""Small multiples: some of several plots side by side, in the rows that make them largest."""

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard

GAP = 1


class Multiples(QWidget):
    """Shows the plots of `set_shown`, all of one size, and hides the others that it holds."""

    def __init__(self, plots: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots = list(plots)
        self._shown: list[QWidget] = []
        for plot in self._plots:
            plot.setParent(self)
            plot.hide()

    def set_shown(self, shown: Sequence[QWidget]) -> None:
        """Show these plots, in this order."""
        if list(shown) == self._shown:
            return
        self._shown = list(shown)
        for plot in self._plots:
            plot.setVisible(plot in self._shown)
        self._place()

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        count = len(self._shown)
        if not count:
            return
        columns = max(range(1, count + 1), key=lambda c: min(self.width() / c, self.height() / -(-count // c)))
        rows = -(-count // columns)
        for k, plot in enumerate(self._shown):
            i, j = divmod(k, columns)
            x0, x1 = (round(at * (self.width() + GAP) / columns) for at in (j, j + 1))
            y0, y1 = (round(at * (self.height() + GAP) / rows) for at in (i, i + 1))
            plot.setGeometry(QRect(x0, y0, x1 - x0 - GAP, y1 - y0 - GAP))
