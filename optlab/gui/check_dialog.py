"""The conformance kit's report of a plugin, made in a process of its own, so that nothing in it holds the window."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QProcess, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from optlab.gui.guard import guard
from optlab.gui.own_process import own_process
from optlab.gui.plugins_dialog import added_text
from optlab.gui.theme import Theme, current_theme, restyle
from optlab.i18n import language, tr

LEVELS = {"wrong": "error", "advice": "warning", "note": "muted"}
"""What the kit calls a finding, and the colour of its word; in the order in which they are read."""

DETAILS = 20_000


def show_check(path: Path, parent: QWidget) -> "CheckDialog":
    """Check a plugin file and show the report beside the work; the window of a file that has one comes to the front."""
    known = (dialog for dialog in parent.findChildren(CheckDialog) if dialog.path == path)
    dialog = next(known, None) or CheckDialog(path, parent)
    dialog.check()
    dialog.show()
    dialog.raise_()
    return dialog


class CheckDialog(QDialog):
    """What is wrong with a plugin comes first, then advice, then figures; closed, it ends the check."""

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._report: dict[str, Any] = {}
        self._failure = ""
        self._make_children()
        self._lay_out()
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        self._again.clicked.connect(self.check)
        self._copy.clicked.connect(self._on_copy)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Check {name}", name=path.name))
        self.resize(self.fontMetrics().averageCharWidth() * 100, self.fontMetrics().height() * 26)

    def check(self) -> None:
        """Try the plugin out, again where it was already."""
        if self.busy:
            return
        self._report, self._failure = {}, ""
        self._process.start()
        self._show_state(tr("Trying out what it promises…"), "muted")

    @property
    def busy(self) -> bool:
        """Whether the check goes on."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def text(self) -> str:
        """The report as plain text."""
        lines = [f"  {word}  {text}" if word else text for word, text, _ in _rows(self._report)]
        return "\n".join([str(self.path), self._verdict.text(), *lines, self._failure]).strip()

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and (self._report or self._failure):
            self._fill()

    def done(self, result: int) -> None:
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(1000)
        super().done(result)

    def _make_children(self) -> None:
        command = ("plugins", "check", str(self.path), "--json", "--language", language())
        self._process = own_process(*command, parent=self)
        self._place = QLabel(str(self.path), self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        restyle(self._place, role="muted")
        self._verdict = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._bar = QProgressBar(self, maximum=0, textVisible=False)
        self._page = QTextBrowser(self)
        self._page.setOpenLinks(False)
        self._page.setAccessibleName(tr("Report"))
        self._again = QPushButton(tr("Check again"), self)
        self._copy = QPushButton(tr("Copy"), self)
        self._copy.setAccessibleName(tr("Copy the report"))

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        for button in (self._again, self._copy):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self._verdict, 1)
        row.addWidget(self._bar)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(self._place)
        column.addLayout(row)
        column.addWidget(self._page, 1)
        column.addWidget(buttons)

    def _show_state(self, text: str, role: str) -> None:
        self._verdict.setText(text)
        restyle(self._verdict, role=role)
        self._bar.setVisible(self.busy)
        self._again.setEnabled(not self.busy)
        self._copy.setEnabled(not self.busy)
        self._fill()

    def _fill(self) -> None:
        theme = current_theme()
        self._page.document().setDefaultStyleSheet(f"body, td, p, h4 {{ color: {theme.text}; }}")
        failure = f"<pre>{escape(self._failure)}</pre>" if self._failure else ""
        self._page.setHtml(page(self._report, theme) if self._report else failure)

    def _on_finished(self) -> None:
        output = bytes(self._process.readAllStandardOutput().data())
        self._failure = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")[-DETAILS:]
        try:
            self._report = json.loads(output)[0]
            passed = bool(self._report["passed"])
            page(self._report, current_theme())
        except (ValueError, LookupError, TypeError, AttributeError):  # cut short, or forged by the plugin
            self._report = {}
            self._show_state(tr("The check ended before it had a report; what it printed says why"), "error")
            return
        self._show_state(tr("keeps the contract") if passed else tr("does not keep the contract"),
                         "title" if passed else "error")  # fmt: skip

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._show_state(tr("The check cannot be started: {why}", why=self._process.errorString()), "error")

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())


def _rows(report: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The lines of a report: the word for a finding, its text, and the colour of the word; "" before a component."""
    words = {"wrong": tr("wrong"), "advice": tr("advice"), "note": tr("figure")}
    findings = report.get("findings", [])
    for component in dict.fromkeys(["", *(each["component"] for each in findings)]):
        if component:
            yield "", added_text(component), "text"
        own = [each for each in findings if each["component"] == component]
        for level, role in LEVELS.items():
            yield from ((words[level], each["text"], role) for each in own if each["level"] == level)


def page(report: dict[str, Any], theme: Theme) -> str:
    """A report as HTML, component by component; every word of its author is escaped."""
    rows = [
        f'<tr><td><font color="{getattr(theme, role)}">{escape(word)}</font></td><td>{escape(text)}</td></tr>'
        if word else f'<tr><td colspan="2"><b>{escape(text)}</b></td></tr>'
        for word, text, role in _rows(report)
    ]  # fmt: skip
    return f'<table cellpadding="4">{"".join(rows)}</table>'
