"""What a plot is drawn with: the fonts and pens of one theme at one size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QGuiApplication, QPen

from optlab.gui.plots import gradient
from optlab.gui.theme import Theme


@dataclass(frozen=True)
class Style:
    """A theme at a scale; `exact` draws true strokes for files, where the screen takes quicker ones."""

    theme: Theme
    scale: float = 1.0
    exact: bool = False

    @cached_property
    def font(self) -> QFont:
        """The application's font by pixels: the same size on a screen, in a picture and in an SVG."""
        font = QFont(QGuiApplication.font())
        font.setPixelSize(max(6, round(QFontInfo(font).pixelSize() * self.scale)))
        return font

    @cached_property
    def bold(self) -> QFont:
        font = QFont(self.font)
        font.setBold(True)
        return font

    @cached_property
    def metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font)

    @cached_property
    def em(self) -> float:
        """The height of a line of text."""
        return self.metrics.height()

    def width(self, text: str) -> float:
        return self.metrics.horizontalAdvance(text)

    def elided(self, text: str, room: float, bold: bool = False) -> str:
        """`text`, or its beginning and `…` where it is wider than `room`."""
        metrics = QFontMetricsF(self.bold) if bold else self.metrics
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0.0))

    def pen(self, colour: str, width: float = 1.0, dash: Sequence[float] = (), opacity: float = 1.0) -> QPen:
        """A pen of `width` pixels; `dash` is in pen widths."""
        tint = self.tint(colour, opacity)
        pen = QPen(tint, width * self.scale)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
        if dash:
            pen.setDashPattern(list(dash))
        return pen

    def tint(self, colour: str, opacity: float) -> QColor:
        """`colour` let through by `opacity`."""
        tint = QColor(gradient.resolved(self.theme, colour))
        tint.setAlphaF(opacity)
        return tint
