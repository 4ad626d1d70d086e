"""The caption of a projected plot: the verdict in words that wrap, with Run and Step beside it."""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from optlab.gui.desk import Desk
from optlab.gui.verdict_strip import show_level
from optlab.i18n import tr


class Caption(QFrame):
    """Says what the verdict strip says, without its note and its remedies; two lines high, and more where need be."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.words = QLabel(self, textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.run, self.step = QPushButton(tr("Run"), self), QPushButton(tr("Step"), self)
        self._lay_out()
        for signal in (desk.runs_changed, desk.selection_changed, desk.cursor_changed, desk.theme_changed):
            signal.connect(self.refresh)

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(10)
        row.addWidget(self.words, 1)
        for button in (self.run, self.step):
            column = QVBoxLayout()
            column.addWidget(button)
            row.addLayout(column)

    def refresh(self) -> None:
        """Say what is known of the selected run at the cursor."""
        desk, entry = self._desk, self._desk.selected
        if self.isHidden():
            return
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        if "verdict" in desk.hidden or entry is None:
            show_level(self, "neutral")
            self.words.setText("")
            return
        verdict = desk.verdict(entry)
        show_level(self, verdict.level)
        self.words.setText(" ".join(filter(None, (f"<b>{escape(verdict.head)}</b>" * bool(verdict.head),
                                                  escape(verdict.text)))))  # fmt: skip
