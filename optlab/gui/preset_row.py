"""The preset menu of a form: bundles of values as libraries and papers have them."""

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from optlab.component import Component
from optlab.gui.row import Name, split
from optlab.gui.theme import restyle
from optlab.gui.words import label_of, spoken
from optlab.i18n import tr


class PresetRow(QWidget):
    """Names the preset whose values a component has, and sets those of another; hidden where there is none."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu = QComboBox()
        self._menu.setAccessibleName(tr("Preset"))
        name = Name(tr("preset"))
        restyle(name, role="muted")
        name.set_doc(tr("Values as a paper or a library has them; ✓ marks those that its reference values confirm"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(split(name, self._menu))
        self._menu.activated.connect(self._on_activated)

    def show_component(self, component: Component) -> None:
        """Offer the presets of the component's class, and select the one that it is."""
        kind = type(component)
        self.setVisible(bool(kind.presets))
        with QSignalBlocker(self._menu):
            self._menu.clear()
            self._menu.addItem(tr("own values"), "")
            for name, values in kind.presets.items():
                self._menu.addItem(f"{name} ✓" if name in kind.verified else name, name)
                self._menu.setItemData(self._menu.count() - 1, _what(kind, values), Qt.ItemDataRole.ToolTipRole)
            self._menu.setCurrentIndex(max(0, self._menu.findData(component.preset())))

    def _on_activated(self, index: int) -> None:
        if name := self._menu.itemData(index):
            self.picked.emit(name)


def _what(kind: type[Component], values: dict[str, Any]) -> str:
    """What a preset sets, for its tool tip."""
    fields = kind.fields()
    known = [(key, value) for key, value in values.items() if key in fields]
    return "\n".join(f"{label_of(kind, key)} = {spoken(fields[key], value)}" for key, value in known)
