"""A row of a form: a muted name, its editor, a way back where the value was changed, and what is wrong with it."""

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from optlab.component import Component
from optlab.gui.editor import tip
from optlab.gui.editors import editor_for
from optlab.gui.guard import guard
from optlab.gui.icons import IconButton
from optlab.gui.theme import restyle
from optlab.gui.words import label_of, spoken
from optlab.i18n import tr, tr_key

NAME_SHARE, EDITOR_SHARE = 43, 57  # of the width: the same in every section, so that all editors line up


def split(name: QWidget, editor: QWidget) -> QHBoxLayout:
    """Name and editor side by side in their fixed shares of the width."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget, share in ((name, NAME_SHARE), (editor, EDITOR_SHARE)):
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())
        row.addWidget(widget, share)
    return row


class Name(QLabel):
    """A text of one line that ends in … where it does not fit, and then says all of itself in its tool tip."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._text, self._doc = text, ""
        self.setText(text)

    def set_doc(self, doc: str) -> None:
        self._doc = doc
        self._fit()

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @guard()
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)
        cut = self._text if shown != self._text else ""
        self.setToolTip(tip("\n".join(part for part in (cut, self._doc) if part)))


class Row(QWidget):
    """One field of a component."""

    edited = Signal(str)  # its value is new
    invalid = Signal()

    def __init__(self, kind: type[Component], key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.field = key, kind.fields()[key]
        self.label = label_of(kind, key)
        self._origin: Any = self.field.default
        self._name = Name(self.label)
        self._back = IconButton("undo", "")
        self._back.hide()
        self._trouble = QLabel()
        self._trouble.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble.setWordWrap(True)
        self._trouble.hide()
        restyle(self._name, role="muted")
        restyle(self._trouble, role="error")
        self._doc = self._described(kind)
        self._name.set_doc(self._doc)
        self._build()
        self._back.clicked.connect(self._on_back)

    def _build(self) -> None:
        self.editor = editor_for(self.field, self.label)
        self.editor.set_doc(self._doc)
        self._lay_out(self.editor)
        self.editor.edited.connect(self._on_edited)
        self.editor.invalid.connect(self._on_invalid)

    def _lay_out(self, editor: QWidget, below: QWidget | None = None) -> None:
        left = QWidget()
        side = QHBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(2)
        side.addWidget(self._name, 1)
        side.addWidget(self._back)
        self._name.setBuddy(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(split(left, editor))
        column.addWidget(self._trouble)
        if below:
            column.addWidget(below)

    def error(self) -> str:
        """Why the typed value cannot be, or an empty text."""
        return self.editor.error()

    def value(self) -> Any:
        """The last value that fits the field."""
        return self.editor.value()

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops, in order."""
        return [self.editor.control(), self._back]

    def refuse(self, error: str) -> None:
        """Mark the value that is shown: it fits the field but not the other values; an empty text takes that back."""
        self.editor.refuse(error)

    def relist(self) -> None:
        """Offer the choices that there are now."""

    def commit(self) -> None:
        self.editor.commit()

    def show_value(self, value: Any, origin: Any, *, discard: bool = False) -> None:
        """Show `value`, which is unchanged where it equals `origin`."""
        self.editor.set_value(value, discard=discard)
        self._show_origin(value != origin, origin)

    @property
    def changed(self) -> bool:
        """Whether there is a way back."""
        return not self._back.isHidden()

    def _show_origin(self, changed: bool, origin: Any) -> None:
        self._origin = origin
        if changed:
            back = tr("Back to {value}", value=spoken(self.field, origin))
            self._back.setToolTip(tip(back))
            self._back.setAccessibleName(f"{self.label}: {back}")
        if changed != self.changed:
            self._back.setVisible(changed)
            restyle(self._name, role="changed" if changed else "muted")

    def _described(self, kind: type[Component]) -> str:
        doc = tr_key(f"{kind.name}.{self.key}.doc", self.field.doc) if self.field.doc else ""
        default = spoken(self.field, self.field.default)
        bounds = tr("{expected}; default {value}", expected=self.field.expects(), value=default or tr("empty"))
        return "\n".join(part for part in (doc, bounds) if part)

    def _on_back(self) -> None:
        self.editor.set_value(self._origin, discard=True)
        self.editor.setFocus()
        self.edited.emit(self.key)

    def _on_edited(self, value: Any) -> None:
        self.edited.emit(self.key)

    def _on_invalid(self, error: str) -> None:
        self._say(error)

    def _say(self, error: str) -> None:
        self._trouble.setText(error)
        self._trouble.setVisible(bool(error))
        self.invalid.emit()
