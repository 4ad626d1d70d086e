"""A section of a dock: a bold title that folds what is below it, and room for a picker beside the title."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from optlab.gui.guard import guard
from optlab.gui.icons import icon
from optlab.gui.row import split
from optlab.gui.theme import current_theme
from optlab.i18n import tr

ARROW = 12
FOLD = {Qt.Key.Key_Left: False, Qt.Key.Key_Right: True}


class _Title(QAbstractButton):
    """The title with its arrow, muted unless the mouse or the keyboard is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setBold(True)
        self.setFont(font)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + ARROW + 10, metrics.height() + 10)

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in FOLD:
            self.setChecked(FOLD[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
        else:
            super().keyPressEvent(event)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        room = self.width() - ARROW - 6
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        width = self.fontMetrics().horizontalAdvance(words)
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.text))
            painter.drawText(QRect(0, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, words)
            arrow = icon("chevron-down" if self.isChecked() else "chevron-right", theme, "muted")
            arrow.paint(painter, QRect(width + 5, (self.height() - ARROW) // 2 + 1, ARROW, ARROW))
            if self.hasFocus():
                painter.setPen(QColor(theme.accent))
                painter.drawLine(0, self.height() - 3, width, self.height() - 3)


class Section(QWidget):
    """`side` stands at the right of the title and stays when the section is folded; `body` folds."""

    toggled = Signal(bool)

    def __init__(self, title: str, side: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = _Title(title)
        self._title.setAccessibleName(title)
        self._title.setToolTip(tr("Fold or unfold this section"))
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)
        if side is None:
            self._column.addWidget(self._title)
        else:
            self._column.addLayout(split(self._title, side))
        self._title.toggled.connect(self._on_toggled)

    def set_body(self, body: QWidget) -> None:
        """What is folded; the section takes it over."""
        self._body = body
        self._column.addWidget(body)
        body.setVisible(self.open)

    @property
    def open(self) -> bool:
        """Whether the body is shown."""
        return self._title.isChecked()

    def set_open(self, opened: bool) -> None:
        """Fold or unfold."""
        self._title.setChecked(opened)

    def _on_toggled(self, opened: bool) -> None:
        if self._body:
            self._body.setVisible(opened)
        self.toggled.emit(opened)
