"""Two widgets beside each other where there is room for both, and else one below the other."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from optlab.gui.guard import guard


class Halves(QWidget):
    """Turns as it is resized: beside the first widget the second one is as wide as `set_widths` says."""

    def __init__(self, first: QWidget, second: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._second, self._least, self._width = second, 0, 0
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(first, 3)
        self._box.addWidget(second, 2)

    def set_widths(self, first: int, second: int) -> None:
        """How wide the first one is at least, and the second one beside it."""
        if (first, second) != (self._least, self._width):
            self._least, self._width = first, second
            self._turn()

    def _turn(self) -> None:
        beside = self.width() >= self._least + self._width
        ways = QBoxLayout.Direction
        self._box.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self._second.setMinimumWidth(self._width if beside else 0)
        self._second.setMaximumWidth(self._width if beside else self.maximumWidth())

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()
