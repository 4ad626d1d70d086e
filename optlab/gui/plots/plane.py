"""The plane of two inputs: what a network answers everywhere in it, where its answer changes, and the data."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Array, Axis, reading
from optlab.gui.plots.columns import Columns, stacked
from optlab.gui.plots.curves import path, stroke
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.isoline import isoline
from optlab.gui.plots.legend import Key
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.readout import Reading, paint_readout
from optlab.gui.plots.style import Style
from optlab.gui.plots.zoom import ZoomCanvas
from optlab.gui.theme import Theme
from optlab.i18n import tr

GROUND = 0.5
"""How much of a class's colour lies in the ground where the network is sure: points of the same colour read on it."""

GREY = 0.25
"""How grey the ground is where there is no answer."""

WIDE = 26
"""Heights of a line of text from which on the legend of the classes and the names of the axes have room."""


@dataclass(frozen=True, eq=False)
class Ground:
    """Shares `(K, n, n)` of K classes in n × n cells over `x` by `y`, the lowest row first.

    With `span` it is one value from `span[0]` to `span[1]`, as the share of the second of two colours.
    """

    shares: Array
    x: Span
    y: Span
    span: Span | None = None


@dataclass(frozen=True, eq=False)
class Points:
    """Data at `places (N, 2)`, with the shares `(K, N)` that their targets have; `test (N,)` are kept for the test."""

    places: Array
    shares: Array
    test: Array


def class_colour(theme: Theme, k: int) -> str:
    """The colour of class `k`."""
    return theme.classes[k % len(theme.classes)]


def tinted(shares: Array, theme: Theme, most: float) -> Array:
    """Colours `(…, 3)` from 0 to 1 of shares `(K, …)`: that of the largest, the stronger the surer, up to `most`.

    For two classes this runs from one colour over that of the plot to the other.
    """
    count = len(shares)
    plain = gradient.rgb(theme.plot)
    full = [gradient.rgb(gradient.mix(theme.plot, class_colour(theme, k), most)) for k in range(count)]
    sure = np.clip((shares.max(axis=0) - 1 / count) / (1 - 1 / count), 0.0, 1.0)[..., None]
    return np.asarray(plain + np.nan_to_num(sure) * (np.array(full)[shares.argmax(axis=0)] - plain))


class PlanePlot(ZoomCanvas):
    """Answers over the plane of two inputs, with the data: points learned from filled, test points as rings."""

    both = True
    beyond = 1.0

    def __init__(self, theme: Theme, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, "", empty_text, parent)
        self.x_axis, self.y_axis = Axis("x₁"), Axis("x₂")
        self.ground: Ground | None = None
        self.points: Points | None = None
        self.key: Key | None = None
        self.note = ""
        self.blank = False
        self._borders: list[tuple[Array, Array]] = []
        self._dots: tuple[object, QPixmap] | None = None

    # what the owner calls

    def set_run(self, title: str, key: Key, points: Points) -> None:
        """Say whose answers come, and over which data; the whole is where they lie."""
        self.set_title(title)
        if points is not self.points:
            self.points, self.ground = points, None
            low, high = points.places.min(axis=0), points.places.max(axis=0)
            margin = 0.12 * float((high - low).max()) or 1.0
            x, y = ((float(a - margin), float(b + margin)) for a, b in zip(low, high, strict=True))
            if (x, y) != (self.view.whole_x, self.view.whole_y):
                self.view.zoom(None, None, remember=False)
                self.set_whole(x, y)
        if key != self.key:
            self.key = key
            self.changed()

    def clear(self, empty_text: str) -> None:
        """Show nothing but why."""
        self.set_title("")
        self.set_empty_text(empty_text)
        self.blank = False
        if self.points is not None or self.ground is not None:
            self.points = self.ground = None
            self.changed()

    def set_blank(self, note: str) -> None:
        """Show the data on plain grey: there is no answer yet."""
        if not self.blank or note != self.note:
            self.ground, self.note, self.blank, self._borders = None, note, True, []
            self.changed()

    def set_ground(self, ground: Ground, note: str) -> None:
        """Show these answers, in place of what was shown."""
        if ground is self.ground and note == self.note:
            return
        self.blank = False
        if ground is not self.ground:
            self._borders = borders(ground)
        self.ground, self.note = ground, note
        self.changed()

    def look_at(self, x: Span | None, y: Span | None) -> None:
        """Show a part of the plane, or the whole, as a linked plot does; no signal follows."""
        if (x, y) != (self.view.zoom_x, self.view.zoom_y):
            self.view.zoom(x, y)
            self.changed()

    # what the base asks

    def has_data(self) -> bool:
        return (self.ground is not None or self.blank) and self.points is not None

    def table(self) -> Columns | None:
        """The answer in the middle of every cell, then the points with their targets."""
        ground, points = self.ground, self.points
        if points is None or not self.has_data():
            return {}
        if ground is None:
            ground = Ground(np.empty((len(points.shares), 0, 0)), *self.shown(live=False))
        n = ground.shares.shape[1]
        across, along = (lo + (np.arange(n) + 0.5) * (hi - lo) / n for lo, hi in (ground.x, ground.y))
        cells = np.stack((np.tile(across, n), np.repeat(along, n)), axis=1)
        kinds = [(tr("answer"), cells, ground.shares.reshape(len(ground.shares), -1))]
        for words, test in ((tr("points learned from"), False), (tr("points kept for the test"), True)):
            mine = points.test == test
            kinds.append((words, points.places[mine], points.shares[:, mine]))
        x, y = self.x_axis.label, self.y_axis.label
        return stacked({tr("what"): w, x: at[:, 0], y: at[:, 1], **_told(ground, s)} for w, at, s in kinds)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        x_range, y_range = self.shown(live)
        keys: tuple[Key, ...] = (self.key,) if self.key is not None and not self.bare else ()
        if not self.bare and rect.width() > WIDE * style.em and self.ground is not None:
            keys += _keys(self.ground, style.theme)
        names = (self.x_axis, self.y_axis) if rect.width() > WIDE * style.em else (Axis(), Axis())
        plan = Plan(
            note=self.note, x=names[0], y=names[1], x_range=x_range, y_range=y_range, legend=keys, grid=False,
            aspect=True, no_x=self.bare, no_y=self.bare,
        )  # fmt: skip
        room = max(0.0, rect.height() - rect.width() - 3 * style.em)  # head and square stay together in a tall plot
        frame = place(rect.adjusted(0, room / 2, 0, -room / 2), style, plan)
        return replace(frame, rect=rect)

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        if self.ground is not None:
            self._draw_ground(painter, frame, style, self.ground)
        elif self.blank:
            painter.fillRect(frame.area, style.tint(gradient.mix(style.theme.plot, style.theme.muted, GREY), 1.0))
        for x, y in self._borders:
            line = path(frame.x.px(x), frame.y.px(y), frame.area)
            stroke(painter, style, line, "plot", 3.6, (), 0.8)
            stroke(painter, style, line, "text", 1.6)
        self._draw_points(painter, frame, style)
        paint_axes(painter, frame, style)

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        super().draw_hover(painter, frame, style)
        if self.pointer is None or self._pressed is not None or not frame.area.contains(self.pointer):
            return
        x, y = frame.x.value(self.pointer.x()), frame.y.value(self.pointer.y())
        head = f"{self.x_axis.title} {reading(x)} · {self.y_axis.title} {reading(y)}"
        paint_readout(painter, style, head, self.readings(x, y), self.pointer, frame.rect.adjusted(2, 2, -2, -2))

    def readings(self, x: float, y: float) -> list[Reading]:
        """What the network answers at a point: a value, or the three classes that are the most likely."""
        ground, theme = self.ground, self.style_.theme
        if ground is None:
            return []
        n = ground.shares.shape[1]
        i, j = (int((at - lo) / (hi - lo) * n) for at, (lo, hi) in ((y, ground.y), (x, ground.x)))
        if not (0 <= i < n and 0 <= j < n):
            return []
        shares = ground.shares[:, i, j]
        if ground.span is not None:
            value = ground.span[0] + float(shares[1]) * (ground.span[1] - ground.span[0])
            return [Reading(tr("answer"), "text", reading(value))]
        likely = np.argsort(-shares)[:3].tolist()
        return [Reading(tr("class {k}", k=k), class_colour(theme, k), f"{shares[k]:.1%}") for k in likely]

    # its own

    def _draw_ground(self, painter: QPainter, frame: Frame, style: Style, ground: Ground) -> None:
        """The part of the ground that is seen, cut here and not by a clip: an SVG has none."""
        rgb = (tinted(ground.shares, style.theme, GROUND)[::-1] * 255).astype(np.uint32)
        pixels = np.ascontiguousarray(np.uint32(0xFF000000) | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2])
        n = len(pixels)
        image = QImage(pixels.data, n, n, n * 4, QImage.Format.Format_RGB32).copy()
        corners = (frame.x.of(ground.x[0]), frame.y.of(ground.y[1])), (frame.x.of(ground.x[1]), frame.y.of(ground.y[0]))
        whole = QRectF(QPointF(*corners[0]), QPointF(*corners[1]))
        seen = whole.intersected(frame.area)
        across, down = n / whole.width(), n / whole.height()
        part = QRectF(
            (seen.left() - whole.left()) * across, (seen.top() - whole.top()) * down,
            seen.width() * across, seen.height() * down,
        )  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(seen, image, part)

    def _draw_points(self, painter: QPainter, frame: Frame, style: Style) -> None:
        """The points, as they were drawn before where nothing of them changed: a thousand cost 5 ms."""
        if self.points is None:
            return
        if style.exact:
            paint_points(painter, frame, style, self.points, self.bare)
            return
        ratio = self.devicePixelRatioF()
        key = (id(self.points), frame.rect, frame.area, frame.x, frame.y, style, ratio)
        if self._dots is None or self._dots[0] != key:
            pixmap = QPixmap(self.size() * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            with QPainter(pixmap) as own:
                own.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_points(own, frame, style, self.points, self.bare)
            self._dots = key, pixmap
        painter.drawPixmap(QPointF(0, 0), self._dots[1])


def _told(ground: Ground, shares: Array) -> dict[str, Array]:
    """Shares `(K, n)` as columns: one for each class, or the value that they stand for."""
    if ground.span is None:
        return {tr("class {k}", k=k): each for k, each in enumerate(shares)}
    return {tr("value"): ground.span[0] + shares[1] * (ground.span[1] - ground.span[0])}


def _keys(ground: Ground, theme: Theme) -> tuple[Key, ...]:
    """The legend of the colours: the classes, or the ends of the values."""
    words = [tr("class {k}", k=k) for k in range(len(ground.shares))]
    texts = words if ground.span is None else [reading(end) for end in ground.span]
    return tuple(Key(text, class_colour(theme, k)) for k, text in enumerate(texts[: len(theme.classes)]))


def borders(ground: Ground) -> list[tuple[Array, Array]]:
    """The lines where the likeliest class changes, up to the edges of the ground."""
    if ground.span is not None:
        return []
    n = ground.shares.shape[1]
    x, y = (np.concatenate(([lo], lo + (np.arange(n) + 0.5) * (hi - lo) / n, [hi])) for lo, hi in (ground.x, ground.y))
    shares = np.pad(ground.shares, ((0, 0), (1, 1), (1, 1)), "edge")
    winners = np.unique(shares.argmax(axis=0)).tolist()
    if len(winners) == 2:
        winners = winners[:1]  # the other one has the same border
    return [isoline(shares[k] - np.delete(shares, k, axis=0).max(axis=0), x, y) for k in winners]


def paint_points(painter: QPainter, frame: Frame, style: Style, points: Points, small: bool = False) -> None:
    """Draw data: filled with a rim, or as rings on the plot's colour for the test; small ones are plain dots."""
    values = bool(((points.shares > 0) & (points.shares < 1)).any())
    rim = style.theme.muted if values else style.theme.plot  # a value in the middle has the colour of the plot
    each = frame.area.width() * frame.area.height() / max(1, len(points.places))
    radius = min(4.0, max(1.7, 0.3 * each**0.5)) * style.weight
    if small:
        radius = min(3.0, max(1.0, 0.2 * each**0.5))
    colours = (tinted(points.shares, style.theme, 1.0) * 255).round().astype(int)
    x, y = frame.x.px(points.places[:, 0]), frame.y.px(points.places[:, 1])
    area = frame.area
    seen = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    for test in (False, True):
        mine = np.flatnonzero(seen & (points.test == test))
        for rgb in np.unique(colours[mine], axis=0).tolist():
            colour = "#{:02x}{:02x}{:02x}".format(*rgb)
            painter.setPen(style.pen(colour if test else rim, 1.4 if test else 1.0))
            if small:
                painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.tint(style.theme.plot if test and not small else colour, 1.0))
            for k in mine[(colours[mine] == rgb).all(axis=1)].tolist():
                painter.drawEllipse(QPointF(x[k], y[k]), radius, radius)
