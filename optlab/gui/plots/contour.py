"""The landscape: contours, the ways of the runs over them, their start, and the known minima."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from optlab.gui.plots.axis import Array, Axis, reading
from optlab.gui.plots.columns import Columns, stacked
from optlab.gui.plots.curves import path, stroke
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.legend import Key
from optlab.gui.plots.marks import paint_dot, paint_star, paint_start
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.readout import paint_readout
from optlab.gui.plots.shade import Field, Levels, picture, value_at
from optlab.gui.plots.style import Style
from optlab.gui.plots.zoom import ZoomCanvas
from optlab.gui.theme import Theme
from optlab.i18n import tr

_FAINT = 0.5
_HALO = 4.2  # the width of a rim in the plot's background: over it a line reads anywhere, and beside others


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a run was: `x`, `y` `(n,)` at ascending `steps` `(n,)`."""

    steps: Array
    x: Array
    y: Array
    colour: str
    dash: tuple[float, ...] = ()
    label: str = ""


class ContourPlot(ZoomCanvas):
    """A landscape of two coordinates. A click gives a point, such as a new start."""

    point_clicked = Signal(float, float)
    view_changed = Signal(float, float, float, float)  # x0, x1, y0, y1: the owner may give a finer field

    both = True
    beyond = 1.0

    def __init__(
        self, theme: Theme, title: str = "", x: Axis | None = None, y: Axis | None = None, *, legend: bool = True,
        empty_text: str = "", parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(theme, title, empty_text, parent)
        self.x_axis, self.y_axis, self.legend = x or Axis("x"), y or Axis("y"), legend
        self.value_name = "f"
        self.true_aspect = False
        self.field: Field | None = None
        self.levels: Levels | None = None
        self.trajectories: Sequence[Trajectory] = ()
        self.start: tuple[float, float] | None = None
        self.minima: Sequence[tuple[float, float]] = ()
        self.at_step: float | None = None
        self._shaded: tuple[object, QImage] | None = None
        self.range_changed.connect(self._on_range)

    # what the owner calls

    def set_field(self, field: Field, least: float | None = None) -> None:
        """Show a whole landscape; `least` is its value at the known minimum."""
        self.field, self.levels = field, Levels.of(field.values, least)
        self.view.zoom(None, None, remember=False)
        self.set_whole(field.x, field.y)
        self.changed()

    def set_axes(self, x: Axis, y: Axis) -> None:
        """Rename the axes."""
        if (x, y) != (self.x_axis, self.y_axis):
            self.x_axis, self.y_axis = x, y
            self.changed()

    def refine(self, field: Field) -> None:
        """Show a finer grid of what is looked at, on the same levels."""
        self.field = field
        self.changed()

    def set_trajectories(self, trajectories: Sequence[Trajectory]) -> None:
        self.trajectories = trajectories
        self.changed()

    def set_points(self, start: tuple[float, float] | None, minima: Sequence[tuple[float, float]] = ()) -> None:
        """Mark where runs start, and the known minima."""
        self.start, self.minima = start, minima
        self.changed()

    def set_true_aspect(self, true: bool) -> None:
        """Make one unit of x as long as one of y, or fill the plot."""
        self.true_aspect = true
        self.changed()

    def set_cursor(self, step: float | None) -> None:
        """Put the dots at a step; at the last one by default."""
        if step != self.at_step:
            self.at_step = step
            self.changed()

    # what the base asks

    def has_data(self) -> bool:
        return self.field is not None

    def table(self) -> Columns | None:
        """The ways of the runs, start and minima, then the ground in the cells in which it is known."""
        what, step, x, y = tr("curve"), tr("step"), self.x_axis.label or "x", self.y_axis.label or "y"
        parts: list[dict[str, Any]] = [{what: w.label, step: w.steps, x: w.x, y: w.y} for w in self.trajectories]
        parts += [{what: tr("start"), x: at[0], y: at[1]} for at in (self.start,) if at is not None]
        parts += [{what: tr("minimum"), x: at[0], y: at[1]} for at in self.minima]
        if self.field is not None:
            rows, columns = self.field.values.shape
            across, along = np.linspace(*self.field.x, columns), np.linspace(*self.field.y, rows)
            ground = {x: np.tile(across, rows), y: np.repeat(along, columns)}
            parts.append({what: tr("ground"), **ground, self.value_name: self.field.values.ravel()})
        return stacked(parts)

    def clicked(self, x: float, y: float) -> None:
        self.point_clicked.emit(x, y)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        x_range, y_range = self.shown(live)
        keys = tuple(Key(t.label, t.colour, t.dash) for t in self.trajectories if t.label)
        plan = Plan(
            title=self.heading, x=self.x_axis, y=self.y_axis, x_range=x_range, y_range=y_range,
            legend=keys if self.legend and not self.bare else (), grid=False, aspect=self.true_aspect,
            margin=style.width("−0.00"), no_x=self.bare, no_y=self.bare,
        )  # fmt: skip
        return place(rect, style, plan)

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        painter.drawImage(frame.area, self._image(painter, frame, style))
        paint_axes(painter, frame, style)
        self._draw_ways(painter, frame, style)
        for point in self.minima:
            paint_star(painter, style, frame, point)
        if self.start is not None:
            paint_start(painter, style, frame, self.start)
        for trajectory in self.trajectories:
            if (now := self._now(trajectory)) is not None:
                place_now = float(trajectory.x[now]), float(trajectory.y[now])
                paint_dot(painter, style, frame, place_now, trajectory.colour)

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        super().draw_hover(painter, frame, style)
        if self.pointer is None or self.field is None or self._pressed is not None:
            return
        if not frame.area.contains(self.pointer):
            return
        x, y = frame.x.value(self.pointer.x()), frame.y.value(self.pointer.y())
        text = f"x {reading(x)} · y {reading(y)} · {self.value_name} {reading(value_at(self.field, x, y))}"
        near = QPointF(self.pointer.x(), self.pointer.y() - 1.5 * style.em)
        paint_readout(painter, style, text, (), near, frame.rect.adjusted(2, 2, -2, -2))

    # its own

    def _on_range(self) -> None:
        self.view_changed.emit(*self.view.x, *self.view.y)

    def _now(self, trajectory: Trajectory) -> int | None:
        """The row of the current step, the last finite one before it."""
        stop = len(trajectory.steps)
        if self.at_step is not None:
            stop = int(np.searchsorted(trajectory.steps, self.at_step, "right"))
        known = np.flatnonzero(np.isfinite(trajectory.x[:stop]) & np.isfinite(trajectory.y[:stop]))
        return int(known[-1]) if len(known) else None

    def _draw_ways(self, painter: QPainter, frame: Frame, style: Style) -> None:
        """What is still to come faintly, then a rim around what was, then what was: no rim hides another's line."""
        parts = [self._parts(frame, way) for way in self.trajectories]
        for way, (_, after) in zip(self.trajectories, parts, strict=True):
            stroke(painter, style, after, way.colour, 1.0, (), _FAINT)
        for done, _ in parts:
            stroke(painter, style, done, "plot", _HALO)
        for way, (done, _) in zip(self.trajectories, parts, strict=True):
            stroke(painter, style, done, way.colour, 2.0, way.dash)

    def _parts(self, frame: Frame, way: Trajectory) -> tuple[QPainterPath, QPainterPath]:
        """The way up to the current step, and from there on."""
        now = self._now(way)
        split = len(way.x) if now is None else now + 1
        x, y = frame.x.px(frame.x.units(way.x)), frame.y.px(frame.y.units(way.y))
        after = _moving(x[split - 1 :], y[split - 1 :])
        return path(*_moving(x[:split], y[:split]), frame.area), path(*after, frame.area)

    def _image(self, painter: QPainter, frame: Frame, style: Style) -> QImage:
        """The shaded field in the device's own pixels, kept until something else is to be seen."""
        if self.field is None or self.levels is None:
            return QImage()
        ratio = painter.transform().m11() if style.exact else self.devicePixelRatioF()
        size = max(round(frame.area.width() * ratio), 2), max(round(frame.area.height() * ratio), 2)
        x: Span = (frame.x.lo, frame.x.hi)
        y: Span = (frame.y.lo, frame.y.hi)
        key = (id(self.field), self.levels, x, y, size, style.theme)
        if self._shaded is None or self._shaded[0] != key:
            pixels = picture(self.field, self.levels, x, y, *size, style.theme)
            image = QImage(pixels.data, *size, size[0] * 4, QImage.Format.Format_ARGB32).copy()
            if style.exact:
                return image
            self._shaded = (key, image)
        return self._shaded[1]


def _moving(x: Array, y: Array) -> tuple[Array, Array]:
    """The points that move by a third of a pixel or more since the one before, and the last."""
    if len(x) < 1000:
        return x, y
    place = np.stack([np.round(x * 2.0), np.round(y * 2.0)])
    kept = np.concatenate(([True], (place[:, 1:] != place[:, :-1]).any(axis=0)))
    kept[-1] = True
    return x[kept], y[kept]
