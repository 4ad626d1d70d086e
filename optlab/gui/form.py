"""The form of a component: a row per field, and every valid edit makes a new frozen component."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from optlab.component import Component
from optlab.engine.catalogue import renamed
from optlab.fields import FieldError, Part, Parts
from optlab.gui.row import Row
from optlab.gui.words import label_of

Lookup = Callable[[type[Component]], Sequence[type[Component]]]


def titles(kinds: Sequence[type[Component]]) -> list[tuple[str, str, str]]:
    """Key, title and summary of component classes, as a picker takes them."""
    return [(k.name, k.heading(), k.summary()) for k in kinds]


class ComponentForm(QWidget):
    """Shows a component and lets its fields be edited; `lookup` gives the choices of fields that hold components."""

    changed = Signal(object)  # the new component
    invalid = Signal(str)  # the first field's trouble, or "" when all is well

    def __init__(self, lookup: Lookup | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lookup = lookup
        self._component: Component | None = None
        self._base: Component | None = None
        self._rows: dict[str, Row] = {}
        self._refused: set[str] = set()  # rows whose values do not fit together
        self._error = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)

    def component(self) -> Component | None:
        """The component that is shown, with the last valid values."""
        return self._component

    def error(self) -> str:
        """What stands in the way of a run, or an empty text."""
        return self._error

    def row(self, key: str) -> Row:
        """The row of the field `key`."""
        return self._rows[key]

    def commit(self) -> None:
        """Take what is being typed as entered, now: before a run."""
        for row in self._rows.values():
            row.commit()

    def relist(self) -> None:
        """Offer in fields that hold components what there is now."""
        for row in self._rows.values():
            row.relist()

    def show_component(self, component: Component, base: Component | None = None, *, fresh: bool = False) -> None:
        """Show `component`; a value is changed where it differs from `base` of the same class, else from its default.

        Another component of the same class keeps its editors, what is typed and refused in them, and the focus.
        `fresh` says that this is another trial: what was typed is forgotten and changed fields come first.
        """
        rebuilt = type(component) is not type(self._component)
        self._component, self._base = component, base if type(base) is type(component) else None
        if rebuilt:
            self._rebuild(type(component))
        self._refresh(discard=fresh or rebuilt)
        if fresh or rebuilt:
            self._refused.clear()
            self._arrange()
        self._on_invalid()

    def _rebuild(self, kind: type[Component]) -> None:
        for row in self._rows.values():
            row.blockSignals(True)  # losing the focus while hidden would commit into the new component
            row.hide()
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows = {key: self._made_row(kind, key) for key in kind.fields()}
        for row in self._rows.values():
            row.edited.connect(self._on_edited)
            row.invalid.connect(self._on_invalid)

    def _made_row(self, kind: type[Component], key: str) -> Row:
        from optlab.gui.part_rows import PartRow, PartsRow  # they hold forms
        from optlab.gui.table_row import TableRow

        field = kind.fields()[key]
        if isinstance(field, Parts):
            return (TableRow if field.base.name else PartsRow)(kind, key, self._lookup, self)
        if isinstance(field, Part):
            return PartRow(kind, key, self._lookup, self)
        return Row(kind, key, self)

    def _refresh(self, *, discard: bool = False) -> None:
        for key, row in self._rows.items():
            row.show_value(getattr(self._component, key), self._origin(key), discard=discard)

    def _origin(self, key: str) -> Any:
        return getattr(self._base, key) if self._base else self._rows[key].field.default

    def _arrange(self) -> None:
        """Changed fields first where there is a base to differ from, else the order of the class."""
        order = sorted(self._rows.values(), key=lambda row: self._base is None or not row.changed)
        for place, row in enumerate(order):
            self._column.insertWidget(place, row)
            row.show()
        for before, after in pairwise(self.stops()):
            QWidget.setTabOrder(before, after)

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        rows = sorted(self._rows.values(), key=self._column.indexOf)
        return [stop for row in rows for stop in row.stops()]

    def _on_edited(self, key: str) -> None:
        if self._component is None:
            return
        try:
            self._component = self._component.replace(**{k: row.value() for k, row in self._rows.items()})
        except FieldError as error:  # the value fits its field but not the other values
            kind = type(self._component)
            self._refused.add(key)
            self._rows[key].refuse(str(renamed(error, kind, lambda key: label_of(kind, key).rstrip(" ="))))
            return
        for each in self._refused:
            self._rows[each].refuse("")
        self._refused.clear()
        self._refresh()
        self.changed.emit(self._component)

    def _on_invalid(self) -> None:
        error = next((row.error() for row in self._rows.values() if row.error()), "")
        if error != self._error:
            self._error = error
            self.invalid.emit(error)
