"""The strip above the plots: what the norms say, in one sentence with numbers, and the button for the cure."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import restyle
from optlab.i18n import tr

REMEDIES = 2  # buttons at most: a third would push the sentence out


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
    """Keeps its height whatever it says, so that the plots below never jump."""

    remedy_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[object, ...] = ()
        self._head = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._text = ElidedLabel(self)
        self._buttons = [QPushButton(self) for _ in range(REMEDIES)]
        self._remedies: list[object] = []
        bold = self._head.font()
        bold.setBold(True)
        self._head.setFont(bold)
        for number, button in enumerate(self._buttons):
            button.setProperty("number", number)
            button.clicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.clear()

    def clear(self) -> None:
        """What the strip says while there is nothing to judge."""
        self.show_verdict(
            "neutral", tr("No verdict yet"), tr("Press Run: the gradient norms tell whether the layers learn.")
        )

    def show_verdict(self, level: str, head: str, text: str, remedies: Sequence[tuple[str, object]] = ()) -> None:
        """`level` is neutral, healthy, warning or error; `remedies` are a button's text and what it asks for."""
        labels = [label for label, _ in remedies[:REMEDIES]]
        self._remedies = [remedy for _, remedy in remedies[:REMEDIES]]
        shown = (level, head, text, *labels)
        if shown == self._shown:
            return
        self._shown = shown
        self._head.setText(head)
        self._text.set_full_text(text)
        for number, button in enumerate(self._buttons):
            label = labels[number] if number < len(labels) else ""
            button.setVisible(bool(label))
            button.setText(label.replace("&", "&&"))
            button.setAccessibleName(label)
        self.setAccessibleName(tr("Verdict: {head}", head=head))
        self.setAccessibleDescription(text)
        show_level(self, level)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._keep_height()

    def _keep_height(self) -> None:
        height = self._buttons[0].sizeHint().height() + 8
        if height != self.minimumHeight():
            self.setFixedHeight(height)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.setSpacing(10)
        row.addWidget(self._head)
        row.addWidget(self._text, 1)
        for button in self._buttons:
            row.addWidget(button)
        self._keep_height()

    def _on_clicked(self) -> None:
        self.remedy_requested.emit(self._remedies[self.sender().property("number")])
