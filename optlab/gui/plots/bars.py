"""The layer profile: the norm of every layer at one step, a bar per run, on a logarithmic axis with a floor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard
from optlab.gui.plots.axis import Array, Axis, Tick, power, reading
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.legend import Key
from optlab.gui.plots.notes import paint_floor
from optlab.gui.plots.ranges import Span, stretched, union
from optlab.gui.plots.readout import Reading, paint_readout
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr


@dataclass(frozen=True, eq=False)
class Bars:
    """One run's values by layer `(L,)`; NaN has no bar. The dashes of its curves choose the bars' pattern."""

    label: str
    colour: str
    values: Array
    dash: tuple[float, ...] = ()


class BarPlot(Canvas):
    """Bars in groups, from `floor` upwards; what falls below the floor is marked there by a triangle."""

    def __init__(
        self, theme: Theme, title: str = "", x: Axis | None = None, y: Axis | None = None, *, floor: float = 1e-12,
        legend: bool = False, empty_text: str = "", parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(theme, title, empty_text, parent)
        self.x_axis, self.y_axis = x or Axis(tr("layer, input → output")), y or Axis(log=True)
        self.floor, self.legend = floor, legend
        self.bars: Sequence[Bars] = ()
        self.labels: Sequence[str] = ()
        self.hover: int | None = None
        self._pointer = QPointF()
        self._range: Span | None = None

    # what the owner calls

    def set_bars(self, bars: Sequence[Bars], labels: Sequence[str]) -> None:
        """Show these runs over the layers called `labels`; the axis only grows until `reset`."""
        self.bars, self.labels = bars, labels
        tops = [float(np.nanmax(b.values)) for b in bars if np.isfinite(b.values).any()]
        seen = stretched(np.log10(self.floor), np.log10(min(max([self.floor * 10, *tops]), 1e150)), Axis(log=True))
        seen = (float(np.log10(self.floor)), seen[1])
        self._range = seen if self._range is None else union(self._range, seen)
        self.changed()

    def set_floor(self, floor: float) -> None:
        """Let bars begin at another value."""
        if floor != self.floor:
            self.floor = floor
            self.reset()

    def reset(self) -> None:
        """Forget the range: what comes next is something else."""
        self._range = None
        self.set_bars(self.bars, self.labels)

    # what the base asks

    def has_data(self) -> bool:
        return bool(self.bars) and bool(self.labels)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        keys = tuple(Key(bar.label, bar.colour, bar.dash) for bar in self.bars) if self.legend else ()
        plan = Plan(
            title=self.title, x=self.x_axis, y=self.y_axis, x_range=(0.0, float(len(self.labels))),
            y_range=self._range or (-1.0, 0.0), x_ticks=(), x_grid=False, legend=keys,
            floor=f"<{at_least(self.floor)}", inset=3.0,
        )  # fmt: skip
        frame = place(rect, style, plan)
        names = self._names(style, frame.area.width())
        above = tuple(tick for tick in frame.y_ticks if frame.area.bottom() - float(frame.y.px(tick.at)) > style.em)
        return replace(frame, x_ticks=names, y_ticks=above)  # the floor has its own label

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        paint_floor(painter, frame, style)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # crisp edges
        for i, bars in enumerate(self.bars):
            for layer, value in enumerate(bars.values[: len(self.labels)]):
                _paint_bar(painter, frame, style, bars, float(value), self._box(frame, layer, i), self.floor)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_axes(painter, frame, style)

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        if self.hover is None or self.hover >= len(self.labels):
            return
        left, right = (float(frame.x.px(self.hover + d)) for d in (0, 1))
        column = QRectF(left, frame.area.top(), right - left, frame.whole.height())
        painter.fillRect(column, style.tint(style.theme.text, 0.08))
        readings = self.readings(self.hover)
        room = frame.rect.adjusted(2, 2, -2, -2)
        paint_readout(painter, style, self.labels[self.hover], readings, self._pointer, room)

    def readings(self, layer: int) -> list[Reading]:
        """The values of all runs in one layer."""
        found = [(bar, float(bar.values[layer])) for bar in self.bars if layer < len(bar.values)]
        return [Reading(bar.label, bar.colour, f"▼ {reading(v)}" if v < self.floor else reading(v)) for bar, v in found]

    # what Qt calls

    @guard()
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, frame = event.position(), self.frame_
        inside = frame is not None and frame.whole.contains(at)
        self._pointer = at
        self.hover = int(frame.x.at(at.x())) if frame is not None and inside else None
        self.update()

    @guard()
    def leaveEvent(self, event: QEvent) -> None:
        self.hover = None
        self.update()

    # its own

    def _names(self, style: Style, width: float) -> tuple[Tick, ...]:
        widest = max((style.width(label) for label in self.labels), default=0.0) + 0.8 * style.em
        stride = max(int(np.ceil(widest * len(self.labels) / max(width, 1.0))), 1)
        return tuple(Tick(i + 0.5, self.labels[i]) for i in range(0, len(self.labels), stride))

    def _box(self, frame: Frame, layer: int, run: int) -> tuple[float, float]:
        """Left and right of a bar: four fifths of the layer's width, shared by the runs."""
        each = 0.8 / max(len(self.bars), 1)
        left = layer + 0.1 + run * each
        gap = 0.12 * each
        return round(float(frame.x.px(left + gap))), round(float(frame.x.px(left + each - gap)))


def _paint_bar(
    painter: QPainter, frame: Frame, style: Style, bars: Bars, value: float, box: tuple[float, float], floor: float
) -> None:
    left, right = box
    if np.isnan(value):
        return
    if value < floor:
        _paint_fallen(painter, frame, style, bars.colour, (left + right) / 2)
        return
    top = max(frame.y.of(value), frame.area.top())
    _fill(painter, style, bars, QRectF(left, top, right - left, frame.area.bottom() - top))


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


def at_least(floor: float) -> str:
    """A floor as its axis writes it."""
    exponent = round(float(np.log10(floor)))
    return power(exponent) if np.isclose(floor, 10.0**exponent) else f"{floor:.0e}"
