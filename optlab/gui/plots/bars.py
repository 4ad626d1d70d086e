"""The layer profile: the norm of every layer at one step, a bar per run, on a logarithmic axis with a floor."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard
from optlab.gui.plots.axis import Axis, Tick, at_least, reading
from optlab.gui.plots.bar_paint import Bars, paint_bars, paint_line, paint_trend, paint_trend_words
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.columns import Columns, stacked
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.legend import Key
from optlab.gui.plots.notes import paint_floor
from optlab.gui.plots.ranges import Span, stretched, union
from optlab.gui.plots.readout import Reading, paint_readout
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

Boxes = Sequence[Sequence[tuple[float, float]]]

NARROW = 3
"""Pixels below which a bar does not read as one, and its pattern not at all."""


class BarPlot(Canvas):
    """Bars in groups, from `floor` upwards; what falls below the floor is marked there by a triangle.

    Where bars would be thinner than `NARROW` pixels, a line from layer to layer stands for each run. A bar is looked at
    with the pointer or the arrow keys; a click, Enter or space holds it, until the same or Esc lets go.
    """

    hovered = Signal()
    """Another bar is looked at, or none any more."""

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
        """The layer that is looked at."""
        self.hover_run = 0
        """Whose bar there is looked at."""
        self.held = False
        """Whether that stays when the pointer leaves."""
        self._pointer = QPointF()
        self._range: Span | None = None

    # what the owner calls

    def set_bars(self, bars: Sequence[Bars], labels: Sequence[str]) -> None:
        """Show these runs over the layers called `labels`; the axis only grows until `reset`."""
        self.bars, self.labels = bars, labels
        each = [values for b in bars for values in (b.values, b.whole) if values is not None]
        tops = [float(np.nanmax(values)) for values in each if np.isfinite(values).any()]
        seen = stretched(np.log10(self.floor), np.log10(min(max([self.floor * 10, *tops]), 1e150)), Axis(log=True))
        seen = (float(np.log10(self.floor)), seen[1])
        self._range = seen if self._range is None else union(self._range, seen)
        self.changed()

    def set_floor(self, floor: float) -> None:
        """Let bars begin at another value; the top of the axis stays."""
        if floor != self.floor:
            self.floor = floor
            if self._range is not None:
                self._range = float(np.log10(floor)), self._range[1]
            self.changed()

    @property
    def reach(self) -> float:
        """The decimal logarithm up to which the axis goes."""
        return self._range[1] if self._range is not None else -math.inf

    def set_reach(self, top: float) -> None:
        """Let the axis go up to there, as that of another plot does."""
        if self._range is not None and top > self._range[1]:
            self._range = self._range[0], top
            self.changed()

    def reset(self) -> None:
        """Forget the range: what comes next is something else."""
        self._range = None
        self.set_bars(self.bars, self.labels)

    # what the base asks

    def has_data(self) -> bool:
        return bool(self.bars) and bool(self.labels)

    def table(self) -> Columns | None:
        """A row for every layer of every run, with what was there before something was taken away."""
        run, value = tr("run"), self.y_axis.label or "y"
        before = tr("{name}, before", name=value)
        parts = []
        for bars in self.bars:
            part = {run: bars.label, self.x_axis.title: np.array(self.labels[: len(bars.values)]), value: bars.values}
            parts.append(part if bars.whole is None else {**part, before: bars.whole})
        return stacked(parts)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        keys = tuple(Key(bar.label, bar.colour, bar.dash) for bar in self.bars) if self.legend else ()
        x = replace(self.x_axis, title="") if self.bare else self.x_axis
        plan = Plan(
            title=self.heading, x=x, y=self.y_axis, x_range=(0.0, float(len(self.labels))),
            y_range=self._range or (-1.0, 0.0), x_ticks=(), x_grid=False, legend=keys,
            floor=f"<{at_least(self.floor)}", inset=3.0, no_y=self.bare,
        )  # fmt: skip
        frame = place(rect, style, plan)
        names = self._names(style, frame.area.width())
        above = tuple(tick for tick in frame.y_ticks if frame.area.bottom() - float(frame.y.px(tick.at)) > style.em)
        return replace(frame, x_ticks=names, y_ticks=above)  # the floor has its own label

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        paint_floor(painter, frame, style)
        boxes = [[self._box(frame, layer, i) for layer in range(len(self.labels))] for i in range(len(self.bars))]
        narrow = self._narrow(boxes, style)
        steps = (self._paint_values, self._paint_trends)
        for paint in reversed(steps) if narrow else steps:  # a line through the bars would hide the lines
            paint(painter, frame, style, boxes, narrow)
        for i, bars in enumerate([] if narrow else self.bars):  # between lines there is no room for words
            paint_trend_words(painter, frame, style, bars, self._centre(i, narrow))
        paint_axes(painter, frame, style)

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        if self.hover is None or self.hover >= len(self.labels):
            return
        left, right = (float(frame.x.px(self.hover + d)) for d in (0, 1))
        column = QRectF(left, frame.area.top(), right - left, frame.whole.height())
        painter.fillRect(column, style.tint(style.theme.text, 0.08))
        self.draw_readings(painter, frame, style, self.hover)

    def draw_readings(self, painter: QPainter, frame: Frame, style: Style, layer: int) -> None:
        """Paint the values of all runs in a layer beside the pointer."""
        readings = self.readings(layer)
        room = frame.rect.adjusted(2, 2, -2, -2)
        paint_readout(painter, style, self.labels[layer], readings, self._pointer, room)

    def readings(self, layer: int) -> list[Reading]:
        """The values of all runs in one layer."""
        return [Reading(bar.label, bar.colour, self._text(bar, layer)) for bar in self.with_layer(layer)]

    def with_layer(self, layer: int) -> list[Bars]:
        """The runs that are so deep."""
        return [bar for bar in self.bars if layer < len(bar.values)]

    def _text(self, bars: Bars, layer: int) -> str:
        value = float(bars.values[layer])
        text = f"▼ {reading(value)}" if value < self.floor else reading(value)
        return text if bars.whole is None else f"{reading(float(bars.whole[layer]))} → {text}"

    # what Qt calls

    @guard()
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.held:
            self._look_under(event.position())

    @guard()
    def leaveEvent(self, event: QEvent) -> None:
        if not self.held:
            self.look_at(None)

    @guard()
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        before, held = (self.hover, self.hover_run), self.held
        self._look_under(event.position())
        self.held = self.hover is not None and not (held and before == (self.hover, self.hover_run))

    @guard()
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not (self.held or self.underMouse()):
            self.look_at(None)

    @guard(False)
    def event(self, event: QEvent) -> bool:
        key = event.key() if isinstance(event, QKeyEvent) else None
        if event.type() == QEvent.Type.ShortcutOverride and key == Qt.Key.Key_Escape and self.hover is not None:
            event.accept()  # it lets go of the bar, and leaves no lesson
            return True
        return bool(super().event(event))

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, moves = event.key(), {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
                                   Qt.Key.Key_Down: (0, 1)}  # fmt: skip
        if key in moves and self.has_data():
            self._move(*moves[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape and self.hover is not None:
            self.let_go()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.hover is not None:
            self.held = not self.held
        else:
            event.ignore()

    def let_go(self) -> None:
        """Look at no bar any more, held or not."""
        self.held = False
        self.look_at(None)

    def look_at(self, layer: int | None, run: int = 0) -> None:
        """Look at the bar of a run in a layer; None looks at none."""
        changed = (layer, run) != (self.hover, self.hover_run)
        self.hover, self.hover_run = layer, run
        self.update()
        if changed:
            self.hovered.emit()

    def bar_at(self, layer: int, run: int) -> QRectF:
        """Where a bar stands, from the top to the bottom of the plot, in pixels of the widget."""
        if self.frame_ is None:
            return QRectF()
        left, right = self._box(self.frame_, layer, run)
        return QRectF(left, self.frame_.area.top(), right - left, self.frame_.area.height())

    def _look_under(self, at: QPointF) -> None:
        """Look at the bar over or under which the pointer is; between two of them at the nearer one."""
        frame, self._pointer = self.frame_, at
        if frame is None or not self.bars or not frame.whole.contains(at):
            self.look_at(None)
            return
        place, part = divmod(float(frame.x.at(at.x())), 1.0)
        layer = min(max(int(place), 0), len(self.labels) - 1)
        run = int((part - 0.1) / 0.8 * len(self.bars))
        if self._narrow([[self._box(frame, layer, 0)]], self.style_):  # of lines the nearest one
            with np.errstate(all="ignore"):
                values = np.array([b.values[layer] if layer < len(b.values) else np.nan for b in self.bars])
                away = np.abs(frame.y.px(frame.y.units(np.maximum(values, self.floor))) - at.y())
            run = int(np.argmin(np.nan_to_num(away, nan=np.inf)))
        self.look_at(layer, min(max(run, 0), len(self.bars) - 1))

    def _move(self, layers: int, runs: int) -> None:
        """Look at a neighbour of the bar, or at the first one."""
        layer, run = (0, 0) if self.hover is None else (self.hover + layers, self.hover_run + runs)
        layer, run = min(max(layer, 0), len(self.labels) - 1), min(max(run, 0), len(self.bars) - 1)
        self._pointer = self.bar_at(layer, run).center()
        self.look_at(layer, run)

    # its own

    def _paint_values(self, painter: QPainter, frame: Frame, style: Style, boxes: Boxes, narrow: bool) -> None:
        for bars, row in zip(self.bars, boxes, strict=True):
            if narrow:
                paint_line(painter, frame, style, bars, self.floor)
            else:
                paint_bars(painter, frame, style, bars, row, self.floor)

    def _paint_trends(self, painter: QPainter, frame: Frame, style: Style, boxes: Boxes, narrow: bool) -> None:
        for i, bars in enumerate(self.bars):
            paint_trend(painter, frame, style, bars, self._centre(i, narrow))

    def _narrow(self, boxes: Boxes, style: Style) -> bool:
        """Whether bars would be too thin."""
        return any(right - left < NARROW * style.scale for row in boxes[:1] for left, right in row)

    def _centre(self, run: int, narrow: bool) -> float:
        """How far into a layer's width a run's bars have their middle."""
        return 0.5 if narrow else 0.1 + 0.8 * (run + 0.5) / len(self.bars)

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
