"""The plugins: what each of them adds, where it came from, and what is wrong with those that are broken."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
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
    def output(self) -> str: ...


class PluginsDialog(QDialog):
    """A list with those first that are not on, and the details of the one that is marked, with what can be done."""

    allow_requested = Signal(object)
    switch_requested = Signal(object)
    folder_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: list[Record] = []
        self._make_children()
        self._lay_out()
        self._list.currentItemChanged.connect(self._on_current)
        self._copy.clicked.connect(self._on_copy)
        self._allow.clicked.connect(lambda: self.allow_requested.emit(self._current()))
        self._switch.clicked.connect(lambda: self.switch_requested.emit(self._current()))
        self._folder.clicked.connect(lambda: self.folder_requested.emit(self._current()))
        self.setWindowTitle(tr("Plugins"))
        self.resize(self.fontMetrics().averageCharWidth() * 130, self.fontMetrics().height() * 32)
        self.set_records([])

    def set_records(self, records: Sequence[Record]) -> None:
        """Show these plugins; the one that was marked stays so, else the first one, a broken one where there is any."""
        before = self._current()
        self._records = sorted(records, key=lambda record: (record.state == "on", record.name.casefold()))
        broken = sum(record.state == "broken" for record in records)
        asking = sum(record.state in ("refused", "changed") for record in records)
        parts = [tr("{n} plugins", n=len(records))]
        parts += [tr("{n} broken", n=broken)] if broken else []
        parts += [tr("{n} not allowed", n=asking)] if asking else []
        self._summary.setText(", ".join(parts if len(parts) > 1 else [*parts, tr("no problems")]))
        self._list.clear()
        for record in self._records:
            adds = ", ".join(map(added_text, record.adds))
            item = QTreeWidgetItem(
                [record.name, origin_text(record.origin), adds, state_text(record.state), record.error]
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
        self._list.setHeaderLabels([tr("plugin"), tr("from"), tr("adds"), tr("state"), tr("reason")])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._list.setAccessibleName(tr("Plugins"))
        header = self._list.header()
        for column in (0, 1, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (2, 4):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._details.setAccessibleName(tr("Details of the plugin"))
        self._copy = QPushButton(tr("Copy"), self)
        self._copy.setAccessibleName(tr("Copy the details of the plugin"))
        self._allow = QPushButton(tr("Allow…"), self)
        self._switch = QPushButton(tr("Switch off"), self)
        self._folder = QPushButton(tr("Open folder"), self)

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        for button in (self._allow, self._switch, self._folder, self._copy):
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
        for widget in (self._summary, halves, buttons):
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
        outside = record is not None and record.origin in ("yours", "package")
        self._allow.setEnabled(outside and record is not None and record.state in ("refused", "changed"))
        self._switch.setEnabled(outside and record is not None and record.state in ("on", "off", "broken"))
        self._switch.setText(tr("Switch on") if record is not None and record.state == "off" else tr("Switch off"))
        self._folder.setEnabled(record is not None and record.origin in ("yours", "--plugin"))

    def _current(self) -> Record | None:
        item = self._list.currentItem()
        place = self._list.indexOfTopLevelItem(item) if item else -1
        return self._records[place] if 0 <= place < len(self._records) else None

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


def origin_text(origin: str) -> str:
    """Where a plugin came from, in the language in force."""
    return {"shipped": tr("shipped"), "yours": tr("yours"), "package": tr("package")}.get(origin, origin)


def added_text(added: str) -> str:
    """`optimizer adam`, in the language in force; what begins with another word stays."""
    kinds = {
        "optimizer": tr("optimizer"), "schedule": tr("schedule"), "problem": tr("problem"), "panel": tr("panel"),
        "exporter": tr("exporter"),
    }  # fmt: skip
    kind, space, name = added.partition(" ")
    return f"{kinds.get(kind, kind)}{space}{name}"


def state_text(state: str) -> str:
    """`on`, `broken` and so on, in the language in force."""
    words = {
        "on": tr("on"), "broken": tr("broken"), "off": tr("off"), "waiting": tr("tried out just now"),
        "refused": tr("not allowed"), "changed": tr("changed"),
    }  # fmt: skip
    return words.get(state, state)


def _details(record: Record) -> str:
    head = f"{record.name} · {origin_text(record.origin)}\n{record.path}"
    parts = (head, record.error, "\n".join(record.notes), record.output, record.traceback)
    return "\n\n".join(part.strip() for part in parts if part.strip())
