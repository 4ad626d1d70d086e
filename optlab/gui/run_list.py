"""The runs table: selecting, renaming, showing and hiding runs, and everything else that a run can be asked for."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from optlab.gui.guard import guard
from optlab.gui.icons import icon
from optlab.gui.run_columns import RUN, RunRow
from optlab.gui.run_delegate import RunDelegate
from optlab.gui.run_model import ROW_ROLE, RunModel, RunOrder
from optlab.gui.theme import current_theme
from optlab.i18n import tr

__all__ = ["RunList", "RunRow"]


class RunList(QTableView):
    """A table over `RunRow`s; it changes nothing itself but tells the window what was asked for which keys."""

    visible_toggled = Signal(list, bool)
    only_requested = Signal(str)
    all_requested = Signal()
    renamed = Signal(str, str)
    recolour_requested = Signal(str)
    duplicate_requested = Signal(str)
    delete_requested = Signal(list)
    export_requested = Signal(list)
    copy_spec_requested = Signal(list)
    pin_toggled = Signal(list, bool)
    rate_requested = Signal(str)
    current_changed = Signal(str)  # "" where no run is left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = RunModel(self)
        self._order = RunOrder(self._model, self)
        self._delegate = RunDelegate(self)
        self._current = ""
        self._ended: set[str] = set()
        self._fitting = self._updating = False
        self._weights = [column.weight for column in self._model.columns]
        self._set_up_table()
        self._set_up_header()
        self._actions = self._make_actions()
        self._connect()

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these runs in this order (until a header is clicked); selection and editing stay."""
        self._updating = True
        changed = self._model.set_rows(rows)
        self._updating = False
        ended = {row.key for row in rows if row.status not in ("queued", "running", "paused")}
        if self._order.sortColumn() >= 0 and (changed or ended != self._ended):
            self._order.resort()
        self._ended = ended
        if changed:
            self.viewport().update()
            self._tell_current()

    def set_ratio_title(self, title: str) -> None:
        """The title of the last column, such as `W1 / W13`."""
        self._model.set_ratio_title(title)

    def current_key(self) -> str:
        """The run whose layers the plots show; "" where there is none."""
        row = self.currentIndex().data(ROW_ROLE)
        return row.key if row else ""

    def selected_keys(self) -> list[str]:
        """The keys of the selected runs, from top to bottom."""
        return [row.key for row in self._selected_rows()]

    def select(self, key: str) -> None:
        """Make the run `key` the current and only selected one."""
        for place, row in enumerate(self._model.rows):
            if row.key == key:
                index = self._order.mapFromSource(self._model.index(place, RUN))
                flag = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)

    def rename_current(self) -> None:
        """Edit the name of the current run in place."""
        index = self.currentIndex().siblingAtColumn(RUN)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def _set_up_table(self) -> None:
        trigger = QAbstractItemView.EditTrigger
        self.setModel(self._order)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Runs"))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self._fit_rows()

    def _connect(self) -> None:
        self._model.renamed.connect(self.renamed)
        self._delegate.eye_clicked.connect(self._on_eye)
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        self.horizontalHeader().sectionResized.connect(self._on_section_resized)

    def _make_actions(self) -> dict[str, QAction]:
        """The context menu as records: id, text, shortcut, icon, what it does; "-" parts them."""
        table: tuple[tuple[str, str, str, str, Callable[[], None]], ...] = (
            ("visible", tr("Show"), "Space", "eye", self._on_visible),
            ("only", tr("Show only this"), "", "", self._on_only),
            ("all", tr("Show all"), "", "", self.all_requested.emit),
            ("rename", tr("Rename"), "F2", "rename", self.rename_current),
            ("recolour", tr("Recolour…"), "", "colour", self._on_recolour),
            ("duplicate", tr("Duplicate with a change…"), "", "duplicate", self._on_duplicate),
            ("pin", tr("Pin: keep when run again"), "", "pin", self._on_pin),
            ("rate", tr("Change lr…"), "", "", self._on_rate),
            ("export", tr("Export CSV…"), "", "export", self._on_export),
            ("copy", tr("Copy spec"), "Ctrl+C", "copy", self._on_copy),
            ("delete", tr("Delete"), "Delete", "trash", self._on_delete),
        )
        actions = {}
        for name, text, shortcut, glyph, call in table:
            action = actions[name] = QAction(text, self)
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setData(glyph)
            action.triggered.connect(call)
        actions["visible"].setCheckable(True)
        actions["pin"].setCheckable(True)
        self.addActions(list(actions.values()))
        return actions

    def menu(self) -> QMenu:
        """The context menu for what is selected now."""
        rows = self._selected_rows()
        menu = QMenu(self)
        for name, action in self._actions.items():
            if name in ("rename", "export", "delete"):
                menu.addSeparator()
            glyph = action.data()
            if glyph and not action.isCheckable():
                action.setIcon(icon(glyph, current_theme()))
            action.setEnabled(bool(self._model.rows) if name == "all" else bool(rows))
            menu.addAction(action)
        self._actions["visible"].setChecked(all(row.visible for row in rows))
        self._actions["pin"].setChecked(all(row.pinned for row in rows))
        return menu

    @guard()
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.rename_current()
        else:
            super().keyPressEvent(event)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.rows:
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(current_theme().muted))
                painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr("No runs yet: press Run"))

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_rows()
            self._fit_columns()

    def _selected_rows(self) -> list[RunRow]:
        indexes = sorted(self.selectionModel().selectedRows(RUN), key=QModelIndex.row)
        return [index.data(ROW_ROLE) for index in indexes]

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        self.verticalHeader().setMinimumSectionSize(self.fontMetrics().height() + 6)

    def _fit_columns(self) -> None:
        """Share the width by weight above each column's least width, so that it is always exactly full."""
        digit = self.fontMetrics().horizontalAdvance("0")
        least = [column.least * digit for column in self._model.columns]
        free = max(self.viewport().width() - sum(least), 0)
        shrink = min(self.viewport().width() / sum(least), 1.0)
        edges = [0.0]
        for width, weight in zip(least, self._weights, strict=True):
            edges.append(edges[-1] + width * shrink + free * weight / sum(self._weights))
        self._resize([round(right) - round(left) for left, right in pairwise(edges)])

    def _resize(self, widths: list[int]) -> None:
        self._fitting = True
        for column, width in enumerate(widths):
            self.horizontalHeader().resizeSection(column, width)
        self._fitting = False

    def _on_section_resized(self, column: int, before: int, after: int) -> None:
        """Take from the neighbour what a column was given by hand, and share by the new widths from now on."""
        if self._fitting:
            return
        widths = [self.columnWidth(n) for n in range(len(self._weights))]
        neighbour = column + 1 if column + 1 < len(widths) else column - 1
        taken = max(min(after - before, widths[neighbour] - 40), 40 - before)
        widths[column], widths[neighbour] = before + taken, widths[neighbour] - taken
        digit = self.fontMetrics().horizontalAdvance("0")
        spare = [width - spec.least * digit for width, spec in zip(widths, self._model.columns, strict=True)]
        self._weights = [0.0, *(max(width, 1) for width in spare[1:])]
        self._resize(widths)

    def _on_eye(self, key: str) -> None:
        row = next(row for row in self._model.rows if row.key == key)
        self.visible_toggled.emit([key], not row.visible)

    def _tell_current(self) -> None:
        """Once for all that one update did to the current row."""
        key = self.current_key()
        if key != self._current and not self._updating:
            self._current = key
            self.current_changed.emit(key)

    def _on_visible(self) -> None:
        rows = self._selected_rows()
        if rows:
            self.visible_toggled.emit([row.key for row in rows], not all(row.visible for row in rows))

    def _on_pin(self) -> None:
        rows = self._selected_rows()
        if rows:
            self.pin_toggled.emit([row.key for row in rows], not all(row.pinned for row in rows))

    def _on_only(self) -> None:
        self._for_current(self.only_requested.emit)

    def _on_recolour(self) -> None:
        self._for_current(self.recolour_requested.emit)

    def _on_rate(self) -> None:
        self.rate_requested.emit(self.current_key())

    def _on_duplicate(self) -> None:
        self._for_current(self.duplicate_requested.emit)

    def _on_export(self) -> None:
        self._for_selected(self.export_requested.emit)

    def _on_copy(self) -> None:
        self._for_selected(self.copy_spec_requested.emit)

    def _on_delete(self) -> None:
        self._for_selected(self.delete_requested.emit)

    def _for_current(self, tell: Callable[[str], object]) -> None:
        if key := self.current_key():
            tell(key)

    def _for_selected(self, tell: Callable[[list[str]], object]) -> None:
        if keys := self.selected_keys():
            tell(keys)
