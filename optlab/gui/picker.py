"""A searchable picker: shows the current name, opens a list that narrows while one types."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from optlab.gui.editor import tip
from optlab.gui.guard import guard
from optlab.gui.icons import icon
from optlab.gui.pick_list import PickList
from optlab.gui.theme import current_theme, restyle

OPENING = {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F4}


class Picker(QPushButton):
    """A button like a combo box; `picked(key)` tells of another choice."""

    picked = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        restyle(self, role="picker")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._name = name
        self._items: list[tuple[str, str, str]] = []
        self._current = ""
        self._list: PickList | None = None
        self.clicked.connect(self._on_clicked)
        self._say()

    def set_items(self, items: Sequence[tuple[str, str, str]]) -> None:
        """The choices: key, title, summary of one line."""
        self._items = list(items)
        self._say()

    def set_current(self, key: str) -> None:
        """Show the choice `key` without a signal; an unknown key is shown as it is."""
        self._current = key
        self._say()

    def current(self) -> str:
        """The key that is shown."""
        return self._current

    def open(self, typed: str = "") -> PickList:
        """Drop the list, narrowed by `typed`."""
        if self._list is None:
            self._list = PickList(self)
            self._list.picked.connect(self._on_picked)
        self._list.open(self._items, self._current, typed)
        return self._list

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(self.fontMetrics().height() * 10, hint.height())

    def _say(self) -> None:
        _, title, summary = next((i for i in self._items if i[0] == self._current), ("", self._current, ""))
        self._title = title
        self.setToolTip(tip("\n".join(part for part in (title, summary) if part)))
        self.setAccessibleName(f"{self._name}: {title}")
        self._fit()

    def _fit(self) -> None:
        room = self.width() - 3 * self.fontMetrics().height()
        self.setText(self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))

    def _on_clicked(self) -> None:
        self.open()

    def _on_picked(self, key: str) -> None:
        if key != self._current:
            self.set_current(key)
            self.picked.emit(key)

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in OPENING:
            self.open()
        elif event.text().isprintable() and event.text().strip():
            self.open(event.text())
        else:
            super().keyPressEvent(event)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            size = round(self.fontMetrics().height() * 0.75)  # as the style sheet draws those of combo boxes
            box = QRect(self.width() - size * 3 // 2 - 1, (self.height() - size) // 2, size, size)
            icon("chevron-down", current_theme(), "muted").paint(painter, box)
