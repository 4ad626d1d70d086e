"""The dialog before a new plugin: its kind, its name, and where it will be."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from optlab.fields import FieldError
from optlab.gui.theme import restyle
from optlab.i18n import tr
from optlab.paths import user_folder
from optlab.store.plugin_file import plugin_name
from optlab.store.template import KINDS

EXAMPLE = "my_momentum"
"""A name as it may be: a word of programs in any language."""


class NewPluginDialog(QDialog):
    """Says at once where the file will be, or why it cannot be there."""

    def __init__(self, kind: str = KINDS[0], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = user_folder("plugins")
        self._make_children(kind)
        self._lay_out()
        self._kinds.currentIndexChanged.connect(self._on_changed)
        self._name.textChanged.connect(self._on_changed)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.setWindowTitle(tr("New plugin"))
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 76)
        self._on_changed()
        self._name.setFocus()

    @property
    def kind(self) -> str:
        """What `plugins new` calls the kind."""
        return str(self._kinds.currentData())

    @property
    def name(self) -> str:
        """What was typed."""
        return self._name.text()

    @property
    def edit(self) -> bool:
        """Whether the file is to be opened in a text editor."""
        return bool(self._edit.isChecked())

    def _make_children(self, kind: str) -> None:
        self._kinds = QComboBox(self)
        self._kinds.setAccessibleName(tr("Kind"))
        for each in KINDS:
            self._kinds.addItem(_title(each), each)
        self._kinds.setCurrentIndex(KINDS.index(kind))
        self._about = self._label("muted")
        self._name = QLineEdit(self, maxLength=60)
        self._name.setPlaceholderText(EXAMPLE)
        self._name.setAccessibleName(tr("Name"))
        self._place = self._label("muted")
        self._edit = QCheckBox(tr("Open it in the text editor"), self)
        self._edit.setChecked(True)
        self._trust = self._label("muted")
        self._trust.setText(tr("The file is yours: the lab allows it, and whatever else is in its folder."))
        roles = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(roles.Ok | roles.Cancel, self)
        self._buttons.button(roles.Ok).setText(tr("Write it"))
        self._buttons.button(roles.Cancel).setText(tr("Cancel"))

    def _label(self, role: str) -> QLabel:
        label = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        restyle(label, role=role)
        return label

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Kind"), self._kinds)
        form.addRow("", self._about)
        form.addRow(tr("Name"), self._name)
        form.addRow(tr("File"), self._place)
        form.addRow("", self._trust)
        form.addRow("", self._edit)
        form.addRow(self._buttons)

    def _on_changed(self) -> None:
        self._about.setText(_about(self.kind))
        path, fault = self._path()
        restyle(self._place, role="error" if fault else "muted")
        self._place.setText(fault or str(path))
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(path != self._folder and not fault)

    def _path(self) -> tuple[Path, str]:
        """The file, or the folder while there is no name; and what speaks against it."""
        if not self.name.strip():
            return self._folder, ""
        try:
            path = self._folder / f"{plugin_name(self.name)}.py"
        except FieldError as error:
            return self._folder, str(error)
        return path, tr("{path} is there already; choose another name", path=path) if path.exists() else ""


def _title(kind: str) -> str:
    titles = {
        "optimizer": tr("Optimizer"), "schedule": tr("Schedule"), "problem": tr("Network problem"),
        "landscape": tr("Landscape"), "panel": tr("View"), "exporter": tr("Exporter"),
    }  # fmt: skip
    return titles[kind]


def _about(kind: str) -> str:
    texts = {
        "optimizer": tr("A rule that moves the parameters."),
        "schedule": tr("How the learning rate moves over the steps."),
        "problem": tr("Data of your own, for a network that comes with it."),
        "landscape": tr("A function of two coordinates that can be drawn."),
        "panel": tr("A tab of this window."),
        "exporter": tr("A file format of the Export menu."),
    }
    return texts[kind]
