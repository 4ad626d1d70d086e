"""The pop-up of a picker: a search line over a list of titles with their summaries."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from optlab.gui.guard import guard
from optlab.gui.theme import current_theme, mix
from optlab.i18n import tr

Index = QModelIndex | QPersistentModelIndex
KEY, SUMMARY, CURRENT = (int(Qt.ItemDataRole.UserRole) + n for n in range(3))
MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
PAD, ROWS = 7, 9


class _TwoLines(QStyledItemDelegate):
    """Draws a title and, muted below it, the summary."""

    @guard(QSize(100, 40))
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = 2 if index.data(SUMMARY) else 1
        return QSize(100, lines * option.fontMetrics.height() + 2 * PAD)

    @guard()
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, box = current_theme(), QRect(option.rect).adjusted(3, 1, -3, -1)
        marked = option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if marked:
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(
                QColor(mix(theme.accent if chosen else theme.text, theme.surface, 0.76 if chosen else 0.93))
            )
            painter.drawRoundedRect(box, 5, 5)
        self._write(painter, option, index, box.adjusted(PAD, PAD - 1, -PAD, 1 - PAD))
        painter.restore()

    def _write(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, box: QRect) -> None:
        theme, line = current_theme(), option.fontMetrics.height()
        font = option.font
        font.setBold(bool(index.data(CURRENT)))
        for at, role, colour in ((0, Qt.ItemDataRole.DisplayRole, theme.text), (line, SUMMARY, theme.muted)):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            words = painter.fontMetrics().elidedText(index.data(role), Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(QRect(box.left(), box.top() + at, box.width(), line), Qt.AlignmentFlag.AlignVCenter, words)
            font.setBold(False)


class PickList(QFrame):
    """Typing narrows the list, arrows move, Enter picks, Esc closes."""

    picked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._anchor = parent
        self._items: Sequence[tuple[str, str, str]] = ()
        self._current = ""
        self._search = QLineEdit(placeholderText=tr("Search"), clearButtonEnabled=True)
        self._search.setAccessibleName(tr("Search"))
        self._list = QListWidget()
        self._list.setMouseTracking(True)
        self._list.setAccessibleName(tr("Choices"))
        self._list.setItemDelegate(_TwoLines(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAD, PAD, PAD, PAD)
        column.setSpacing(PAD)
        column.addWidget(self._search)
        column.addWidget(self._list)
        self._search.textChanged.connect(self._narrow)
        self._list.itemClicked.connect(self._on_clicked)
        self._search.installEventFilter(self)

    def open(self, items: Sequence[tuple[str, str, str]], current: str, typed: str = "") -> None:
        """Show the items (key, title, summary) under the parent, at the one called `current`."""
        self._items, self._current = items, current
        self._search.setText(typed)
        self._narrow(typed)
        self._place()
        self.show()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_keys(self) -> list[str]:
        """The keys that the search leaves, in order."""
        keys = (self._list.item(i).data(KEY) for i in range(self._list.count()))
        return [key for key in keys if key is not None]

    def _narrow(self, typed: str) -> None:
        self._list.clear()
        for key, title, summary in _ranked(self._items, typed):
            item = QListWidgetItem(title, self._list)
            item.setData(KEY, key)
            item.setData(SUMMARY, summary)
            item.setData(CURRENT, key == self._current)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}: {summary}")
        if not self._list.count():
            nothing = QListWidgetItem(tr("Nothing found"), self._list)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        keys = self.shown_keys()
        self._list.setCurrentRow(keys.index(self._current) if self._current in keys and not typed else 0)

    def _place(self) -> None:
        """Below the parent, at least as wide, and inside its screen."""
        anchor = self._anchor
        unit = self.fontMetrics().height()
        heights = sum(self._list.sizeHintForRow(i) for i in range(min(ROWS, self._list.count())))
        self._list.setFixedHeight(max(heights, 2 * unit) + 4)
        self.resize(max(anchor.width(), 26 * unit), self.sizeHint().height())
        screen = (anchor.screen() or QApplication.primaryScreen()).availableGeometry()
        corner = anchor.mapToGlobal(anchor.rect().bottomLeft())
        if corner.y() + self.height() > screen.bottom():
            corner.setY(max(screen.top(), anchor.mapToGlobal(anchor.rect().topLeft()).y() - self.height()))
        corner.setX(max(screen.left(), min(corner.x(), screen.right() - self.width())))
        self.move(corner)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        key = item.data(KEY)
        if key is not None:
            self.close()
            self.picked.emit(key)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()  # the style sheet does not reach the ground of a translucent window
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(mix(theme.muted, theme.surface, 0.5)))
            painter.setBrush(QColor(theme.surface))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)

    @guard(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if item := self._list.currentItem():
                self._on_clicked(item)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return True
        if event.key() in MOVES:
            QApplication.sendEvent(self._list, event)
            return True
        return False


def _ranked(items: Sequence[tuple[str, str, str]], typed: str) -> list[tuple[str, str, str]]:
    """The items that hold every typed word, those with the words in their names first."""
    words = typed.casefold().split()

    def found(*texts: str) -> bool:
        return all(word in " ".join(texts).casefold() for word in words)

    return sorted((item for item in items if found(*item)), key=lambda item: not found(item[0], item[1]))
