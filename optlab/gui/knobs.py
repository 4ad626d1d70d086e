"""The pinned knobs of a lesson: a few fields as sliders and menus; what is turned changes all trials that follow it."""

import math
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from optlab.component import Component
from optlab.fields import Choice, Field, Flag, Integer, Real
from optlab.gui.document import Document
from optlab.gui.numerals import compact
from optlab.gui.theme import restyle
from optlab.gui.words import label_of, spoken
from optlab.i18n import tr, tr_key

FINE = 400
"""Positions of a slider of real numbers."""

WIDE = 1000
"""Of a field without an end: how far its slider reaches."""


class Slider(QWidget):
    """A number between its bounds; real ones by decades where the field is logarithmic."""

    turned = Signal(object)

    def __init__(self, field: Real | Integer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.bar = QSlider(Qt.Orientation.Horizontal, self)
        self._number = QLabel(self)
        self._lo, self._hi = self._ends()
        self.bar.setRange(0, round(self._hi - self._lo) if isinstance(field, Integer) else FINE)
        self.bar.setMinimumWidth(70)
        self._number.setMinimumWidth(self.fontMetrics().horizontalAdvance("0.00000"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.bar, 1)
        row.addWidget(self._number)
        self.bar.valueChanged.connect(self._on_moved)
        self.bar.sliderReleased.connect(self._on_released)

    def show_value(self, value: float) -> None:
        """Stand at a value."""
        with QSignalBlocker(self.bar):
            self.bar.setValue(self._position(value))
        self._number.setText(compact(value))

    def value(self) -> float | int:
        """Where it stands."""
        place = self.bar.value()
        if isinstance(self._field, Integer):
            return int(self._lo) + place
        share = place / FINE
        if self._field.log:
            return float(f"{self._lo * (self._hi / self._lo) ** share:.2g}")
        return float(f"{self._lo + share * (self._hi - self._lo):.3g}")

    def _ends(self) -> tuple[float, float]:
        lo = self._field.lo if math.isfinite(self._field.lo) else -WIDE
        return lo, min(self._field.hi, lo + WIDE) if isinstance(self._field, Integer) else min(self._field.hi, WIDE)

    def _position(self, value: float) -> int:
        value = min(max(value, self._lo), self._hi)
        if isinstance(self._field, Integer):
            return round(value - self._lo)
        if self._field.log:
            return round(FINE * math.log(value / self._lo) / math.log(self._hi / self._lo))
        return round(FINE * (value - self._lo) / (self._hi - self._lo))

    def _on_moved(self) -> None:
        self._number.setText(compact(self.value()))
        if not self.bar.isSliderDown():
            self._on_released()

    def _on_released(self) -> None:
        self.turned.emit(self.value())


class Knobs(QWidget):
    """A knob for each of the paths of a lesson, such as `problem.hidden`."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.knobs: dict[str, QWidget] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 2, 14, 2)
        self._row.setSpacing(18)
        document.changed.connect(self.refresh)

    def set_paths(self, paths: tuple[str, ...]) -> None:
        """Have these knobs; a part of the experiment without such a field has none."""
        while (item := self._row.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.knobs = {}
        for path in paths:
            kind, _, key = path.partition(".")
            component = self._document.experiment.base.part(kind)
            if key in component.fields() and (knob := self._made(path, component.fields()[key])) is not None:
                label = QLabel(label_of(type(component), key))
                restyle(label, role="muted")
                knob.setToolTip(tr_key(f"{component.name}.{key}.doc", component.fields()[key].doc))
                self._row.addWidget(label)
                self._row.addWidget(knob, 1)
                self.knobs[path] = knob
        self.setVisible(bool(self.knobs))
        self.refresh()

    def refresh(self) -> None:
        """Stand where the experiment's base stands."""
        for path, knob in self.knobs.items():
            kind, _, key = path.partition(".")
            component = self._document.experiment.base.part(kind)
            if key not in component.fields():
                continue
            value: Any = getattr(component, key)
            if isinstance(knob, Slider):
                knob.show_value(value)
            elif isinstance(knob, QCheckBox):
                with QSignalBlocker(knob):
                    knob.setChecked(value)
            elif isinstance(knob, QComboBox):
                with QSignalBlocker(knob):
                    knob.setCurrentIndex(knob.findData(value))

    def _made(self, path: str, field: Field) -> QWidget | None:
        if isinstance(field, Real | Integer):
            slider = Slider(field)
            slider.turned.connect(lambda value: self._turn(path, value))
            return slider
        if isinstance(field, Flag):
            box = QCheckBox()
            box.toggled.connect(lambda value: self._turn(path, value))
            return box
        if isinstance(field, Choice):
            menu = QComboBox()
            menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            menu.setMinimumContentsLength(5)
            for option in field.options:
                menu.addItem(spoken(field, option), option)
            menu.currentIndexChanged.connect(lambda _: self._turn(path, menu.currentData()))
            return menu
        return None

    def _turn(self, path: str, value: Any) -> None:
        kind, _, key = path.partition(".")
        experiment = self._document.experiment
        part: Component = experiment.base.part(kind)
        if getattr(part, key) != value:
            text = tr("change of {name}", name=part.name)
            self._document.edit(experiment.with_base(kind, part.replace(**{key: value})), text, f"knob {path}")
