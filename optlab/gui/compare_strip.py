"""The compare strip: a column for every run, with a picture of it, its layers over steps, and its layers now."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollBar, QVBoxLayout, QWidget

from optlab.engine.session import Entry
from optlab.gui.desk import Desk
from optlab.gui.facets import Facets
from optlab.gui.guard import guard
from optlab.gui.layer_facets import layers_of
from optlab.gui.plots.axis import reading
from optlab.gui.plots.beside import Head, Heads
from optlab.gui.run_columns import status_text
from optlab.i18n import tr

MOST = 12
"""Columns at once, however wide the view is."""

NARROW = 8
"""Heights of a line of text below which a column is not read any more: others are scrolled to."""

FREE = 16_777_215
"""The height that Qt lets a widget have."""


class CompareStrip(QWidget):
    """Columns of the visible runs in some rows; those of their layers are there where a run has any.

    `made` tells of a new plot, `moved` asks for a refresh, `rows_changed` tells that other rows apply.
    """

    made = Signal(object)
    moved = Signal()
    rows_changed = Signal()

    def __init__(self, desk: Desk, rows: Sequence[Facets]) -> None:
        super().__init__()
        self._desk, self._rows, self._layered = desk, rows, any(row.layered for row in rows)
        self._chosen: Entry | None = None
        self.heads = Heads(desk.theme)
        self.pages = QScrollBar(Qt.Orientation.Horizontal)
        self.pages.setAccessibleName(tr("More runs"))
        self._lay_out()
        self.pages.valueChanged.connect(self.moved)
        self.heads.picked.connect(self._on_picked)
        for row in rows:
            row.made.connect(self.made)
            row.moved.connect(self.moved)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heads)
        for row in self._rows:
            column.addWidget(row, 4 if row.layered else 5)
        column.addWidget(self.pages)
        self.pages.hide()

    @property
    def rows(self) -> list[Facets]:
        """The rows that apply to the runs."""
        return [row for row in self._rows if self._layered or not row.layered]

    def reset(self) -> None:
        """Forget ranges and levels: other runs come."""
        for row in self._rows:
            row.reset()

    def refresh(self) -> None:
        """Show what the desk holds."""
        entries = self._page(self._desk.visible)
        self._set_layered(not entries or any(layers_of(entry) for entry in self._desk.visible))
        left = self._rows[0].side.minimumWidth() if self._layered and entries else 0
        self.heads.set_heads([self._head(entry) for entry in entries], left)
        for row in self._rows:
            if row.isVisibleTo(self):
                row.refresh(entries, left)
        self._limit()

    def _page(self, visible: Sequence[Entry]) -> Sequence[Entry]:
        """As many runs as have room, from where the scroll bar stands; the selected one comes into sight."""
        room = (self.width() - self._rows[0].side.minimumWidth()) / (NARROW * self.heads.style_.em)
        fits, selected = max(1, min(MOST, int(room))), self._desk.selected
        with QSignalBlocker(self.pages):
            self.pages.setPageStep(fits)
            self.pages.setRange(0, max(0, len(visible) - fits))
            if selected is not self._chosen and selected in visible:
                place, first = visible.index(selected), self.pages.value()
                self.pages.setValue(min(max(first, place - fits + 1), place))
        self.pages.setVisible(len(visible) > fits)
        self._chosen = selected
        return visible[self.pages.value() : self.pages.value() + fits]

    def _set_layered(self, layered: bool) -> None:
        rows = [row for row in self._rows if row.layered]
        if rows and layered != self._layered:
            self._layered = layered
            for row in rows:
                row.setVisible(layered)
            self.rows_changed.emit()

    def _head(self, entry: Entry) -> Head:
        desk, look, row = self._desk, self._desk.look(entry), self._desk.row(entry)
        loss = tr("loss {loss}", loss=reading(entry.run.at(row, "loss"))) if row >= 0 else status_text(entry.run.status)
        note, chosen = look.label.removeprefix(entry.name).lstrip(" ·"), entry is desk.selected
        return Head(entry.name, look.colour, look.dash, note, loss, chosen and len(desk.visible) > 1)

    def _limit(self) -> None:
        """Pictures are square: what they do not need of the height is for the other rows."""
        shared, em = any(row.layered and row.isVisibleTo(self) for row in self._rows), self.heads.style_.em
        for row in self._rows:
            if not row.layered:
                square = max(8 * em, row.shown[0].width() + 1.6 * em) if row.shown and shared else FREE
                row.setMaximumHeight(round(square))

    def _on_picked(self, k: int) -> None:
        shown = self._desk.visible[self.pages.value() :]
        if k < len(shown):
            self._desk.select(shown[k].key)

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self.moved.emit()  # more columns may have room
