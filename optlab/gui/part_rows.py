"""Rows of fields that hold components: one with its picker, or a list to add to and take away from."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from optlab.component import Component
from optlab.fields import Part
from optlab.gui.form import ComponentForm, Lookup, titles
from optlab.gui.icons import IconButton
from optlab.gui.picker import Picker
from optlab.gui.row import Row
from optlab.i18n import tr

INDENT = 10


class PartRow(Row):
    """A component inside a component: its picker, and its own form below."""

    def __init__(self, kind: type[Component], key: str, lookup: Lookup | None, parent: QWidget | None = None) -> None:
        self._lookup: Lookup = lookup or _nothing
        self._given: Any = None
        super().__init__(kind, key, parent)

    def _build(self) -> None:
        self._item = PartForm(self.label, self.field, self._lookup)
        self._item.setContentsMargins(INDENT, 0, 0, 0)
        self._lay_out(self._item.picker, self._item)
        self._item.edited.connect(self._on_edited)
        self._item.invalid.connect(self._on_invalid)

    def value(self) -> Any:
        return self._item.form.component()

    def stops(self) -> list[QWidget]:
        return [self._item.picker, self._back, *self._item.form.stops()]

    def error(self) -> str:
        return self._item.form.error() or self._trouble.text()

    def refuse(self, error: str) -> None:
        self._say(error)

    def commit(self) -> None:
        self._item.form.commit()

    def relist(self) -> None:
        self._item.relist()

    def show_value(self, value: Any, origin: Any, *, discard: bool = False) -> None:
        """`origin` may be the name of a component with its defaults; what does not fit yet stays meanwhile."""
        if (value, origin) != self._given or discard:
            self._given = value, origin
            self._item.show_part(value, None if isinstance(origin, str) else origin, discard=discard)
            self._say("")
        self._show_origin(value != filled(self.field, origin, self._lookup), origin)

    def _on_back(self) -> None:
        value = filled(self.field, self._origin, self._lookup)
        self._item.show_part(value, None, discard=True)
        self._on_edited(value)

    def _on_invalid(self, error: str) -> None:
        self.invalid.emit()


class PartsRow(Row):
    """Several components inside a component: a button that adds one, and each with a button that takes it away."""

    def __init__(self, kind: type[Component], key: str, lookup: Lookup | None, parent: QWidget | None = None) -> None:
        self._lookup: Lookup = lookup or _nothing
        self._items: list[Any] = []
        self._given: Any = None
        super().__init__(kind, key, parent)

    def _build(self) -> None:
        side, below = QWidget(), QWidget()
        self._add = IconButton("plus", tr("Add to {name}", name=self.label))
        row = QHBoxLayout(side)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._add)
        self._list = QVBoxLayout(below)
        self._list.setContentsMargins(INDENT, 0, 0, 0)
        self._list.setSpacing(5)
        self._lay_out(side, below)
        self._add.clicked.connect(self._on_add)

    def value(self) -> Any:
        return tuple(item.component() for item in self._items)

    def stops(self) -> list[QWidget]:
        return [self._back, self._add, *(stop for item in self._items for stop in item.stops())]

    def error(self) -> str:
        return next((words for item in self._items if (words := item.error())), self._trouble.text())

    def refuse(self, error: str) -> None:
        self._say(error)

    def commit(self) -> None:
        for item in self._items:
            item.commit()

    def relist(self) -> None:
        for item in self._items:
            item.relist()

    def show_value(self, value: Any, origin: Any, *, discard: bool = False) -> None:
        """Parts that do not fit yet stay until `value` is another one."""
        if value != self._given or discard:
            self._given = value
            self._put(value, discard=discard)
            self._say("")
        self._show_origin(value != filled(self.field, origin, self._lookup), origin)

    def _put(self, value: Any, *, discard: bool) -> None:
        while len(self._items) > len(value):
            item = self._items.pop()
            item.blockSignals(True)  # losing the focus while hidden would commit
            item.hide()
            self._list.removeWidget(item)
            item.deleteLater()
        while len(self._items) < len(value):
            self._items.append(self._made_item())
        for item, part in zip(self._items, value, strict=True):
            item.show_part(part, None, discard=discard)

    def _made_item(self) -> Any:
        item = PartForm(f"{self.label} {len(self._items) + 1}", self.field, self._lookup, removable=True)
        self._connect(item)
        return item

    def _connect(self, item: Any) -> None:
        item.edited.connect(self._on_edited)
        item.invalid.connect(self._on_invalid)
        item.removed.connect(self._on_removed)
        self._list.addWidget(item)

    def _on_add(self) -> None:
        kinds = self._lookup(self.field.base)  # type: ignore[attr-defined]
        last = self._items[-1].component() if self._items else made(kinds[0], self._lookup)
        self._take((*self.value(), last))

    def _on_removed(self) -> None:
        gone = self.sender()
        self._take(tuple(item.component() for item in self._items if item is not gone))

    def _on_back(self) -> None:
        self._take(filled(self.field, self._origin, self._lookup))

    def _take(self, value: Any) -> None:
        self._put(value, discard=True)
        self._on_edited(value)

    def _on_invalid(self, error: str) -> None:
        self.invalid.emit()


class PartForm(QWidget):
    """The form of one component inside another, and its picker."""

    edited = Signal(object)
    invalid = Signal(str)
    removed = Signal()

    def __init__(self, label: str, field: Any, lookup: Lookup, *, removable: bool = False) -> None:
        super().__init__()
        self._lookup, self._base = lookup, field.base
        self.picker = Picker(label)
        self.form = ComponentForm(lookup)
        self.relist()
        self._remove = IconButton("trash", tr("Take away {name}", name=label), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        if removable:
            head = QHBoxLayout()
            head.addWidget(self.picker, 1)
            head.addWidget(self._remove)
            column.addLayout(head)
        self._remove.setVisible(removable)
        column.addWidget(self.form)
        self.picker.picked.connect(self._on_picked)
        self.form.changed.connect(self.edited)
        self.form.invalid.connect(self.invalid)
        self._remove.clicked.connect(self._on_remove)

    def component(self) -> Component | None:
        """The component that is shown, with the last valid values."""
        return self.form.component()

    def error(self) -> str:
        """What stands in the way of a run, or an empty text."""
        return self.form.error()

    def commit(self) -> None:
        self.form.commit()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [self.picker, self._remove, *self.form.stops()]

    def relist(self) -> None:
        """Offer what there is now."""
        self.picker.set_items(titles(self._lookup(self._base)))
        self.form.relist()

    def show_part(self, part: Component, base: Component | None, *, discard: bool) -> None:
        """Show a component, which may be of another class than before."""
        self.picker.set_current(part.name)
        self.form.show_component(part, base, fresh=discard)
        self.form.setVisible(bool(part.fields()))

    def _on_picked(self, name: str) -> None:
        part = made(next(kind for kind in self._lookup(self._base) if kind.name == name), self._lookup)
        self.show_part(part, None, discard=True)
        self.edited.emit(part)

    def _on_remove(self) -> None:
        self.removed.emit()


def made(kind: type[Component], lookup: Lookup) -> Component:
    """A component with its defaults, in which `lookup` turns names into components."""
    parts = {key: filled(f, f.default, lookup) for key, f in kind.fields().items() if isinstance(f, Part)}
    return kind(**parts)


def filled(field: Any, value: Any, lookup: Lookup) -> Any:
    """`value`, with components of their defaults in place of names."""
    if isinstance(value, tuple):
        return tuple(filled(field, each, lookup) for each in value)
    kind = next((kind for kind in lookup(field.base) if kind.name == value), None) if isinstance(value, str) else None
    return made(kind, lookup) if kind else value


def _nothing(base: type[Component]) -> list[type[Component]]:
    return []
