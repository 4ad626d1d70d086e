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


@dataclass(frozen=True)
class Note:
    """What happened there, in words that may take several lines."""

    text: str
    colour: str = ""


def paint_readout(
    painter: QPainter, style: Style, head: str, readings: Sequence[Reading], near: QPointF, room: QRectF,
    notes: Sequence[Note] = (),
) -> None:  # fmt: skip
    """Draw a box with `head`, the readings and the notes below them beside `near`, wholly inside `room`."""
    em, pad = style.em, 0.5 * style.em
    if notes and (len(readings) + 1 + 2 * len(notes)) * em + 2 * pad > room.height():
        readings, notes = (), notes[: max(1, int((room.height() - 2 * pad) / em - 1) // 2)]  # what is pointed at
    rows = max(int((room.height() - 2 * pad) / em) - 1, 1)
    columns = max(math.ceil(len(readings) / rows), 1)
    rows = math.ceil(len(readings) / columns)
    name = max((style.width(r.label) for r in readings), default=0.0)
    number = max((style.width(r.text) for r in readings), default=0.0)
    each = 1.1 * em + name + em + number if readings else 0.0
    widest = min(room.width() - 2 * pad, 26 * em)
    wanted = max((style.width(note.text) + 1.1 * em for note in notes), default=0.0)
    width = max(columns * each + (columns - 1) * em, style.width(head), min(wanted, widest)) + 2 * pad
    painter.setFont(style.font)
    tall = [_height(painter, note.text, width - 2 * pad - 1.1 * em) for note in notes]
    height = (rows + 1) * em + 2 * pad + sum(tall)
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
    top = box.top() + pad + (1 + rows) * em
    for note, part in zip(notes, tall, strict=True):
        painter.setPen(style.pen(note.colour or style.theme.muted, 3.0))
        painter.drawLine(QLineF(box.left() + pad, top + em / 2, box.left() + pad + 0.7 * em, top + em / 2))
        painter.setPen(style.pen(style.theme.text))
        words = QRectF(box.left() + pad + 1.1 * em, top, width - 2 * pad - 1.1 * em, part)
        painter.drawText(words, Qt.TextFlag.TextWordWrap, note.text)
        top += part


def _height(painter: QPainter, text: str, width: float) -> float:
    return painter.boundingRect(QRectF(0, 0, width, 1e4), Qt.TextFlag.TextWordWrap, text).height()


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
