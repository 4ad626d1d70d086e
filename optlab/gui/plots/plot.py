"""Curves over steps: loss, learning rate, gradient norms."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Signal
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from optlab.gui.plots.axis import Array, Axis, Scale, reading, thousands
from optlab.gui.plots.columns import Columns, stacked, within
from optlab.gui.plots.curves import Band, Curve, Line, Mark, fill_band, path, stroke
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.labels import FEW, EndLabel, LabelRoom, gutter, overflow, paint_labels
from optlab.gui.plots.legend import Key
from optlab.gui.plots.notes import paint_floor, paint_floor_name, paint_level, paint_level_name, paint_marks
from optlab.gui.plots.ranges import Span, stretched, union
from optlab.gui.plots.readout import Note, Reading, paint_readout
from optlab.gui.plots.sampling import end_of, extent, value_at, visible
from optlab.gui.plots.steps import StepCanvas
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

REACH, SOME = 6, 3  # pixels from the cross-hair within which events are told, and so many of them
_MANY = 20  # so many lines are told apart only if they are thin


class CurvePlot(StepCanvas):
    """Curves, bands, levels and events over x. Data are kept, not copied: give new arrays, do not change old ones."""

    log_changed = Signal(bool)  # the user switched the y axis

    few: ClassVar[int] = FEW
    """So many curves are told apart one by one at their ends; more are a family, of which every k-th has its name."""

    def __init__(
        self, theme: Theme, title: str = "", x: Axis | None = None, y: Axis | None = None, *,
        legend: bool = False, end_labels: bool = True, floor: float = 1e-300, empty_text: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(theme, title, x, empty_text, parent)
        self.y_axis = y or Axis()
        self.legend, self.end_labels, self.floor = legend, end_labels, floor
        self.values_at: Callable[[float], Sequence[Reading]] | None = None
        self.curves: Sequence[Curve] = ()
        self.bands: Sequence[Band] = ()
        self.lines: Sequence[Line] = ()
        self.marks: Sequence[Mark] = ()
        self._margin = 0.0
        self._grown: tuple[Span, Span] | None = None
        self._room = LabelRoom()

    # what the owner calls

    def set_curves(
        self, curves: Sequence[Curve], bands: Sequence[Band] = (), lines: Sequence[Line] = (),
        marks: Sequence[Mark] = (),
    ) -> None:  # fmt: skip
        """Show these, in place of what was shown."""
        self.curves, self.bands, self.lines, self.marks = curves, bands, lines, marks
        self.measure()
        self._make_room()
        self.changed()

    def reset(self) -> None:
        """Forget ranges: what comes next is something else."""
        self._forget()
        self.view.zoom(None, None, remember=False)
        self.view.before = []

    def _forget(self) -> None:
        self._grown, self._margin = None, 0.0
        self._room.clear()

    def set_axes(self, x: Axis | None = None, y: Axis | None = None) -> None:
        """Rename the axes, or make them logarithmic or not."""
        self.view.zoom(None if x else self.view.zoom_x, None, remember=False)
        self.x_axis, self.y_axis = x or self.x_axis, y or self.y_axis
        self._forget()
        self.measure()
        self.changed()

    def set_log(self, log: bool) -> None:
        """Make the y axis logarithmic or not."""
        if log != self.y_axis.log:
            self.set_axes(y=Axis(self.y_axis.title, self.y_axis.unit, log, self.y_axis.steps))

    # what the base asks

    def has_data(self) -> bool:
        return any(len(curve.x) for curve in self.curves)

    def plain_x(self) -> Span:
        lo, hi = self.view.x
        return (10.0**lo, 10.0**hi) if self.x_axis.log else (lo, hi)

    def from_plain_x(self, span: Span) -> Span:
        lo, hi = span
        return (float(np.log10(max(lo, 1e-300))), float(np.log10(hi))) if self.x_axis.log else span

    def table(self) -> Columns | None:
        return stacked(self.parts())

    def parts(self) -> list[dict[str, Any]]:
        """The points of all curves as far as they are seen along x, then bands, levels and events."""
        what, x, y = tr("curve"), self.x_axis.label or "x", self.y_axis.label or "y"
        low, high = tr("{name}, lowest", name=y), tr("{name}, highest", name=y)
        along: list[dict[str, Any]] = [{what: c.name or c.label, x: c.x, y: c.y} for c in self.curves]
        along += [{what: b.name, x: b.x, low: b.lo, high: b.hi} for b in self.bands]
        beside: list[dict[str, Any]] = [{what: line.label, y: line.y} for line in self.lines]
        beside += [{what: mark.note or mark.label, x: mark.x} for mark in self.marks if mark.note or mark.label]
        return [*(within(part, x, self.plain_x()) for part in along), *beside]

    def add_actions(self, menu: QMenu) -> None:
        log = QAction(tr("Log axis"), menu, checkable=True, checked=self.y_axis.log)
        log.triggered.connect(self._on_log)
        menu.addAction(log)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        x_range, y_range = self.shown(live)
        named = [curve for curve in self.curves if curve.label]
        keys = tuple(Key(c.label, c.colour, c.dash) for c in named) if self.legend else ()
        full = gutter(style, [curve.label for curve in self._named()], rect.width())
        needed = self._overflows(rect, style, x_range)
        room = self._room.width(full, needed, self.glided()) if live else full * needed
        plan = Plan(
            title=self.heading, x=self.along, y=self.y_axis, x_range=x_range, y_range=y_range, legend=keys,
            gutter=room, floor="0" if self._has_floor() else "", inset=4.0,
            margin=self._margin if live else 0.0,
        )  # fmt: skip
        frame = place(rect, style, plan)
        if live:
            self._margin = frame.margin
        return frame

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        paint_floor(painter, frame, style)
        for band in self.bands:
            fill_band(painter, style, band, frame.x, frame.y, frame.area)
        for line in self.lines:
            paint_level(painter, frame, style, line)
        widest = 1.0 if len(self.curves) > _MANY else 9.0
        placed: dict[int, tuple[slice, Array]] = {}  # layers share their x
        for curve in self.curves:
            if id(curve.x) not in placed:
                part = visible(curve.x, frame.x.values)
                placed[id(curve.x)] = part, frame.x.px(frame.x.units(curve.x[part]))
            self._draw_curve(painter, frame, style, curve, min(curve.width, widest), *placed[id(curve.x)])
        ends = [end for curve in self.curves if self.end_labels and (end := self._end(frame, curve))]
        for note in self.lines:
            paint_level_name(painter, frame, style, note, ends)
        paint_marks(painter, frame, style, self.marks)
        paint_floor_name(painter, frame, style, self.floor)
        paint_axes(painter, frame, style)
        if self.end_labels:
            paint_labels(painter, style, ends, frame.whole, frame.rect.right() - 3, self.few)

    def draw_cursor(self, painter: QPainter, frame: Frame, style: Style) -> None:
        if self.at_step is not None and frame.x.shows(self.at_step):
            x = frame.x.of(self.at_step)
            painter.setPen(style.pen(style.theme.text, 1.0, (), 0.6))
            painter.drawLine(QLineF(x, frame.whole.top(), x, frame.whole.bottom()))

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        super().draw_hover(painter, frame, style)
        if (
            self.hover is None
            or self._pressed is not None
            or not frame.x.lo <= float(frame.x.units(self.hover)) <= frame.x.hi
        ):
            return
        x = frame.x.of(self.hover)
        painter.setPen(style.pen(style.theme.muted, 1.0, (3, 3)))
        painter.drawLine(QLineF(x, frame.whole.top(), x, frame.whole.bottom()))
        if self.pointer is not None and frame.area.contains(self.pointer):
            painter.drawLine(QLineF(frame.area.left(), self.pointer.y(), frame.area.right(), self.pointer.y()))
        self._draw_dots(painter, frame, style, self.hover)
        near = QPointF(x, self.pointer.y() if self.pointer is not None else frame.area.center().y())
        head = f"{self.x_axis.title} {thousands(self.hover) if self.x_axis.steps else reading(self.hover)}"
        room, notes = frame.rect.adjusted(2, 2, -2, -2), self.notes_at(frame, x)
        paint_readout(painter, style, head, self.readings(self.hover), near, room, notes)

    def notes_at(self, frame: Frame, x: float) -> list[Note]:
        """The notes of the events that stand at a pixel along x, the nearest first."""
        far = [(abs(frame.x.of(mark.x) - x), mark) for mark in self.marks if mark.note]
        near = sorted((pair for pair in far if pair[0] <= REACH * self.style_.scale), key=lambda pair: pair[0])
        found = [Note(f"{self.x_axis.title} {thousands(mark.x)}: {mark.note}", mark.colour) for _, mark in near]
        return found if len(found) <= SOME else [*found[:SOME], Note(tr("… and {n} more", n=len(found) - SOME))]

    def readings(self, x: float) -> Sequence[Reading]:
        """The values of all named curves at `x`."""
        if self.values_at is not None:
            return self.values_at(x)
        found = ((curve, value_at(curve.x, curve.y, x)) for curve in self.curves if curve.label)
        return [Reading(curve.label, curve.colour, reading(value)) for curve, value in found if np.isfinite(value)]

    # its own

    def _on_log(self, log: bool) -> None:
        self.set_log(log)
        self.log_changed.emit(log)

    def measure(self) -> None:
        """Set the whole range from the data: stretched in steps, while following never smaller than it was."""
        along, values = self.contents()
        x = extent(along, self.x_axis.log, 0.0) or (0.0, 1.0)
        y = extent(values, self.y_axis.log, self.floor) or ((-1.0, 0.0) if self.y_axis.log else (0.0, 1.0))
        span = union(self.from_plain_x(self.span), x) if self.span else x
        whole_x = span if self.span == span else stretched(*span, self.x_axis)
        whole_y = stretched(*y, self.y_axis)
        if self.follow and self._grown is not None:
            whole_x, whole_y = union(whole_x, self._grown[0]), union(whole_y, self._grown[1])
        glide = self.follow and self._grown is not None
        self._grown = (whole_x, whole_y) if self.has_data() else None  # the range of nothing is no range to grow from
        self.set_whole(whole_x, whole_y, glide)

    def contents(self) -> tuple[list[Array], list[Array]]:
        """What the whole ranges hold, along x and along y."""
        values = [c.y for c in self.curves] + [v for b in self.bands for v in (b.lo, b.hi)]
        return [c.x for c in self.curves], values + [np.array([line.y]) for line in self.lines]

    def _make_room(self) -> None:
        """Begin to make room for labels where a run that goes has come so far to the right."""
        going = self.follow and self.isVisible() and not self._room.kept
        if going and self._overflows(QRectF(self.rect()), self.style_, self.view.x):
            self._room.begin()
            self.glide()

    def _overflows(self, rect: QRectF, style: Style, x_range: Span) -> bool:
        """Whether a label at the end of its line would be cut at the right edge."""
        scale = Scale(*x_range, rect.left() + self._margin + 3 * style.em, rect.right() - style.em, self.x_axis.log)
        ends = [(c.label, min(scale.of(float(c.x[-1])), scale.end)) for c in self._named()]
        return overflow(style, ends, rect.right())

    def _named(self) -> list[Curve]:
        return [curve for curve in self.curves if curve.label and len(curve.x) > 1] if self.end_labels else []

    def _has_floor(self) -> bool:
        return self.y_axis.log and any(len(c.y) and bool(np.any(c.y < self.floor)) for c in self.curves)

    def _draw_curve(
        self, painter: QPainter, frame: Frame, style: Style, curve: Curve, width: float, part: slice, x: Array
    ) -> None:
        values = np.asarray(curve.y[part])
        y = frame.y.px(frame.y.units(values))
        if frame.floor is not None and (below := values < self.floor).any():
            level = np.where(below, frame.floor.center().y(), np.nan)
            alone = np.repeat(x, 2) + np.tile([-0.75, 0.75], len(x))  # one value alone is still a dash
            fallen = path(alone, np.repeat(level, 2), frame.floor)
            stroke(painter, style, fallen, curve.colour, width, curve.dash, curve.opacity)
            y = np.where(below, np.nan, y)
        stroke(painter, style, path(x, y, frame.area), curve.colour, width, curve.dash, curve.opacity)

    def _end(self, frame: Frame, curve: Curve) -> EndLabel | None:
        """Where a named curve ends within the range, if it is seen there."""
        end = end_of(curve.x, curve.y, frame.x.values[1]) if curve.label else None
        y = self._pixel(frame, end[1]) if end is not None else -1e9
        if end is None or not frame.whole.top() - 1 <= y <= frame.whole.bottom() + 1:
            return None
        return EndLabel(curve.label, curve.colour, frame.x.of(end[0]), y)

    def _pixel(self, frame: Frame, value: float) -> float:
        if frame.floor is not None and value < self.floor:
            return frame.floor.center().y()
        return frame.y.of(value)

    def _draw_dots(self, painter: QPainter, frame: Frame, style: Style, x: float) -> None:
        painter.setPen(style.pen(style.theme.plot, 1.5))
        for curve in self.curves:
            y = self._pixel(frame, value_at(curve.x, curve.y, x)) if curve.label else np.nan
            if frame.whole.top() <= y <= frame.whole.bottom():
                painter.setBrush(style.tint(curve.colour, 1.0))
                painter.drawEllipse(QPointF(frame.x.of(x), y), 3.5 * style.weight, 3.5 * style.weight)
