"""A chip: one trial as a rounded label with its colour, renamed in place."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from optlab.gui.editor import tip
from optlab.gui.guard import guard
from optlab.gui.theme import current_theme, mix
from optlab.i18n import tr

BASE = -1  # the index of the chip that stands for all trials
DOT, PAD = 8, 9


class Chip(QAbstractButton):
    """A rounded label with a dot in the run's colour; the selected one is filled and edged."""

    chosen = Signal(int)
    renamed = Signal(int, str)
    asked = Signal(int, QPoint)  # its menu, where
    moved = Signal(int, int)  # to the neighbour, -1 or 1

    def __init__(self, index: int, label: str, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.index, self._colour, self._home = index, colour, parent
        self.setText(label)
        self.setAccessibleName(tr("all trials") if index == BASE else tr("trial {label}", label=label))
        self.setToolTip(tip(label))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        dot = DOT + 6 if self._colour else 0
        return QSize(metrics.horizontalAdvance(self.text()) + dot + 2 * PAD, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(4 * PAD, self.sizeHint().height())

    def rename(self) -> None:
        """Edit the label in place; Enter takes it, Esc or leaving does not."""
        if self.index == BASE:
            return
        line = _NameLine(self.text(), self._home)
        line.setGeometry(self.geometry().adjusted(0, 0, 40, 0).intersected(self._home.rect()))
        line.taken.connect(self._on_named)
        line.show()
        line.setFocus()

    def _on_clicked(self) -> None:
        self.chosen.emit(self.index)

    def _on_named(self, text: str) -> None:
        if text and text != self.text():
            self.renamed.emit(self.index, text)

    @guard()
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.rename()

    @guard()
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.index != BASE:
            self.asked.emit(self.index, event.globalPos())

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        if event.key() in moves:
            self.moved.emit(self.index, moves[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_F2:
            self.rename()
        else:
            super().keyPressEvent(event)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        theme, line = current_theme(), self.height() / 2
        fill = mix(theme.text, theme.surface, 0.9) if self.isChecked() or self.underMouse() else theme.window
        edge = theme.accent if self.hasFocus() or self.isChecked() else theme.border
        left = PAD
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(edge), 1))
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), line - 1, line - 1)
            if self._colour:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._colour))
                painter.drawEllipse(QRectF(left, line - DOT / 2, DOT, DOT))
                left += DOT + 6
            painter.setPen(QColor(theme.text))
            box = QRectF(left, 0, self.width() - left - PAD + 2, self.height())
            words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)


class _NameLine(QLineEdit):
    """A line that lives until it is left."""

    taken = Signal(str)

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(tr("New name"))
        self.setMaxLength(80)
        self.selectAll()
        self.returnPressed.connect(self._on_return)
        self.editingFinished.connect(self.deleteLater)

    def _on_return(self) -> None:
        self.taken.emit(self.text().strip())

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()  # ends the editing without taking the text
        else:
            super().keyPressEvent(event)
