"""The dialog before a picture is saved: size, resolution and theme."""

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QWidget

from optlab.gui.picture import check_size
from optlab.gui.theme import Theme, load_theme
from optlab.i18n import tr

SIZES = ((1600, 1000), (1280, 720), (1920, 1080), (2400, 1500), (3840, 2160))


class ExportDialog(QDialog):
    """Asks how large a picture is to be; says at once when it would be too large."""

    def __init__(self, current: Theme, width: int, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export PNG"))
        self._current = current
        self._make_children(width, height)
        self._lay_out()
        self._width.valueChanged.connect(self._on_changed)
        self._height.valueChanged.connect(self._on_changed)
        self._sizes.activated.connect(self._on_size)
        self._on_changed()

    def _make_children(self, width: int, height: int) -> None:
        self._sizes = QComboBox()
        self._sizes.setAccessibleName(tr("Common sizes"))
        self._sizes.addItem(tr("as shown"), (width, height))
        for size in SIZES:
            self._sizes.addItem(f"{size[0]} × {size[1]}", size)
        self._width = self._spin(tr("Width"), width, 100, 8192)
        self._height = self._spin(tr("Height"), height, 100, 8192)
        self._dpi = self._spin(tr("Resolution"), 96, 48, 600)
        self._theme = QComboBox()
        self._theme.setAccessibleName(tr("Theme"))
        for name, text in (("", tr("as shown")), ("light", tr("light")), ("dark", tr("dark"))):
            self._theme.addItem(text, name)
        self._trouble = QLabel(wordWrap=True)
        self._trouble.setProperty("role", "error")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setText(tr("Save…"))
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    def _spin(self, name: str, value: int, lo: int, hi: int) -> QSpinBox:
        spin = QSpinBox(minimum=lo, maximum=hi)
        spin.setAccessibleName(name)
        spin.setValue(value)
        return spin

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.addRow(tr("Size"), self._sizes)
        form.addRow(tr("Width, px"), self._width)
        form.addRow(tr("Height, px"), self._height)
        form.addRow(tr("Resolution, dpi"), self._dpi)
        form.addRow(tr("Theme"), self._theme)
        form.addRow(self._trouble)
        form.addRow(self._buttons)

    @property
    def size_(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._width.value(), self._height.value()

    @property
    def dpi(self) -> float:
        return float(self._dpi.value())

    @property
    def theme(self) -> Theme:
        name = self._theme.currentData()
        return load_theme(name) if name else self._current

    def _on_size(self) -> None:
        width, height = self._sizes.currentData()
        self._width.setValue(width)
        self._height.setValue(height)

    def _on_changed(self) -> None:
        try:
            check_size(*self.size_)
            words = ""
        except ValueError as error:
            words = str(error)
        self._trouble.setText(words)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not words)
