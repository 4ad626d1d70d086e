"""A row of a field that holds components of one class: a small table, one of them on each line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from optlab.component import Component
from optlab.fields import FieldError, Flag
from optlab.gui.editor import Editor, tip
from optlab.gui.editors import editor_for
from optlab.gui.icons import IconButton
from optlab.gui.part_rows import PartsRow, made
from optlab.gui.switch import Switch
from optlab.gui.theme import restyle
from optlab.gui.words import label_of
from optlab.i18n import tr, tr_key

GAP = 4


class TableRow(PartsRow):
    """Lines that are added and taken away; what is wrong with a cell is marked in it and said above the lines."""

    def _build(self) -> None:
        super()._build()
        base: type[Component] = self.field.base  # type: ignore[attr-defined]
        self._marked: set[int] = set()
        self._head = _head(base)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(GAP)
        self._list.addWidget(self._head)
        self._head.hide()

    def mark(self, key: str, words: Mapping[int, str]) -> None:
        """Mark cells of the column `key` by the numbers of their lines, for reasons that no field knows."""
        for k, item in enumerate(self._items):
            if isinstance(item, TableLine) and (k in words or k in self._marked):
                item.editors[key].refuse(words.get(k, ""))
        self._marked = set(words)

    def _put(self, value: Any, *, discard: bool) -> None:
        super()._put(value, discard=discard)
        self._head.setVisible(bool(value))

    def relist(self) -> None:
        """Its components are all of one class."""

    def _made_item(self) -> "TableLine":
        item = TableLine(self.field.base, len(self._items) + 1)  # type: ignore[attr-defined]
        self._connect(item)
        return item

    def _on_add(self) -> None:
        self._take((*self.value(), made(self.field.base, self._lookup)))  # type: ignore[attr-defined]
        self._items[-1].stops()[0].setFocus()

    def _on_invalid(self, error: str) -> None:
        self._say(next((words for item in self._items if (words := item.error())), ""))


class TableLine(QWidget):
    """One component: an editor for each of its fields, and a button that takes it away."""

    edited = Signal(object)
    invalid = Signal(str)
    removed = Signal()

    def __init__(self, kind: type[Component], number: int) -> None:
        super().__init__()
        self._kind = kind
        self._component: Component = kind()
        self.editors: dict[str, Editor] = {}
        row = _line(self)
        for key, field in kind.fields().items():
            where = tr("{name}, line {n}", name=label_of(kind, key), n=number)
            editor = self.editors[key] = editor_for(replace(field, unit=""), where)
            _fit(editor)
            row.addWidget(editor, 1)
            editor.edited.connect(self._on_edited)
            editor.invalid.connect(self.invalid)
        self._remove = IconButton("trash", tr("Take away line {n}", n=number))
        self._remove.clicked.connect(self._on_remove)
        row.addWidget(self._remove)

    def component(self) -> Component:
        """The component of the last valid values."""
        return self._component

    def error(self) -> str:
        """What is wrong with the first cell that is; an empty text where all are well."""
        return next((words for editor in self.editors.values() if (words := editor.error())), "")

    def commit(self) -> None:
        for editor in self.editors.values():
            editor.commit()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [*(editor.control() for editor in self.editors.values()), self._remove]

    def show_part(self, part: Component, base: Component | None, *, discard: bool) -> None:
        """Show a component of the class."""
        self._component = part
        for key, editor in self.editors.items():
            editor.set_value(getattr(part, key), discard=discard)

    def _on_edited(self) -> None:
        editor = self.sender()
        try:
            self._component = self._kind(**{key: each.value() for key, each in self.editors.items()})
        except FieldError as error:  # the value fits its field but not the other values
            if isinstance(editor, Editor):
                editor.refuse(str(error))
            return
        self.edited.emit(self._component)

    def _on_remove(self) -> None:
        self.removed.emit()


def _line(parent: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(parent)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    return row


def _fit(widget: QWidget) -> None:
    """Let the columns have one width in all lines, whatever is in them."""
    widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())
    widget.setMinimumWidth(0)
    if isinstance(widget, Editor) and isinstance(widget.field, Flag):
        for switch in widget.findChildren(Switch):
            switch.wordless = True
    elif isinstance(widget, Editor):
        restyle(widget.control(), role="cell")


def _head(kind: type[Component]) -> QWidget:
    """The names of the fields over their columns, with what they do as tool tips."""
    head = QWidget()
    row = _line(head)
    for key, field in kind.fields().items():
        name = QLabel(label_of(kind, key))
        name.setWordWrap(True)
        name.setToolTip(tip(tr_key(f"{kind.name}.{key}.doc", field.doc)))
        restyle(name, role="muted")
        _fit(name)
        row.addWidget(name, 1)
    room = QWidget()
    room.setFixedWidth(IconButton("trash", "").sizeHint().width())
    row.addWidget(room)
    return head
