"""How a run looks in its row: swatch with its dashes, badge, progress bar; and what a click on the eye does."""

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from optlab.gui.guard import guard
from optlab.gui.icons import icon
from optlab.gui.run_columns import RunRow, status_text, time_left_text
from optlab.gui.run_model import ROW_ROLE, RunModel
from optlab.gui.theme import Theme, current_theme, mix

Index = QModelIndex | QPersistentModelIndex
PAD = 6
EYE = 16
DOT = 10
BAR = 6
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class RunDelegate(QStyledItemDelegate):
    """Paints every cell of the runs table in the colours of the theme in force."""

    eye_clicked = Signal(str)  # key

    @guard()
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: RunRow = index.data(ROW_ROLE)
        theme = current_theme()
        painter.save()
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._ground(painter, option, index, theme)
            area = option.rect.adjusted(PAD, 0, -PAD, 0)
            column = _columns(index)[index.column()]
            painter.setPen(QColor(theme.text if row.visible else theme.muted))
            _PAINT.get(column.id, _text)(painter, area, row, column.text(row), theme)
        finally:
            painter.restore()

    @guard(QSize(60, 24))
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, option.fontMetrics.height() + 10)

    @guard(False)
    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if index.column() == 0 and isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            if event.type() == QEvent.Type.MouseButtonRelease:
                self.eye_clicked.emit(index.data(ROW_ROLE).key)
            return True
        return super().editorEvent(event, model, option, index)

    @guard()
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(200)
        editor.setAccessibleName(index.data(Qt.ItemDataRole.DisplayRole))
        return editor

    @guard()
    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Fill the editor once: what is being typed survives the next frame of the run."""
        label = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QLineEdit) and not editor.isModified() and editor.text() != label:
            editor.setText(label)
            editor.selectAll()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, theme: Theme) -> None:
        state: Any = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(mix(theme.accent, theme.surface, 0.76)))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(mix(theme.text, theme.surface, 0.93)))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def _columns(index: Index) -> Any:
    model: Any = index.model()
    return (model if isinstance(model, RunModel) else model.sourceModel()).columns


def _text(painter: QPainter, area: QRect, row: RunRow, text: str, theme: Theme) -> None:
    painter.drawText(area, LEFT, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width()))


def _colour(painter: QPainter, area: QRect, row: RunRow, text: str, theme: Theme) -> None:
    """An eye, and a piece of the run's line with its dot."""
    role = "muted" if row.visible else "text"
    eye = QRect(area.left(), area.center().y() - EYE // 2 + 1, EYE, EYE)
    icon("eye" if row.visible else "eye-off", theme, role).paint(painter, eye)
    colour = QColor(row.colour)
    if not row.visible:
        colour.setAlphaF(0.45)
    middle = area.center().y() + 0.5
    pen = QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    if row.dash:
        pen.setDashPattern(row.dash)
    painter.setPen(pen)
    painter.drawLine(QPointF(eye.right() + 7, middle), QPointF(area.right(), middle))


def _run(painter: QPainter, area: QRect, row: RunRow, text: str, theme: Theme) -> None:
    """The name; the badge behind it keeps its room as long as a few letters of the name are left."""
    if row.pinned:
        icon("pin", theme, "muted").paint(painter, QRect(area.right() - 13, area.center().y() - 6, 14, 14))
        area = area.adjusted(0, 0, -18, 0)
    metrics = painter.fontMetrics()
    badge = metrics.horizontalAdvance(row.badge) + 14 if row.badge else 0
    if row.badge:
        painter.setPen(QColor(theme.warning))
    least = metrics.averageCharWidth() * 4
    room = max(area.width() - badge, min(least, area.width()))
    name = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    painter.drawText(area, LEFT, name)
    after = area.adjusted(metrics.horizontalAdvance(name) + 14, 0, 0, 0)
    if row.badge and after.width() > least:
        painter.drawText(after, LEFT, metrics.elidedText(row.badge, Qt.TextElideMode.ElideRight, after.width()))


def _status(painter: QPainter, area: QRect, row: RunRow, text: str, theme: Theme) -> None:
    if row.status in ("diverged", "failed"):
        painter.setPen(QColor(theme.error))
    _text(painter, area, row, status_text(row.status), theme)


def _progress(painter: QPainter, area: QRect, row: RunRow, text: str, theme: Theme) -> None:
    """A bar, and the time left where there is room; the bar is as long with it as without."""
    metrics = painter.fontMetrics()
    words = metrics.horizontalAdvance(time_left_text(59 * 60 + 59)) + 10
    wide = area.width() >= words + 34
    track = QRectF(area.left(), area.center().y() - BAR / 2 + 1, area.width() - (words if wide else 0), BAR)
    ended_badly = row.status in ("diverged", "failed")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mix(theme.muted, theme.surface, 0.75)))
    painter.drawRoundedRect(track, BAR / 2, BAR / 2)
    if row.share > 0:
        filled = QRectF(track)
        filled.setWidth(max(track.width() * row.share, BAR))
        painter.setBrush(QColor(theme.error if ended_badly else theme.muted))
        painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
    if wide and row.status in ("running", "paused", "queued"):
        painter.setPen(QColor(theme.muted))
        painter.drawText(area.adjusted(area.width() - words + 10, 0, 8, 0), LEFT, time_left_text(row.time_left))


_PAINT = {"colour": _colour, "run": _run, "status": _status, "progress": _progress}
