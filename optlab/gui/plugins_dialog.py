"""The plugins: what each of them adds, where it came from, and what is wrong with those that are broken."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, Qt
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


class PluginsDialog(QDialog):
    """A list with the broken ones first, and the details of the one that is marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._records: list[Record] = []
        self._make_children()
        self._lay_out()
        self._list.currentItemChanged.connect(self._on_current)
        self._copy.clicked.connect(self._on_copy)
        self.setWindowTitle(tr("Plugins"))
        self.resize(self.fontMetrics().averageCharWidth() * 130, self.fontMetrics().height() * 32)
        self.set_records([])

    def set_records(self, records: Sequence[Record]) -> None:
        """Show these plugins; the first one, a broken one where there is any, is marked."""
        self._records = sorted(records, key=lambda record: (record.state == "on", record.name.casefold()))
        broken = sum(record.state != "on" for record in records)
        sound = tr("{n} plugins, no problems", n=len(records))
        self._summary.setText(tr("{n} plugins, {broken} broken", n=len(records), broken=broken) if broken else sound)
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
        if first := self._list.topLevelItem(0):
            self._list.setCurrentItem(first)
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

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        buttons.addButton(self._copy, QDialogButtonBox.ButtonRole.ActionRole)
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
        item = self._list.currentItem()
        place = self._list.indexOfTopLevelItem(item) if item else -1
        self._details.setPlainText(_details(self._records[place]) if place >= 0 else "")
        self._copy.setEnabled(place >= 0)

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
    """`on` or `broken`, in the language in force."""
    return {"on": tr("on"), "broken": tr("broken")}.get(state, state)


def _details(record: Record) -> str:
    parts = (f"{record.name} · {origin_text(record.origin)}\n{record.path}", record.error, record.traceback)
    return "\n\n".join(part.strip() for part in parts if part.strip())
