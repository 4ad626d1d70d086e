"""Marks on a landscape: the dot of a run, the start and a minimum."""

import math

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from optlab.gui.plots.frame import Frame
from optlab.gui.plots.style import Style

Point = tuple[float, float]


def paint_dot(painter: QPainter, style: Style, frame: Frame, at: Point, colour: str) -> None:
    """A run's place; hollow at the edge where the run has left what is seen."""
    area = frame.area
    x, y = frame.x.of(at[0]), frame.y.of(at[1])
    inside = area.contains(QPointF(x, y))
    centre = QPointF(min(max(x, area.left()), area.right()), min(max(y, area.top()), area.bottom()))
    radius = 5.0 * style.weight
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(style.pen(style.theme.plot, 1.2))
    painter.drawEllipse(centre, radius + 1.2 * style.weight, radius + 1.2 * style.weight)
    painter.setPen(style.pen(style.theme.text if inside else colour, 1.5))
    painter.setBrush(style.tint(colour if inside else style.theme.plot, 1.0))
    painter.drawEllipse(centre, radius, radius)


def paint_start(painter: QPainter, style: Style, frame: Frame, at: Point) -> None:
    """A ring with a cross."""
    centre = QPointF(frame.x.of(at[0]), frame.y.of(at[1]))
    if not frame.area.contains(centre):
        return
    radius, arm = 5.5 * style.weight, 9.0 * style.weight
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((style.theme.plot, 3.6), (style.theme.text, 1.6)):
        painter.setPen(style.pen(colour, width))
        painter.drawEllipse(centre, radius, radius)
        for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            painter.drawLine(QLineF(centre + QPointF(dx, dy) * radius, centre + QPointF(dx, dy) * arm))


def paint_star(painter: QPainter, style: Style, frame: Frame, at: Point) -> None:
    """A star of five points."""
    centre = QPointF(frame.x.of(at[0]), frame.y.of(at[1]))
    if not frame.area.contains(centre):
        return
    radii = (8.0 * style.weight, 3.4 * style.weight)
    corners = [
        centre + QPointF(math.sin(k * math.pi / 5), -math.cos(k * math.pi / 5)) * radii[k % 2] for k in range(10)
    ]
    painter.setPen(style.pen(style.theme.plot, 1.5))
    painter.setBrush(style.tint(style.theme.text, 1.0))
    painter.drawPolygon(QPolygonF(corners))
