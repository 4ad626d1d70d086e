"""Icons: SVG strokes from `assets/icons` in the colours of a theme, drawn at every size that a screen asks for."""

from functools import cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from optlab.gui.guard import guard
from optlab.gui.theme import Theme, current_theme, restyle
from optlab.paths import bundled

SIZES = (16, 20, 24, 32, 40, 48)  # 16, 20 and 24 at 100 % and 200 %
FAINT = 0.4  # opacity of what cannot be pressed


@cache
def icon(name: str, theme: Theme, role: str = "text") -> QIcon:
    """The icon `name` in the colour `role` of `theme`, paler where disabled."""
    svg = (bundled("assets") / "icons" / f"{name}.svg").read_text("utf-8")
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", getattr(theme, role)).encode()))
    made = QIcon()
    for size in SIZES:
        made.addPixmap(_drawn(renderer, size, 1.0), QIcon.Mode.Normal)
        made.addPixmap(_drawn(renderer, size, FAINT), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """The mark of OptLab."""
    return QIcon(str(bundled("assets") / "icons" / "optlab.svg"))


def _drawn(renderer: QSvgRenderer, size: int, opacity: float) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        renderer.render(painter, QRectF(0, 0, size, size))
        # paled as a whole: strokes over fills would show twice
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.fillRect(pixmap.rect(), QColor.fromRgbF(0, 0, 0, opacity))
    return pixmap


class IconButton(QToolButton):
    """A small flat button whose icon follows the theme."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None, role: str = "muted") -> None:
        super().__init__(parent)
        self._name, self._role = name, role
        restyle(self, small=True)
        self.setAutoRaise(True)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._paint_icon()

    def _paint_icon(self) -> None:
        self.setIcon(icon(self._name, current_theme(), self._role))

    @guard(None)
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._paint_icon()
