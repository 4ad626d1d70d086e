"""The dresser: theme, text size and language of the running window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication

from optlab.gui.theme import HALL_TEXT, Theme, apply_theme, load_theme, system_theme, ui_font
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window

SCALES = (0.85, 1.0, 1.2, 1.45, 1.75, 2.1)

HALL_STROKE = 3 / 1.6
"""How much thicker lines are there: the thinnest that tells of a run or a layer is 1.6 wide, and becomes 3 pixels."""


def theme_of(choice: str) -> Theme:
    """The theme of the setting `system`, `dark` or `light`."""
    return load_theme(system_theme() if choice == "system" else choice)


class Dresser(QObject):
    """Changes theme and text size at once; the language at the next start."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._hall = window, False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme)

    def choose_theme(self, name: str) -> None:
        """Fix the theme, or follow the system."""
        self._window.settings.theme = name
        self._dress()
        self._window.refresh_actions()

    def choose_language(self, code: str) -> None:
        """Note the language for the next start."""
        self._window.settings.language = code
        self._window.say(tr("The language changes at the next start."), "info")
        self._window.refresh_actions()

    def zoom(self, by: int) -> None:
        """Make all text larger (1) or smaller (−1), or as it was (0)."""
        settings = self._window.settings
        place = min(range(len(SCALES)), key=lambda k: abs(SCALES[k] - settings.zoom))
        settings.zoom = 1.0 if by == 0 else SCALES[min(max(place + by, 0), len(SCALES) - 1)]
        self._dress()

    def project(self, on: bool) -> None:
        """Light, with large text and thick lines for a lecture hall, or as it was."""
        self._hall = on
        self._dress()

    def _dress(self) -> None:
        settings, app = self._window.settings, QApplication.instance()
        theme, zoom = theme_of("light" if self._hall else settings.theme), settings.zoom
        if self._hall:
            zoom = max(zoom, HALL_TEXT / QFontInfo(ui_font()).pixelSize())
        if isinstance(app, QApplication):
            apply_theme(app, theme, zoom)
        self._window.desk.set_theme(theme, HALL_STROKE if self._hall else 1.0)
        self._window.restyle()

    def _on_scheme(self) -> None:
        if self._window.settings.theme == "system":
            self._dress()
