"""The message bar: errors, warnings and infos as one sentence each, in a queue, never as a modal box."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from optlab.gui.guard import guard
from optlab.gui.icons import IconButton, icon
from optlab.gui.theme import current_theme
from optlab.gui.verdict_strip import show_level
from optlab.i18n import tr

LEVELS = ("error", "warning", "info")  # in the order in which they are shown
WAITING = 50
INFO_STAYS = 10_000  # ms
LONGEST = 400  # characters; more is what details are for

Action = tuple[str, Callable[[], Any]]


@dataclass(frozen=True)
class Message:
    """A sentence and what can be done about it; `count` says how often it came."""

    sentence: str
    level: str = "error"
    details: str = ""
    actions: tuple[Action, ...] = field(default=(), compare=False)
    count: int = field(default=1, compare=False)

    def same(self, other: "Message") -> bool:
        return (self.sentence, self.level) == (other.sentence, other.level)


class MessageBar(QFrame):
    """Hidden while it has nothing to say; errors come before warnings before infos, else first come, first shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Message] = []
        self._make_children()
        self._lay_out()
        self._connect()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_message(
        self, sentence: str, level: str = "error", details: str = "", actions: Sequence[Action] = ()
    ) -> None:
        """Show a sentence, or queue it; one that waits already is counted."""
        new = Message(sentence, level if level in LEVELS else "error", details, tuple(actions))
        for place, known in enumerate(self._messages):
            if known.same(new):
                self._messages[place] = replace(new, count=known.count + 1)
                break
        else:
            self._messages.append(new)
            self._messages.sort(key=lambda message: LEVELS.index(message.level))
            del self._messages[WAITING:]
        self._refresh()

    def withdraw(self, sentence: str) -> None:
        """Take back what was said: it is true no more."""
        kept = [message for message in self._messages if message.sentence != sentence]
        if len(kept) < len(self._messages):
            if kept[:1] != self._messages[:1]:
                self._details.hide()
            self._messages = kept
            self._refresh()

    def dismiss(self) -> None:
        """Drop the message that is shown; the next one follows."""
        self._details.hide()
        del self._messages[:1]
        self._refresh()

    def messages(self) -> list[Message]:
        """What is shown, and what waits behind it."""
        return list(self._messages)

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._messages:
            self._show_level()

    def _make_children(self) -> None:
        self._icon = QLabel(self)
        self._text = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._count = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        self._more = QPushButton(tr("Details"), self)
        self._more.setCheckable(True)
        self._more.setAccessibleName(tr("Show the details of the message"))
        self._close = IconButton("close", tr("Dismiss (Esc)"), self)
        self._close.setAccessibleName(tr("Dismiss the message"))
        self._details = QFrame(self)
        self._trace = QPlainTextEdit(self._details, readOnly=True)
        self._trace.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._trace.setAccessibleName(tr("Details of the message"))
        self._trace.setFixedHeight(self.fontMetrics().height() * 9)
        self._copy = QPushButton(tr("Copy"), self._details)
        self._copy.setAccessibleName(tr("Copy the message and its details"))
        self._actions: list[QPushButton] = []
        self._answers: tuple[Action, ...] = ()
        self._leave = QTimer(self, singleShot=True, interval=INFO_STAYS)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        for widget, stretch in ((self._icon, 0), (self._text, 1), (self._count, 0), (self._more, 0), (self._close, 0)):
            self._row.addWidget(widget, stretch)
        below = QHBoxLayout(self._details)
        below.setContentsMargins(0, 0, 0, 4)
        below.addWidget(self._trace)
        below.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 6, 4)
        column.setSpacing(6)
        column.addLayout(self._row)
        column.addWidget(self._details)
        self._details.hide()

    def _connect(self) -> None:
        self._close.clicked.connect(self.dismiss)
        self._more.toggled.connect(self._details.setVisible)
        self._copy.clicked.connect(self._on_copy)
        self._leave.timeout.connect(self._on_leave)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.dismiss)

    def _refresh(self) -> None:
        self._leave.stop()
        self.setVisible(bool(self._messages))
        if not self._messages:
            return
        message = self._messages[0]
        self._text.setText(_breakable(message.sentence))
        waiting = tr("1 of {n}", n=len(self._messages)) if len(self._messages) > 1 else ""
        times = f"×{message.count}" if message.count > 1 else ""
        self._count.setText("  ".join(filter(None, (times, waiting))))
        self._count.setVisible(bool(times or waiting))
        if self._trace.toPlainText() != message.details:
            self._trace.setPlainText(message.details)
        self._more.setVisible(bool(message.details))
        self._more.setChecked(bool(message.details) and self._details.isVisibleTo(self))
        self._show_actions(message)
        self.setAccessibleName(message.sentence)
        self._show_level()
        if message.level == "info":
            self._leave.start()

    def _show_actions(self, message: Message) -> None:
        if message.actions is self._answers:
            return  # a button that is being pressed stays
        self._answers = message.actions
        for button in self._actions:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._actions = [QPushButton(text.replace("&", "&&"), self) for text, _ in message.actions]
        for place, (button, (text, call)) in enumerate(zip(self._actions, message.actions, strict=True)):
            button.setAccessibleName(text)
            button.clicked.connect(partial(self._on_action, message, call))
            self._row.insertWidget(2 + place, button)
            button.show()
        self.setProperty("level", "")  # new buttons are dressed too

    def _show_level(self) -> None:
        level = self._messages[0].level
        show_level(self, level)
        role = level if level in ("error", "warning") else "text"
        self._icon.setPixmap(icon(level, current_theme(), role).pixmap(16, 16))

    def _on_action(self, message: Message, call: Callable[[], Any]) -> None:
        """The message has been answered, so it goes, whatever else came meanwhile."""
        self._details.hide()
        self._messages = [known for known in self._messages if not known.same(message)]
        self._refresh()
        call()

    def _on_copy(self) -> None:
        message = self._messages[0]
        QGuiApplication.clipboard().setText(f"{message.sentence}\n\n{message.details}")

    def _on_leave(self) -> None:
        if self.underMouse() or QApplication.focusWidget() in (self._text, *self._actions):
            self._leave.start()
        else:
            self.dismiss()


def _breakable(text: str) -> str:
    """`text` cut to a readable length, with invisible places to break words that are wider than a window."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return re.sub(r"(\S{40})(?=\S)", "\\1\u200b", cut)
