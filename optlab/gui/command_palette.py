"""Every command by its name: the palette that finds it by a few letters, and the overview of all shortcuts."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from optlab.gui.commands import Command, menu_title, plain, shortcut_text
from optlab.gui.guard import guard
from optlab.i18n import tr

STEER = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def match(letters: str, text: str) -> int | None:
    """How far `text` is from holding `letters` in this order, or None: gaps cost, beginnings of words are free."""
    place, cost = -1, 0
    folded = text.casefold()
    for letter in letters.casefold().replace(" ", ""):
        found = folded.find(letter, place + 1)
        if found < 0:
            return None
        at_word = found == 0 or not folded[found - 1].isalnum()
        cost += 0 if found == place + 1 or at_word else found - place
        place = found
    return cost


class CommandPalette(QDialog):
    """A line and a list below it; Enter does what is marked. Commands that cannot work now are shown, but grey."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._actions = list(actions.values())
        self._line = QLineEdit(self)
        self._line.setPlaceholderText(tr("Type a few letters of a command"))
        self._line.setAccessibleName(tr("Command"))
        self._line.installEventFilter(self)
        self._list = _tree(self)
        self._list.setHeaderHidden(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(tr("Commands"))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self._line)
        column.addWidget(self._list)
        self.setWindowTitle(tr("Commands"))
        self.resize(self.fontMetrics().averageCharWidth() * 72, self.fontMetrics().height() * 22)
        self._line.textChanged.connect(self._on_text)
        self._line.returnPressed.connect(self._on_return)
        self._list.itemClicked.connect(self._on_return)

    def popup(self) -> None:
        """Show all commands, at the top of the parent's middle."""
        self._line.clear()
        self._on_text("")
        if parent := self.parentWidget():
            middle = (parent.width() - self.width()) // 2
            self.move(parent.mapToGlobal(QPoint(middle, parent.height() // 8)))
        self.open()
        self._line.setFocus()

    def shown(self) -> list[str]:
        """The ids of the commands in the list, best first."""
        items = (self._list.topLevelItem(n) for n in range(self._list.topLevelItemCount()))
        return [item.data(0, Qt.ItemDataRole.UserRole).objectName() for item in items if item]

    @guard(False)
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the line keeps the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in STEER:
            self._list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _on_text(self, text: str) -> None:
        ranked = [(match(text, _name(action)), action) for action in self._actions]
        fits = sorted(((cost, action) for cost, action in ranked if cost is not None), key=lambda pair: pair[0])
        self._list.clear()
        for _, action in fits:
            item = QTreeWidgetItem([_name(action), shortcut_text(action.data())])
            item.setData(0, Qt.ItemDataRole.UserRole, action)
            item.setDisabled(not action.isEnabled())
            self._list.addTopLevelItem(item)
        ready = (self._list.topLevelItem(n) for n, (_, action) in enumerate(fits) if action.isEnabled())
        if first := next(ready, None):
            self._list.setCurrentItem(first)

    def _on_return(self) -> None:
        item = self._list.currentItem()
        if item and not item.isDisabled():
            action: QAction = item.data(0, Qt.ItemDataRole.UserRole)
            self.accept()
            QTimer.singleShot(0, action, action.trigger)  # after the palette has given the focus back


class ShortcutsDialog(QDialog):
    """All commands that have a shortcut, menu by menu."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        table = _tree(self)
        table.setHeaderLabels([tr("Command"), tr("Shortcut")])
        table.setAccessibleName(tr("Keyboard shortcuts"))
        commands: list[Command] = [action.data() for action in actions.values()]
        for menu in dict.fromkeys(command.menu for command in commands if command.shortcut):
            head = QTreeWidgetItem(table, [plain(menu_title(menu))])
            head.setFirstColumnSpanned(True)
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            for command in commands:
                if command.menu == menu and command.shortcut:
                    QTreeWidgetItem(head, [plain(command.text), shortcut_text(command)])
        table.expandAll()
        table.setItemsExpandable(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(table)
        column.addWidget(buttons)
        self.resize(self.fontMetrics().averageCharWidth() * 64, self.fontMetrics().height() * 30)


def _tree(parent: QWidget) -> QTreeWidget:
    """A list with the text left and the shortcut right."""
    tree = QTreeWidget(parent)
    tree.setColumnCount(2)
    tree.setRootIsDecorated(False)
    tree.setUniformRowHeights(True)
    tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    tree.header().setStretchLastSection(False)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return tree


def _name(action: QAction) -> str:
    """Menu and text, as people look for them."""
    command: Command = action.data()
    menu, text = plain(menu_title(command.menu)), plain(command.text)
    return tr("{menu}: {command}", menu=menu, command=text) if menu else text
