"""A switch: on or off, with its word beside it."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import current_theme, mix
from optlab.i18n import tr


class Switch(QAbstractButton):
    """A checkable button drawn as a track with a knob."""

    wordless = False
    """In a table the word would have no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def word(self) -> str:
        """What the switch says: on or off."""
        return tr("on") if self.isChecked() else tr("off")

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line * 2 + 8 + self.fontMetrics().horizontalAdvance(tr("off") + "  "), line + 8)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        theme, line = current_theme(), self.fontMetrics().height()
        track = QRectF(1, (self.height() - line) / 2, line * 1.75, line).adjusted(0.5, 0.5, -0.5, -0.5)
        knob = line - 6.0
        left = track.right() - knob - 2.5 if self.isChecked() else track.left() + 2.5
        filled = theme.accent if self.isChecked() else theme.surface
        edge = theme.accent if self.isChecked() else mix(theme.muted, theme.window, 0.4)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(1.0 if self.isEnabled() else 0.5)
            painter.setPen(QPen(QColor(theme.text if self.hasFocus() else edge), 1))
            painter.setBrush(QColor(filled))
            painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.on_accent if self.isChecked() else theme.muted))
            painter.drawEllipse(QRectF(left, track.center().y() - knob / 2, knob, knob))
            if self.wordless:
                return
            painter.setPen(QColor(theme.text))
            words = QRectF(track.right() + 8, 0, self.width(), self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.word())
