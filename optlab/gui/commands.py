"""Commands: what the window can do, as records from which actions, menus, the toolbar and the palette are made."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from optlab.gui.guard import guard
from optlab.gui.icons import icon
from optlab.gui.theme import current_theme, restyle
from optlab.i18n import tr


@dataclass(frozen=True)
class Command:
    """One thing that the window can do. `shortcut` may name several, as in `F5; Ctrl+R`; a checkable one is called
    with its new state; `enabled` and `checked` are asked whenever something changes."""

    id: str
    text: str
    shortcut: str
    icon: str
    call: Callable[..., Any]
    enabled: Callable[[], bool] | None = None
    checkable: bool = False
    menu: str = "Run"  # a key of `menu_title`, "" for none
    tip: str = ""
    checked: Callable[[], bool] | None = None
    group: str = ""  # a line parts the groups of a menu


def menu_title(menu: str) -> str:
    """The title of a menu in the language in force."""
    titles = {
        "File": tr("&File"),
        "Edit": tr("&Edit"),
        "View": tr("&View"),
        "Run": tr("&Run"),
        "Plugins": tr("&Plugins"),
        "Help": tr("&Help"),
    }
    return titles.get(menu, menu)


def plain(text: str) -> str:
    """`text` without the mark of its access key, as in `&File` and `文件(&F)`."""
    return re.sub(r"\(&.\)|&", "", text)


def build_actions(parent: QWidget, commands: Iterable[Command]) -> dict[str, QAction]:
    """An action of `parent` for every command, by its id."""
    actions: dict[str, QAction] = {}
    for command in commands:
        action = actions[command.id] = QAction(command.text, parent)
        keys = sequences(command)
        action.setObjectName(command.id)
        action.setShortcuts(keys)
        action.setCheckable(command.checkable)
        action.setToolTip(_tip(command, keys))
        action.setStatusTip(command.tip)
        action.setData(command)
        action.triggered.connect(_caller(command))
        parent.addAction(action)
    dress(actions)
    refresh(actions)
    return actions


def refresh(actions: Mapping[str, QAction]) -> None:
    """Enable what can work now, and check what is on."""
    for action in actions.values():
        command: Command = action.data()
        action.setEnabled(_can(command))
        if command.checked:
            action.setChecked(command.checked())


def dress(actions: Mapping[str, QAction]) -> None:
    """Give every action its icon in the colours of the theme in force."""
    for action in actions.values():
        name = action.data().icon
        role = "on_accent" if action.property("primary") else "text"
        action.setIcon(icon(name, current_theme(), role) if name else QIcon())


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction], order: Sequence[str]) -> dict[str, QMenu]:
    """A menu for every name in `order`, with its commands in the order of the records."""
    menus = {name: bar.addMenu(menu_title(name)) for name in order}
    groups: dict[str, str] = {}
    for action in actions.values():
        command: Command = action.data()
        if command.menu not in menus:
            continue
        if groups.get(command.menu, command.group) != command.group:
            menus[command.menu].addSeparator()
        groups[command.menu] = command.group
        menus[command.menu].addAction(action)
    return menus


def fill_toolbar(bar: QToolBar, actions: Mapping[str, QAction], ids: Sequence[str], primary: str = "") -> None:
    """Put the actions `ids` on the toolbar ("-" is a line); `primary` is the one filled button."""
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for name in ids:
        if name == "-":
            bar.addSeparator()
            continue
        bar.addAction(actions[name])
        button = bar.widgetForAction(actions[name])
        if isinstance(button, QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(actions[name].text())
            restyle(button, primary=name == primary)
    if primary:
        actions[primary].setProperty("primary", True)
        dress({primary: actions[primary]})


def sequences(command: Command) -> list[QKeySequence]:
    """The shortcuts of a command."""
    return [QKeySequence(part) for part in command.shortcut.split("; ") if part]


def shortcut_text(command: Command) -> str:
    """The shortcuts of a command as this system writes them."""
    return ", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in sequences(command))


def conflicts(commands: Iterable[Command]) -> list[str]:
    """A sentence for every shortcut that two commands claim, that Qt does not know, and every id that comes twice."""
    found: list[str] = []
    ids: set[str] = set()
    owners: dict[str, str] = {}
    for command in commands:
        if command.id in ids:
            found.append(f"command {command.id!r} comes twice")
        ids.add(command.id)
        for keys in sequences(command):
            name = keys.toString(QKeySequence.SequenceFormat.PortableText)
            if not name:
                found.append(f"{command.id}: {command.shortcut!r} is no shortcut")
            elif name in owners:
                found.append(f"{name} belongs to {owners[name]!r} and to {command.id!r}")
            owners.setdefault(name, command.id)
    return found


@guard(False)
def _can(command: Command) -> bool:
    """Whether the command can work now; one that cannot even tell is off, and the others are not touched by it."""
    return command.enabled is None or bool(command.enabled())


def _caller(command: Command) -> Callable[[bool], None]:
    """A slot with the one argument of `triggered`: a partial would be called without it."""

    def on_triggered(checked: bool) -> None:
        if command.checkable:
            command.call(checked)
        else:
            command.call()

    return on_triggered


def _tip(command: Command, keys: Sequence[QKeySequence]) -> str:
    text = command.tip or plain(command.text).rstrip("…")
    return f"{text} ({shortcut_text(command)})" if keys else text
