"""The painting of a profile: bars, or a line where there is no room for bars, and the straight line through them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from optlab.gui.plots.axis import Array
from optlab.gui.plots.curves import path, stroke
from optlab.gui.plots.frame import Frame
from optlab.gui.plots.style import Style

_FEW = 40  # so many layers have a dot each beside the line


@dataclass(frozen=True, eq=False)
class Trend:
    """A straight line through the logarithms: log₁₀ of layer `first` and of layer `last`, and what is written at it."""

    first: int
    last: int
    start: float
    end: float
    label: str


@dataclass(frozen=True, eq=False)
class Bars:
    """One run's values by layer `(L,)`; NaN has no bar. The dashes of its curves choose the bars' pattern.

    `whole` `(L,)` are the values before something was taken away from them: what was taken is pale.
    """

    label: str
    colour: str
    values: Array
    dash: tuple[float, ...] = ()
    whole: Array | None = None
    trend: Trend | None = None


def paint_bars(
    painter: QPainter, frame: Frame, style: Style, bars: Bars, boxes: Sequence[tuple[float, float]], floor: float
) -> None:
    """A bar in each of the boxes (left, right)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # crisp edges
    whole = bars.values if bars.whole is None else bars.whole
    for value, before, (left, right) in zip(bars.values.tolist(), whole.tolist(), boxes, strict=False):
        if before > value and before >= floor:
            bottom = frame.y.of(value) if value >= floor else frame.area.bottom()
            _fill_pale(painter, style, bars.colour, _bar(frame, left, right, before, bottom))
        if value >= floor:
            _fill(painter, style, bars, _bar(frame, left, right, value, frame.area.bottom()))
        elif not np.isnan(value):
            _paint_fallen(painter, frame, style, bars.colour, (left + right) / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_line(painter: QPainter, frame: Frame, style: Style, bars: Bars, floor: float) -> None:
    """A line from layer to layer; what falls below the floor is a line on it."""
    x = frame.x.px(np.arange(len(bars.values)) + 0.5)
    below = bars.values < floor
    with np.errstate(all="ignore"):
        y = np.where(below, np.nan, frame.y.px(frame.y.units(bars.values)))
    stroke(painter, style, path(x, y, frame.area), bars.colour, 2.0, bars.dash)
    if frame.floor is not None and below.any():
        level = np.where(below, frame.floor.center().y(), np.nan)
        on_floor = path(np.repeat(x, 2) + np.tile([-1.0, 1.0], len(x)), np.repeat(level, 2), frame.floor)
        stroke(painter, style, on_floor, bars.colour, 2.0, bars.dash)
    if len(x) <= _FEW:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tint(bars.colour, 1.0))
        for px, py in zip(x.tolist(), y.tolist(), strict=True):
            if frame.area.top() <= py <= frame.area.bottom():
                painter.drawEllipse(QPointF(px, py), 2.5 * style.weight, 2.5 * style.weight)


def paint_trend(painter: QPainter, frame: Frame, style: Style, bars: Bars, place: float) -> None:
    """The straight line through a run's bars, which lie `place` of a layer's width into it, seen on every colour."""
    if bars.trend is not None:
        shape = _line(frame, bars.trend, place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((style.theme.plot, 5.0), (style.theme.text, 1.8)):
            painter.setPen(style.pen(colour, width))
            painter.drawPath(shape)


def paint_trend_words(painter: QPainter, frame: Frame, style: Style, bars: Bars, place: float) -> None:
    """What is written at the line: beside its middle, on the side on which bars are lower, inside the plot."""
    trend = bars.trend
    if trend is None or (shape := _line(frame, trend, place)).isEmpty():
        return
    width, em, area, line = style.width(trend.label) + style.em, 1.3 * style.em, frame.area, shape.boundingRect()
    middle, rises = line.center(), trend.end > trend.start
    left = middle.x() - width - 0.5 * em if rises else middle.x() + 0.5 * em
    left = min(max(left, area.left() + 2), area.right() - width - 2)
    lowest = middle.y() if line.width() > 2 * width else line.top() - 0.3 * em  # above a line that it would cover
    box = QRectF(left, max(lowest - 1.3 * em, area.top() + 2), width, em)
    painter.setPen(style.pen(style.theme.border))
    painter.setBrush(style.tint(style.theme.surface, 0.92))
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(style.font)
    painter.setPen(style.pen(style.theme.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, trend.label)


def _line(frame: Frame, trend: Trend, place: float) -> QPainterPath:
    x, y = frame.x.px([trend.first + place, trend.last + place]), frame.y.px([trend.start, trend.end])
    return path(x, y, frame.area)


def _bar(frame: Frame, left: float, right: float, value: float, bottom: float) -> QRectF:
    top = max(frame.y.of(value), frame.area.top())
    return QRectF(left, top, right - left, bottom - top)


def _fill_pale(painter: QPainter, style: Style, colour: str, bar: QRectF) -> None:
    painter.fillRect(bar, style.tint(colour, 0.22))
    painter.setPen(style.pen(colour, 1.0))
    painter.drawLines([QLineF(bar.topLeft(), bar.topRight())])


def _fill(painter: QPainter, style: Style, bars: Bars, bar: QRectF) -> None:
    """Full where the run's curves are solid, an outline where their dashes are long, notched where they are short."""
    outline = bool(bars.dash) and bars.dash[0] > 4
    painter.fillRect(bar, style.tint(bars.colour, 0.3 if outline else 1.0))
    if outline:
        painter.setPen(style.pen(bars.colour, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar.adjusted(0.0, 0.0, -1.0, 0.0))
    elif bars.dash:
        notches = np.arange(bar.top() + 4 * style.scale, bar.bottom(), 5 * style.scale).tolist()
        painter.setPen(style.pen(style.theme.plot, 1.0, (), 0.75))
        painter.drawLines([QLineF(bar.left(), y, bar.right(), y) for y in notches])


def _paint_fallen(painter: QPainter, frame: Frame, style: Style, colour: str, x: float) -> None:
    strip = frame.floor or frame.area
    half, y = 3.5 * style.scale, strip.center().y() - 2 * style.scale
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.tint(colour, 1.0))
    painter.drawPolygon(QPolygonF([QPointF(x - half, y), QPointF(x + half, y), QPointF(x, y + 1.7 * half)]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
