"""A line of text with manners: selects itself when entered, steps by arrow keys and wheel, carries a unit."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import restyle

ENTERED = {
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}
NOTCH = 120  # eighths of a degree: one click of a common wheel


class Line(QLineEdit):
    """A line edit; `stepped(up)` tells of an arrow key or a wheel click while it has the focus."""

    stepped = Signal(bool)

    def __init__(self, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(0)
        self._turned = 0
        self._unit = QLabel(unit, self)
        self._unit.setTextFormat(Qt.TextFormat.PlainText)
        self._unit.setVisible(bool(unit))
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        restyle(self._unit, role="muted")

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.stepped.emit(key == Qt.Key.Key_Up)
            return
        super().keyPressEvent(event)

    @guard()
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()  # the dock scrolls
            return
        self._turned += event.angleDelta().y()
        while abs(self._turned) >= NOTCH:
            up = self._turned > 0
            self._turned -= NOTCH if up else -NOTCH
            self.stepped.emit(up)
        event.accept()

    @guard()
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._turned = 0
        if event.reason() in ENTERED:
            QTimer.singleShot(0, self, self.selectAll)  # after the press that would put the caret

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._unit.isHidden():
            size = self._unit.sizeHint()
            self._unit.setGeometry(
                self.width() - size.width() - 8, (self.height() - size.height()) // 2, size.width(), size.height()
            )
            self.setTextMargins(0, 0, size.width() + 2, 0)


class _QuietWheel(QObject):
    @guard(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def quiet_wheel(combo: QComboBox) -> None:
    """Let the wheel turn `combo` only while it has the focus, so that scrolling past changes nothing."""
    combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    combo.installEventFilter(_QuietWheel(combo))
