"""What a plot is drawn with: the fonts and pens of one theme at one size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QGuiApplication, QPen

from optlab.gui.plots import gradient
from optlab.gui.theme import Theme

MANY = 2000


@dataclass(frozen=True)
class Style:
    """A theme at a scale; `exact` draws true strokes for files, where the screen takes quicker ones.

    `stroke` makes lines and marks thicker, and leaves texts as they are.
    """

    theme: Theme
    scale: float = 1.0
    exact: bool = False
    stroke: float = 1.0

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

    @property
    def weight(self) -> float:
        """How large lines and marks are."""
        return self.scale * self.stroke

    @cached_property
    def metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.font)

    @cached_property
    def em(self) -> float:
        """The height of a line of text."""
        return self.metrics.height()

    def width(self, text: str) -> float:
        widths = self._widths
        if text not in widths:
            _make_room(widths)
            widths[text] = self.metrics.horizontalAdvance(text)
        return widths[text]

    def elided(self, text: str, room: float, bold: bool = False) -> str:
        """`text`, or its beginning and `…` where it is wider than `room`."""
        key, elided = (text, int(max(room, 0.0)), bold), self._elided
        if key not in elided:
            _make_room(elided)
            metrics = QFontMetricsF(self.bold) if bold else self.metrics
            elided[key] = metrics.elidedText(text, Qt.TextElideMode.ElideRight, float(key[1]))
        return elided[key]

    def pen(self, colour: str, width: float = 1.0, dash: Sequence[float] = (), opacity: float = 1.0) -> QPen:
        """A pen of `width` pixels, to be used as it is; `dash` is in pen widths."""
        key, pens = (colour, width, tuple(dash), opacity), self._pens
        if key not in pens:
            _make_room(pens)
            pens[key] = pen = QPen(self.tint(colour, opacity), width * self.weight)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap if dash else Qt.PenCapStyle.RoundCap)
            if dash:
                pen.setDashPattern(list(dash))
        return pens[key]

    def tint(self, colour: str, opacity: float) -> QColor:
        """`colour` let through by `opacity`."""
        key, tints = (colour, opacity), self._tints
        if key not in tints:
            _make_room(tints)
            tints[key] = tint = QColor(gradient.resolved(self.theme, colour))
            tint.setAlphaF(opacity)
        return tints[key]

    # what was made before: a frame of all plots asks for 230 widths and 100 pens, 2 ms of it

    @cached_property
    def _widths(self) -> dict[str, float]:
        return {}

    @cached_property
    def _elided(self) -> dict[tuple[str, int, bool], str]:
        return {}

    @cached_property
    def _pens(self) -> dict[tuple[str, float, tuple[float, ...], float], QPen]:
        return {}

    @cached_property
    def _tints(self) -> dict[tuple[str, float], QColor]:
        return {}


def _make_room(kept: dict[Any, Any]) -> None:
    """Texts with numbers in them never end: forget all, once there are many."""
    if len(kept) >= MANY:
        kept.clear()
