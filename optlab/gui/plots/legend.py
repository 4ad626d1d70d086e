"""Legends: rows of line samples with names, under the title, where they cover no data."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from optlab.gui.plots.style import Style


@dataclass(frozen=True)
class Key:
    """An entry of a legend."""

    label: str
    colour: str
    dash: tuple[float, ...] = ()


def key_rows(style: Style, keys: Sequence[Key], room: float) -> list[list[Key]]:
    """The entries of a legend in rows no wider than `room`."""
    rows: list[list[Key]] = []
    used = room
    for key in keys:
        width = _key_width(style, key)
        if used + width > room or not rows:
            rows.append([])
            used = 0.0
        rows[-1].append(key)
        used += width
    return rows


def place_keys(
    rect: QRectF, style: Style, rows: Sequence[Sequence[Key]], top: QPointF
) -> tuple[tuple[Key, QPointF], ...]:
    """Rows of a legend from `top` on, centred there as far as they stay inside `rect`."""
    placed = []
    for i, row in enumerate(rows):
        width = sum(_key_width(style, key) for key in row)
        x = max(min(top.x() - width / 2, rect.right() - width), rect.left())
        for key in row:
            placed.append((key, QPointF(x, top.y() + 1.25 * style.em * i)))
            x += _key_width(style, key)
    return tuple(placed)


def _key_width(style: Style, key: Key) -> float:
    return style.width(key.label) + 4.2 * style.em


def paint_key(painter: QPainter, style: Style, key: Key, at: QPointF) -> None:
    """Draw a piece of the line and its name."""
    em = style.em
    painter.setPen(style.pen(key.colour, 2.0, key.dash))
    painter.drawLine(QPointF(at.x() + 0.4 * em, at.y() + em / 2), QPointF(at.x() + 2.8 * em, at.y() + em / 2))
    painter.setFont(style.font)
    painter.setPen(style.pen(style.theme.text))
    base = at.y() + (em + style.metrics.ascent() - style.metrics.descent()) / 2
    painter.drawText(QPointF(at.x() + 3.1 * em, base), key.label)
