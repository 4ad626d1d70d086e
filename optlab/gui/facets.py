"""Facets: plots on the same scales in one row, all of one size, with what they share beside and above them."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from optlab.engine.session import Entry
from optlab.gui.desk import Desk
from optlab.gui.guard import guard
from optlab.gui.plots.beside import Beside, SideAxis, columns
from optlab.gui.plots.canvas import Canvas

Plot = TypeVar("Plot", bound=Canvas)

BUCKETS = 160
"""Points of a curve: a column has no more pixels."""


class Facets(QWidget):
    """A plot for every run of `refresh`, made when it is first needed; the axis on the left stands there once for all.

    `made` tells of a new plot, `moved` asks for a refresh, as another part is looked at.
    """

    layered = False
    """Whether it shows layers, which not every problem has."""

    made = Signal(object)
    moved = Signal()

    def __init__(self, desk: Desk, above: Beside | None = None) -> None:
        super().__init__()
        self._desk, self.side, self.above = desk, SideAxis(desk.theme), above
        self.shown: list[Canvas] = []
        self._left = 0
        for widget in (self.side, above):
            if widget is not None:
                widget.setParent(self)

    def refresh(self, entries: Sequence[Entry], left: int) -> None:
        """Show these runs, from `left` on."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget ranges: other runs come."""

    def add(self, plot: Plot) -> Plot:
        """Take in a new plot, which is seen when it is shown."""
        plot.facet = True
        plot.setMinimumSize(0, 0)
        plot.setParent(self)
        plot.hide()
        self.made.emit(plot)
        return plot

    def set_shown(self, shown: Sequence[Canvas], left: int) -> None:
        """Show these plots, in this order."""
        if (list(shown), left) == (self.shown, self._left):
            return
        for plot in self.shown:
            plot.setVisible(plot in shown)
        self.shown, self._left = list(shown), left
        for plot in self.shown:
            plot.show()
        self._place()

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        top = 0
        if self.above is not None:
            top = self.above.minimumHeight()
            self.above.setGeometry(QRect(0, 0, self.width(), top))
        self.side.setVisible(self._left > 0)
        self.side.setGeometry(QRect(0, top, self._left, self.height() - top))
        for plot, (x0, x1) in zip(self.shown, columns(self._left, self.width(), len(self.shown)), strict=True):
            plot.setGeometry(QRect(int(x0), top, int(x1 - x0), self.height() - top))
