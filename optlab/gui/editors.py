"""Editors: one small widget per kind of field."""

import re
import unicodedata
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QWidget

from optlab.fields import Choice, Field, File, Flag, Integer, Numbers, Real, Text, parse_number
from optlab.gui.editor import Editor
from optlab.gui.icons import IconButton
from optlab.gui.line import Line, quiet_wheel
from optlab.gui.numerals import compact, stepped
from optlab.gui.switch import Switch
from optlab.i18n import tr, tr_key

PAUSE_MS = 500  # after the last key a value counts as typed


class LineEditor(Editor):
    """What is typed as a line of text."""

    def __init__(self, field: Field, where: str, parent: QWidget | None = None) -> None:
        super().__init__(field, where, parent)
        self._line = Line(field.unit and tr_key(f"unit.{field.unit}", field.unit))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._attach(self._line)
        self._pause.timeout.connect(self._read)
        self._line.textEdited.connect(self._on_typed)
        self._line.editingFinished.connect(self.commit)

    def commit(self) -> None:
        self._pause.stop()
        self._read()
        if not self._error:
            self._display(self._value)

    def _on_typed(self) -> None:
        self._pause.start()
        if self._error and self._possible():
            self._mark("")

    def _possible(self) -> bool:
        try:
            self.field.check(self.where, self._parsed(self._line.text()))
        except ValueError:
            return False
        return True

    def _read(self) -> None:
        text = self._line.text()
        if text == self._shown(self._value):  # also where the text shows fewer digits than the value has
            self._mark("")
            return
        try:
            value = self._parsed(text)
        except ValueError:
            value = text
        self._offer(value)

    def _display(self, value: Any) -> None:
        self._pause.stop()
        text = self._shown(value)
        if text != self._line.text():
            self._line.setText(text)
            self._line.setCursorPosition(0)

    def _shown(self, value: Any) -> str:
        return str(value)

    def _parsed(self, text: str) -> Any:
        return text


class NumberEditor(LineEditor):
    """A number: `1e-3`, `0,001` and full-width digits are read; arrow keys and the focused wheel step it."""

    field: Real | Integer

    def __init__(self, field: Real | Integer, where: str, parent: QWidget | None = None) -> None:
        super().__init__(field, where, parent)
        self._line.stepped.connect(self._on_stepped)

    def _on_stepped(self, up: bool) -> None:
        self._pause.stop()
        start = self._value
        if self._possible():
            start = self.field.check(self.where, self._parsed(self._line.text()))
        value = self.field.check(self.where, stepped(self.field, start, up))
        self._offer(value)
        self._display(value)

    def _shown(self, value: Any) -> str:
        return compact(value)

    def _parsed(self, text: str) -> Any:
        return parse_number(text)


class NumbersEditor(LineEditor):
    """Several numbers, with commas or spaces between them."""

    def _shown(self, value: Any) -> str:
        return ", ".join(compact(v) for v in value)

    def _parsed(self, text: str) -> Any:
        plain = unicodedata.normalize("NFKC", text).strip().strip("()[]")
        return tuple(parse_number(part) for part in re.split(r"[,;、\s]+", plain) if part)


class FileEditor(LineEditor):
    """The path of a file, typed or chosen."""

    def __init__(self, field: Field, where: str, parent: QWidget | None = None) -> None:
        super().__init__(field, where, parent)
        self._button = IconButton("folder", tr("Choose a file"))
        self._button.clicked.connect(self._on_choose)
        self._row.addWidget(self._button)

    def _on_choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), self._value)
        if chosen:
            self._display(chosen)
            self.commit()


class FlagEditor(Editor):
    """On or off."""

    def __init__(self, field: Flag, where: str, parent: QWidget | None = None) -> None:
        super().__init__(field, where, parent)
        self._switch = Switch()
        self._attach(self._switch)
        self._row.addStretch(0)
        self._switch.toggled.connect(self._offer)

    def _display(self, value: Any) -> None:
        blocked = self._switch.blockSignals(True)
        self._switch.setChecked(bool(value))
        self._switch.blockSignals(blocked)


class ChoiceEditor(Editor):
    """One of several words."""

    def __init__(self, field: Choice, where: str, parent: QWidget | None = None) -> None:
        super().__init__(field, where, parent)
        self._combo = QComboBox()
        self._combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for option in field.options:
            self._combo.addItem(tr_key(f"choice.{option}", option), option)
        quiet_wheel(self._combo)
        self._attach(self._combo)
        self._combo.activated.connect(self._on_picked)

    def _on_picked(self, row: int) -> None:
        self._offer(self._combo.itemData(row))

    def _display(self, value: Any) -> None:
        self._combo.setCurrentIndex(self._combo.findData(value))


EDITORS: dict[type[Field], type[Editor]] = {
    Real: NumberEditor,
    Integer: NumberEditor,
    Flag: FlagEditor,
    Choice: ChoiceEditor,
    Numbers: NumbersEditor,
    Text: LineEditor,
    File: FileEditor,
}


def editor_for(field: Field, where: str, parent: QWidget | None = None) -> Editor:
    """The editor of the kind of `field`; `where` names it in messages and to screen readers."""
    return EDITORS[type(field)](field, where, parent)
