"""A sheet: a table of numbers that copies as a spreadsheet reads it, saves as CSV, and goes down with Enter."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QMenu, QTableView, QWidget

from optlab.gui.guard import guard
from optlab.gui.plots.columns import Columns
from optlab.i18n import tr


class Sheet(QTableView):
    """Shows a model whose cells give their exact values as `EditRole`; `title` names the files that it is saved to."""

    export_requested = Signal(str)  # "csv"

    def __init__(self, model: QAbstractTableModel, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.setModel(model)
        self.setAccessibleName(title)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.AnyKeyPressed | trigger.SelectedClicked | trigger.DoubleClicked)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self._copy = QAction(tr("Copy"), self, shortcut=QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._copy.triggered.connect(self.copy)
        self._save = QAction(tr("Save CSV…"), self)
        self._save.triggered.connect(lambda: self.export_requested.emit("csv"))
        self.addActions([self._copy, self._save])
        self._fit_rows()

    def copy(self) -> None:
        """Put what is selected on the clipboard, with its titles, as text between tabs."""
        if text := self.selected_text():
            QGuiApplication.clipboard().setText(text)

    def selected_text(self) -> str:
        """What is selected as lines of cells between tabs; titles above where it is more than one cell."""
        indexes = self.selectionModel().selectedIndexes()
        places = sorted({index.column() for index in indexes}, key=self.horizontalHeader().visualIndex)
        rows = sorted({index.row() for index in indexes})
        lines = [[_plain(self.model().index(row, place).data(Qt.ItemDataRole.EditRole)) for place in places]
                 for row in rows]  # fmt: skip
        if len(indexes) > 1:
            lines.insert(0, [_plain(self._title(place)) for place in places])
        return "\n".join("\t".join(line) for line in lines)

    def table(self) -> Columns:
        """All cells by the titles of their columns."""
        model, role = self.model(), Qt.ItemDataRole.EditRole
        columns: Columns = {}
        for place in range(model.columnCount()):
            values = [model.index(row, place).data(role) for row in range(model.rowCount())]
            columns[_free(self._title(place), columns)] = [None if value == "" else value for value in values]
        return columns

    def _title(self, place: int) -> str:
        return str(self.model().headerData(place, Qt.Orientation.Horizontal) or "")

    def _fit_rows(self) -> None:
        self.verticalHeader().setMinimumSectionSize(self.fontMetrics().height() + 4)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)

    @guard()
    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.currentIndex().siblingAtRow(self.currentIndex().row() + 1)
            if below.isValid():
                self.setCurrentIndex(QModelIndex(below))

    @guard()
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._copy.setEnabled(self.selectionModel().hasSelection())
        menu.addActions([self._copy, self._save])
        menu.aboutToHide.connect(lambda: self._copy.setEnabled(True))
        menu.popup(event.globalPos())

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_rows()


def _free(name: str, taken: Columns) -> str:
    """A name that no column has."""
    return next(each for k in range(1, len(taken) + 2) if (each := name if k == 1 else f"{name} {k}") not in taken)


def _plain(value: Any) -> str:
    """A cell as one field of a line."""
    text = "" if value is None else repr(value) if isinstance(value, float) else str(value)
    return " ".join(text.split())
