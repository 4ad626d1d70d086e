"""The box beside a cross-hair: values of all curves at one x, in columns where they are many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from optlab.gui.plots.style import Style


@dataclass(frozen=True)
class Reading:
    """A curve's value: its name, its colour and the number as text."""

    label: str
    colour: str
    text: str


def paint_readout(
    painter: QPainter, style: Style, head: str, readings: Sequence[Reading], near: QPointF, room: QRectF
) -> None:
    """Draw a box with `head` and the readings beside `near`, wholly inside `room`."""
    em, pad = style.em, 0.5 * style.em
    rows = max(int((room.height() - 2 * pad) / em) - 1, 1)
    columns = max(math.ceil(len(readings) / rows), 1)
    rows = math.ceil(len(readings) / columns)
    name = max((style.width(r.label) for r in readings), default=0.0)
    number = max((style.width(r.text) for r in readings), default=0.0)
    each = 1.1 * em + name + em + number if readings else 0.0
    width = max(columns * each + (columns - 1) * em, style.width(head)) + 2 * pad
    height = (rows + 1) * em + 2 * pad
    box = _beside(near, width, height, room, em)
    painter.setPen(style.pen(style.theme.border))
    painter.setBrush(style.tint(style.theme.surface, 0.95))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(style.font)
    painter.setPen(style.pen(style.theme.muted))
    painter.drawText(QPointF(box.left() + pad, box.top() + pad + style.metrics.ascent()), head)
    for i, entry in enumerate(readings):
        left = box.left() + pad + (i // rows) * (each + em)
        top = box.top() + pad + (1 + i % rows) * em
        _paint_reading(painter, style, entry, QRectF(left, top, each, em))


def _paint_reading(painter: QPainter, style: Style, entry: Reading, line: QRectF) -> None:
    em = style.em
    painter.setPen(style.pen(entry.colour, 3.0))
    painter.drawLine(QLineF(line.left(), line.center().y(), line.left() + 0.7 * em, line.center().y()))
    painter.setPen(style.pen(style.theme.text))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(line.adjusted(1.1 * em, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, entry.label)
    painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, entry.text)


def _beside(near: QPointF, width: float, height: float, room: QRectF, gap: float) -> QRectF:
    left = near.x() + gap
    if left + width > room.right():
        left = near.x() - gap - width
    left = max(min(left, room.right() - width), room.left())
    top = max(min(near.y() - height / 2, room.bottom() - height), room.top())
    return QRectF(left, top, width, height)
