"""Typeset equations: the picture of assets/formulas in the colour of a theme, drawn at any size."""

import re
from functools import cache, lru_cache
from html import unescape
from math import ceil

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from optlab.engine.statements import PICTURE, PITCH, UNITS, folder

PAD = 1.0
"""Pixels around a picture, for the edges of its letters."""

GROUP = re.compile(r'<g id="(\w+)" aria-label="([^"]*)">')


@cache
def _svg() -> str:
    return (folder() / PICTURE).read_text("utf-8")


@cache
def _groups() -> dict[str, tuple[str, int]]:
    """The number of each statement in the picture, and its row."""
    return {unescape(label): (name, row) for row, (name, label) in enumerate(GROUP.findall(_svg()))}


@cache
def _renderer() -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_svg().replace("currentColor", "black").encode()))


def is_drawn(statement: str) -> bool:
    """Whether there is a picture of a statement of a docstring."""
    return statement in _groups()


@cache
def box(statement: str, em: float) -> QRectF:
    """Where a statement's ink is, in pixels at letters of `em`: from its sign of relation and its baseline."""
    name, row = _groups()[statement]
    rect = _renderer().boundsOnElement(name).translated(0, -row * PITCH)
    scale = em / UNITS
    return QRectF(rect.x() * scale, rect.y() * scale, rect.width() * scale, rect.height() * scale)


def draw(painter: QPainter, statement: str, at: QPointF, em: float, colour: str) -> None:
    """Draw a statement with its sign of relation at `at`, on that baseline, sharp in the pixels of the device."""
    ratio = painter.deviceTransform().m11()
    ink = box(statement, em)
    left, top = (round((place - PAD) * ratio) / ratio for place in (at.x() + ink.left(), at.y() + ink.top()))
    painter.drawImage(QPointF(left, top), _drawn(statement, em, colour, ratio))


@lru_cache(maxsize=64)
def _drawn(statement: str, em: float, colour: str, ratio: float) -> QImage:
    """A statement with PAD around it: ten times as fast as its curves."""
    ink = box(statement, em)
    made = _blank(QSizeF(ink.width() + 2 * PAD, ink.height() + 2 * PAD), ratio)
    _draw_on(made, statement, QPointF(PAD - ink.left(), PAD - ink.top()), em, colour)
    return made


def _blank(size: QSizeF, ratio: float) -> QImage:
    made = QImage(ceil(size.width() * ratio), ceil(size.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


def _draw_on(made: QImage, statement: str, at: QPointF, em: float, colour: str) -> None:
    """Draw in black, and colour what was drawn: the picture is read once for all colours."""
    with QPainter(made) as painter:
        _renderer().render(painter, _groups()[statement][0], box(statement, em).translated(at))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(QRectF(QPointF(), made.deviceIndependentSize()), QColor(colour))


def image(statement: str, em: float, colour: str, half: float, ratio: float) -> QImage:
    """A statement as wide as it is, to stand in a line of text: its baseline lies `half` below its middle."""
    ink = box(statement, em)
    above = max(-ink.top(), ink.bottom() + 2 * half)
    made = _blank(QSizeF(ink.width() + 2, 2 * (above - half)), ratio)
    _draw_on(made, statement, QPointF(1 - ink.left(), above), em, colour)
    return made
