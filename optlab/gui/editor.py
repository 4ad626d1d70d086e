"""What all editors share: a checked value, and an impossible one that stays as typed and says why."""

import html
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from optlab.fields import Field, FieldError
from optlab.gui.theme import restyle


def tip(text: str) -> str:
    """`text` as a tool tip that wraps and never reads it as HTML."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


class Editor(QWidget):
    """Shows and edits the value of one field; an impossible value stays as typed, marked, with the validator's words.

    `where` names the field in those words.
    """

    edited = Signal(object)  # a new valid value
    invalid = Signal(str)  # the validator's words, or "" when they no longer hold

    def __init__(self, field: Field, where: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.where = field, where
        self._value: Any = field.default
        self._error, self._doc = "", ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def value(self) -> Any:
        """The last valid value."""
        return self._value

    def error(self) -> str:
        """Why what is typed cannot be, or an empty text."""
        return self._error

    def set_value(self, value: Any, *, discard: bool = False) -> None:
        """Show `value` without a signal. What the user has typed stays while it means the same value, or is refused
        and the value did not change; `discard` forgets it."""
        if value == self._value and type(value) is type(self._value) and not discard:
            return
        self._value = value
        self._display(value)
        self._mark("")

    def set_doc(self, doc: str) -> None:
        """The tool tip while the value is possible."""
        self._doc = doc
        self._mark(self._error)

    def commit(self) -> None:
        """Take what is typed as entered, now."""

    def refuse(self, error: str) -> None:
        """Mark what is shown as impossible for a reason that the field does not know; an empty text takes it back."""
        self._mark(error)

    def control(self) -> QWidget:
        """The widget that takes the focus."""
        return self._control

    def _attach(self, control: QWidget) -> None:
        """Make `control` the widget that edits."""
        control.setAccessibleName(self.where)
        self._row.addWidget(control, 1)
        self.setFocusProxy(control)
        self._control = control
        self._display(self._value)

    def _display(self, value: Any) -> None:
        raise NotImplementedError

    def _offer(self, value: Any) -> None:
        """Check what the user entered; a new valid value is announced, an impossible one marked."""
        try:
            checked = self.field.check(self.where, value)
        except FieldError as error:
            self._mark(str(error))
            return
        self._mark("")
        if checked != self._value:
            self._value = checked
            self.edited.emit(checked)

    def _mark(self, error: str) -> None:
        restyle(self._control, invalid=bool(error))
        self._control.setToolTip(tip(error or self._doc))
        self._control.setAccessibleDescription(error)
        if error != self._error:
            self._error = error
            self.invalid.emit(error)
