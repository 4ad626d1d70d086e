"""The strip above the plots: the finding in a sentence, what stands behind it, and the buttons for the cures."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import restyle
from optlab.i18n import tr

SMALL = 0.88
"""Size of the note's text beside that of the sentence."""

Remedies = Sequence[tuple[str, object, str]]
"""A button's text, what it asks for, and its tool tip."""


class ElidedLabel(QLabel):
    """One line of plain text that ends in "…" where it does not fit; the whole is its tool tip and accessible name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._full = ""

    def set_full_text(self, text: str) -> None:
        self._full = " ".join(text.split())
        self.setAccessibleName(self._full)
        self._fit()

    def full_text(self) -> str:
        return self._full

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(f"<p>{escape(self._full)}</p>" if shown != self._full else "")


def show_level(frame: QFrame, level: str) -> None:
    """Dress a strip that speaks for `level`, and what stands in it: the style sheet colours that by its parent."""
    if frame.property("level") == level:
        return
    restyle(frame, role="message", level=level)
    for child in frame.findChildren(QWidget):
        child.style().unpolish(child)
        child.style().polish(child)


class VerdictStrip(QFrame):
    """Keeps its height whatever it says, so that the plots below never jump.

    The first remedy is a button, the others stand in a menu at its side.
    """

    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._head = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._text, self._note = ElidedLabel(self), ElidedLabel(self)
        self._first, self._more = QPushButton(self), QPushButton(self)
        self._menu = QMenu(self._more)
        self._remedies: list[object] = []
        self._more.setMenu(self._menu)
        self._first.clicked.connect(self._on_first)
        self._menu.triggered.connect(self._on_chosen)
        self._note.setProperty("role", "note")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self._keep_height()
        self.clear()

    def clear(self) -> None:
        """What the strip says while there is nothing to judge."""
        self.show_verdict(
            "neutral", tr("No verdict yet"), tr("Press Run: the gradient norms tell whether the layers learn.")
        )

    def show_verdict(self, level: str, head: str, text: str, note: str = "", remedies: Remedies = ()) -> None:
        """`level` is neutral, healthy, warning or error; `note` is a second line, smaller."""
        self._remedies = [remedy for _, remedy, _ in remedies]
        shown = (level, head, text, note, *((label, tip) for label, _, tip in remedies))
        if shown == self._shown:
            return
        self._shown = shown
        self._head.setText(head)
        self._text.set_full_text(text)
        self._note.set_full_text(note)
        self._note.setVisible(bool(note))
        self._offer(remedies)
        self.setAccessibleName(tr("Verdict: {head}", head=head))
        self.setAccessibleDescription(" ".join(filter(None, [text, note])))
        show_level(self, level)

    def _offer(self, remedies: Remedies) -> None:
        self._first.setVisible(bool(remedies))
        self._more.setVisible(len(remedies) > 1)
        self._menu.clear()
        for number, (label, _, tip) in enumerate(remedies):
            if number == 0:
                self._first.setText(label.replace("&", "&&"))
                self._first.setAccessibleName(label)
                self._first.setToolTip(tip)
                continue
            words = f"{label} · {tip}" if tip else label
            self._menu.addAction(words.replace("&", "&&")).setData(number)
        self._more.setText(f"+{len(remedies) - 1}")
        self._more.setAccessibleName(tr("Other remedies"))
        self._more.setToolTip(tr("Other remedies, each of them one change"))

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_height()

    def _keep_height(self) -> None:
        bold, small = self.font(), self.font()
        bold.setBold(True)
        small.setPointSizeF(SMALL * small.pointSizeF())
        self._head.setFont(bold)
        self._note.setFont(small)
        lines = self._head.sizeHint().height() + self._note.sizeHint().height() + 6
        height = max(self._first.sizeHint().height() + 8, lines)
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._head)
        line.addWidget(self._text, 1)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addLayout(line)
        lines.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 4, 2)
        row.setSpacing(6)
        row.addLayout(lines, 1)
        row.addWidget(self._first)
        row.addWidget(self._more)

    def _on_first(self) -> None:
        self.remedy_requested.emit(self._remedies[0])

    def _on_chosen(self, action: QAction) -> None:
        self.remedy_requested.emit(self._remedies[action.data()])
