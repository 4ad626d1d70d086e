"""The plugins: what each of them adds, where it came from, and what is wrong with those that are broken."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from optlab.gui.guard import guard
from optlab.gui.icons import icon
from optlab.gui.theme import current_theme, restyle
from optlab.i18n import tr


class Record(Protocol):
    """What is known of a plugin."""

    @property
    def name(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def traceback(self) -> str: ...
    @property
    def adds(self) -> list[str]: ...
    @property
    def notes(self) -> list[str]: ...
    @property
    def brought(self) -> list[str]: ...
    @property
    def output(self) -> str: ...


class PluginsDialog(QDialog):
    """A list with those first that are not on, then those from outside, and the details of the one that is marked."""

    allow_requested = Signal(object)
    retry_requested = Signal(object)
    check_requested = Signal(object)
    switch_requested = Signal(object)
    inside_requested = Signal(object, bool)
    folder_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: list[Record] = []
        self._is_inside: Callable[[Any], bool] = lambda record: False
        self._make_children()
        self._lay_out()
        self._list.currentItemChanged.connect(self._on_current)
        self._copy.clicked.connect(self._on_copy)
        self._inside.clicked.connect(lambda on: self.inside_requested.emit(self._current(), on))
        for button, signal in self._requests:
            button.clicked.connect(partial(self._on_request, signal))
        self.setWindowTitle(tr("Plugins"))
        self.resize(self.fontMetrics().averageCharWidth() * 160, self.fontMetrics().height() * 32)
        self.set_records([])

    def set_records(self, records: Sequence[Record], inside: Callable[[Any], bool] = lambda record: False) -> None:
        """Show these plugins; the one that was marked stays so, else the first one, a broken one where there is any.

        `inside` says whose runs stay in the window's process.
        """
        before = self._current()
        self._is_inside = inside
        self._records = sorted(records, key=_place)
        self._summary.setText(" · ".join(summary(records)))
        self._list.clear()
        for record in self._records:
            adds = ", ".join(map(added_text, record.adds))
            item = QTreeWidgetItem(
                [
                    record.name,
                    record.version,
                    origin_text(record.origin),
                    adds,
                    state_text(record.state),
                    record.error or "; ".join(record.brought),
                ]
            )
            for column in range(item.columnCount()):
                item.setData(column, Qt.ItemDataRole.AccessibleTextRole, item.text(column))
            self._list.addTopLevelItem(item)
        self._mark_broken()
        same = (n for n, record in enumerate(self._records) if before is not None and record.path == before.path)
        if shown := self._list.topLevelItem(next(same, 0)):
            self._list.setCurrentItem(shown)
        self._on_current()

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._records:
            self._mark_broken()

    def _make_children(self) -> None:
        self._summary = QLabel(self, textFormat=Qt.TextFormat.PlainText)
        restyle(self._summary, role="muted")
        self._list = QTreeWidget(self)
        self._list.setHeaderLabels([tr("plugin"), tr("version"), tr("from"), tr("adds"), tr("state"), tr("reason")])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._list.setAccessibleName(tr("Plugins"))
        header = self._list.header()
        for column in (0, 1, 2, 4):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (3, 5):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setAccessibleName(tr("Details of the plugin"))
        self._copy = QPushButton(tr("Copy"), self)
        self._copy.setAccessibleName(tr("Copy the details of the plugin"))
        self._inside = QCheckBox(tr("Run in the process of the window, for debugging"), self)
        self._inside.setToolTip(tr("What ends or blocks one of its runs then ends or blocks the window"))
        self._allow = QPushButton(tr("Allow…"), self)
        self._retry = QPushButton(tr("Try again"), self)
        self._retry.setToolTip(tr("Try it out anew, whatever was found of it"))
        self._check = QPushButton(tr("Check…"), self)
        self._check.setToolTip(tr("Try out everything that a plugin promises"))
        self._switch = QPushButton(tr("Switch off"), self)
        self._folder = QPushButton(tr("Open folder"), self)
        self._requests = (
            (self._allow, self.allow_requested), (self._retry, self.retry_requested),
            (self._check, self.check_requested), (self._switch, self.switch_requested),
            (self._folder, self.folder_requested),
        )  # fmt: skip

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        for button in (*(button for button, _ in self._requests), self._copy):
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.addWidget(self._list)
        halves.addWidget(self._details)
        halves.setSizes([3, 2])
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for widget in (self._summary, halves, self._inside, buttons):
            column.addWidget(widget)
        column.setStretch(1, 1)

    def _mark_broken(self) -> None:
        for number, record in enumerate(self._records):
            item = self._list.topLevelItem(number)
            if item and record.state != "on":
                item.setIcon(0, icon("warning", current_theme(), "warning"))
                item.setToolTip(0, state_text(record.state))

    def _on_current(self) -> None:
        record = self._current()
        self._details.setPlainText(_details(record) if record is not None else "")
        self._copy.setEnabled(record is not None)
        origin, state = (record.origin, record.state) if record is not None else ("", "")
        kept, outside = origin in ("yours", "package"), origin in ("yours", "package", "--plugin")
        self._allow.setEnabled(kept and state in ("refused", "changed"))
        named = origin == "--plugin" and state in ("refused", "changed")  # it has changed since the start
        self._retry.setEnabled(outside and (named or state in ("on", "broken")))
        self._retry.setText(tr("Try again") if state == "broken" else tr("Reload"))
        self._check.setEnabled(origin in ("yours", "--plugin") and state in ("on", "broken"))
        self._switch.setEnabled(kept and state in ("on", "off", "broken"))
        self._switch.setText(tr("Switch on") if state == "off" else tr("Switch off"))
        self._folder.setEnabled(origin in ("yours", "--plugin"))
        self._inside.setEnabled(outside)
        self._inside.setChecked(outside and self._is_inside(record))

    def _on_request(self, signal: Any) -> None:
        if (record := self._current()) is not None:
            signal.emit(record)

    def _current(self) -> Record | None:
        item = self._list.currentItem()
        place = self._list.indexOfTopLevelItem(item) if item else -1
        return self._records[place] if 0 <= place < len(self._records) else None

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


def _place(record: Record) -> tuple[bool, bool, str]:
    """Those that are not on before the others, those from outside before the shipped ones."""
    return record.state == "on", record.origin == "shipped", record.name.casefold()


def summary(records: Sequence[Record]) -> list[str]:
    """How many plugins there are, and how many of them want something of the user."""

    def count(*states: str) -> int:
        return sum(record.state in states for record in records)

    broken, asking, waiting = count("broken"), count("refused", "changed"), count("waiting")
    wishes = [tr("{n} broken", n=broken)] if broken else []
    if asking:
        wishes.append(tr("{n} ask to be allowed", n=asking) if asking > 1 else tr("1 asks to be allowed"))
    wishes += [tr("{n} tried out just now", n=waiting)] if waiting else []
    return [tr("{n} plugins", n=len(records)), *(wishes or [tr("no problems")])]


def origin_text(origin: str) -> str:
    """Where a plugin came from, in the language in force."""
    return {"shipped": tr("shipped"), "yours": tr("yours"), "package": tr("package")}.get(origin, origin)


def added_text(added: str) -> str:
    """`optimizer adam`, in the language in force; what begins with another word stays."""
    kinds = {
        "optimizer": tr("optimizer"), "schedule": tr("schedule"), "problem": tr("problem"), "panel": tr("panel"),
        "exporter": tr("exporter"), "experiment": tr("experiment"),
    }  # fmt: skip
    kind, space, name = added.partition(" ")
    return f"{kinds.get(kind, kind)}{space}{name}"


def state_text(state: str) -> str:
    """`on`, `broken` and so on, in the language in force."""
    words = {
        "on": tr("on"), "broken": tr("broken"), "off": tr("switched off"), "waiting": tr("tried out just now"),
        "refused": tr("not allowed"), "changed": tr("changed since allowed"),
    }  # fmt: skip
    return words.get(state, state)


def _details(record: Record) -> str:
    facts = (record.name, record.version, origin_text(record.origin), state_text(record.state))
    head = f"{' · '.join(filter(None, facts))}\n{record.path}"
    parts = (head, record.error, "\n".join(record.brought), "\n".join(record.notes), record.output, record.traceback)
    return "\n\n".join(part.strip() for part in parts if part.strip())
