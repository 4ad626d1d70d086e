"""The step slider under the plots: a cursor over what was recorded, which sticks to the newest step when put there."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import restyle
from optlab.i18n import tr


class Scrubber(QWidget):
    """A label, a slider over 0 … all steps of which the recorded ones can be reached, and "1 050 of 1 500"."""

    moved = Signal(int)  # by the user; following the newest step moves without it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recorded, self._total = 0, 0
        self._follow = True
        self._name = QLabel(tr("step"), self)
        self._slider = _StepSlider(self)
        self._value = QLabel(self, alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._name.setBuddy(self._slider)
        restyle(self._name, role="muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self._slider, 1)
        row.addWidget(self._value)
        self._slider.valueChanged.connect(self._on_value)
        self._show()

    @property
    def step(self) -> int:
        """The step that the cursor is on."""
        return self._slider.value()

    @property
    def follow(self) -> bool:
        """Whether the cursor sticks to the newest step."""
        return self._follow

    def set_follow(self, follow: bool) -> None:
        self._follow = follow
        if follow:
            self._put(self._recorded)

    def set_range(self, recorded: int, total: int) -> None:
        """Steps recorded so far, and steps in all (0: without an end)."""
        total = max(total, recorded)
        if (recorded, total) == (self._recorded, self._total):
            return
        self._recorded, self._total = recorded, total
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, self._total)
        self._put(recorded if self._follow else min(self.step, recorded))

    def set_step(self, step: int) -> None:
        """Put the cursor without telling anybody."""
        self._follow = step >= self._recorded
        self._put(min(max(step, 0), self._recorded))

    def _put(self, step: int) -> None:
        with QSignalBlocker(self._slider):
            self._slider.setValue(step)
        self._show()

    def _on_value(self, step: int) -> None:
        self._follow = step >= self._recorded
        self._put(min(step, self._recorded))
        self.moved.emit(self.step)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._show()

    def _show(self) -> None:
        total = grouped(self._total)
        text = tr("{n} of {total}", n=grouped(self.step), total=total) if self._total else "–"
        widest = tr("{n} of {total}", n=total, total=total)
        self._value.setFixedWidth(self._value.fontMetrics().horizontalAdvance(_zeros(widest)) + 4)
        self._value.setText(text)
        self._slider.setAccessibleDescription(text)
        self._slider.setEnabled(self._recorded > 0)


class _StepSlider(QSlider):
    """A slider that goes where it is clicked; arrow keys step by 1, with Shift by 10."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(tr("Step that the plots show"))
        self.setToolTip(tr("Step that the plots show: arrow keys by 1, with Shift by 10, Home and End"))

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -10, Qt.Key.Key_Right: 10}.get(Qt.Key(event.key()), 0)
        if by and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.setValue(self.value() + by)
        else:
            super().keyPressEvent(event)

    @guard()
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the handle under the mouse first, so that a click anywhere is the start of a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
            handle = self.style().subControlRect(control, option, part, self)
            if not handle.contains(event.position().toPoint()):
                along = round(event.position().x() - handle.width() / 2)
                room = self.width() - handle.width()
                self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), along, room))
        super().mousePressEvent(event)


def grouped(number: int) -> str:
    """`1 050`: thousands apart by a space that does not break."""
    return f"{number:,}".replace(",", "\u00a0")


def _zeros(text: str) -> str:
    """`text` with every digit a zero: digits are equally wide, or zero is the widest."""
    return "".join("0" if sign.isdigit() else sign for sign in text)
