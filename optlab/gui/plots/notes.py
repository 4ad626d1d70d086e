"""What stands beside curves: the floor of a logarithmic axis, levels to compare with, events."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from optlab.gui.plots.curves import Line, Mark
from optlab.gui.plots.frame import Frame
from optlab.gui.plots.labels import EndLabel
from optlab.gui.plots.style import Style
from optlab.i18n import tr

_DASH_DOT = (6.0, 3.0, 1.0, 3.0)


def paint_floor(painter: QPainter, frame: Frame, style: Style) -> None:
    """The strip below a logarithmic axis, in which lies what the axis cannot show."""
    if frame.floor is not None:
        painter.fillRect(frame.floor, style.tint(style.theme.grid, 0.6))
        painter.setPen(style.pen(style.theme.muted))
        painter.drawLine(QLineF(frame.floor.topLeft(), frame.floor.topRight()))


def paint_floor_name(painter: QPainter, frame: Frame, style: Style, floor: float) -> None:
    """Say what the strip holds, at its beginning, where the fewest curves have fallen."""
    if frame.floor is not None:
        text = tr("0 or below {floor}", floor=f"{floor:.0e}".replace("-", "−"))
        _paint_note(painter, style, text, frame.floor.left() + 0.6 * style.em, frame.floor.center().y() - style.em / 2)


def paint_level(painter: QPainter, frame: Frame, style: Style, line: Line) -> None:
    """A level to compare with, as a dash-dotted line."""
    y = frame.y.of(line.y)
    if not frame.area.top() <= y <= frame.area.bottom():
        return
    painter.setPen(style.pen(style.theme.muted, 1.0, _DASH_DOT))
    painter.drawLine(QLineF(frame.area.left(), y, frame.area.right(), y))


def paint_level_name(
    painter: QPainter, frame: Frame, style: Style, line: Line, labels: Sequence[EndLabel] = ()
) -> None:
    """Name a level above its line, or below where there is no room, and farther from it where a label stands on it."""
    y, left, em = frame.y.of(line.y), frame.area.left() + 1.2 * style.em, style.em
    if line.label and frame.area.top() <= y <= frame.area.bottom():
        right = left + style.width(line.label) + em
        far = 0.6 * em if any(at.x < right and abs(at.y - y) < em for at in labels) else 0.15 * em
        above = y - em - far if y - em - far > frame.area.top() else y + far
        _paint_note(painter, style, line.label, left, above)


def paint_marks(painter: QPainter, frame: Frame, style: Style, marks: Sequence[Mark]) -> None:
    """Events: lines with their names, points of curves with their notes where there is room, and those at the foot."""
    seen = [(frame.x.of(mark.x), mark) for mark in marks]
    seen = [(x, mark) for x, mark in seen if frame.area.left() <= x <= frame.area.right()]
    points = sorted((pair for pair in seen if math.isfinite(pair[1].y)), key=lambda pair: pair[0])
    for x, mark in seen:
        if math.isnan(mark.y):
            _paint_event(painter, frame, style, mark)
        elif mark.y == -math.inf:
            painter.setPen(style.pen(mark.colour or style.theme.muted, 1.5, (), 0.55))
            painter.drawLine(QLineF(x, frame.area.bottom() - 0.5 * style.em, x, frame.area.bottom()))
    _paint_notes(painter, frame, style, points)
    for x, mark in points:
        _paint_point(painter, frame, style, mark, x)


def _paint_point(painter: QPainter, frame: Frame, style: Style, mark: Mark, x: float) -> None:
    """A triangle that stands on the curve and points down."""
    y = min(max(frame.y.of(mark.y), frame.area.top()), frame.area.bottom())
    half = 0.32 * style.em
    painter.setPen(style.pen(style.theme.plot, 1.0))
    painter.setBrush(style.tint(mark.colour or style.theme.text, 1.0))
    painter.drawPolygon(
        QPolygonF([QPointF(x, y), QPointF(x - half, y - 1.7 * half), QPointF(x + half, y - 1.7 * half)])
    )


def _paint_notes(painter: QPainter, frame: Frame, style: Style, points: Sequence[tuple[float, Mark]]) -> None:
    """The note of each point, its label, or nothing: as the room to the next point at its height allows."""
    for k, (x, mark) in enumerate(points):
        top = frame.y.of(mark.y) - 1.7 * style.em
        rivals = (o for o, other in points[k + 1 :] if abs(frame.y.of(other.y) - frame.y.of(mark.y)) < 1.5 * style.em)
        room = min(next(rivals, math.inf), frame.rect.right()) - x - 1.2 * style.em
        text = next((words for words in (mark.note, mark.label) if words and style.width(words) <= room), "")
        if text and top >= frame.area.top():
            _paint_note(painter, style, text, x + 0.6 * style.em, top)


def _paint_event(painter: QPainter, frame: Frame, style: Style, mark: Mark) -> None:
    """An event, as a dotted line with its name at the top."""
    x = frame.x.of(mark.x)
    painter.setPen(style.pen(mark.colour or style.theme.muted, 1.0, (2, 3)))
    painter.drawLine(QLineF(x, frame.area.top(), x, frame.area.bottom()))
    if mark.label:
        left = min(x + 3, frame.rect.right() - style.width(mark.label) - 4)
        _paint_note(painter, style, mark.label, left, frame.area.top() + 2)


def paint_remark(painter: QPainter, frame: Frame, style: Style, text: str) -> None:
    """A reservation about all that the plot shows, at the end of the line of its title."""
    painter.setFont(style.bold)
    title = frame.area.center().x() + painter.fontMetrics().horizontalAdvance(frame.plan.title) / 2
    right = frame.rect.right() - 0.6 * style.em
    shown = style.elided(text, right - title - style.em)
    painter.setFont(style.font)
    painter.setPen(style.pen(style.theme.warning))
    left = right - style.width(shown)
    painter.drawText(QPointF(left, frame.rect.top() + 6 * style.scale + style.metrics.ascent()), shown)


def _paint_note(painter: QPainter, style: Style, text: str, left: float, top: float) -> None:
    painter.setFont(style.font)
    painter.fillRect(QRectF(left - 2, top, style.width(text) + 4, style.em), style.tint(style.theme.plot, 0.6))
    painter.setPen(style.pen(style.theme.muted))
    painter.drawText(QPointF(left, top + style.metrics.ascent()), text)
