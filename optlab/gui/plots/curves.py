"""Many curves in one painting: records of what is drawn, clipped paths, and strokes that are quick on a screen."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Array, Scale
from optlab.gui.plots.sampling import visible
from optlab.gui.plots.style import Style


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through values `y` `(n,)` at ascending `x` `(n,)`; NaN is a gap. Without a label it is only drawn.

    `name` is what tables call it, where that is not its label.
    Colours are `#rrggbb`, or names that follow the theme: `gradient.run(2)`, `gradient.layer(0, 13)`, `"text"`.
    """

    x: Array
    y: Array
    colour: str
    dash: tuple[float, ...] = ()
    width: float = 2.0
    opacity: float = 1.0
    label: str = ""
    name: str = ""


@dataclass(frozen=True, eq=False)
class Band:
    """The room between `lo` and `hi` `(n,)` along `x` `(n,)`: quartiles or extremes of several seeds.

    `name` is what tables call it.
    """

    x: Array
    lo: Array
    hi: Array
    colour: str
    name: str = ""


@dataclass(frozen=True)
class Line:
    """A level to compare with, such as chance."""

    y: float
    label: str = ""


@dataclass(frozen=True)
class Mark:
    """An event at one x: a change of lr, the step at which a run ended.

    With a `y` it is a point of a curve; with `y` −inf it stands faintly at the foot of the plot. The `note` says more
    of it beside the cross-hair, and in place of the label where there is room.
    """

    x: float
    label: str = ""
    colour: str = ""
    y: float = math.nan
    note: str = ""


def clipped(x: Array, y: Array, area: QRectF) -> tuple[Array, Array]:
    """The parts of a polyline inside `area`, with NaN between them.

    Done here and not by the painter: an SVG has no clipping, and far points cost the rasteriser.
    """
    if len(x) < 2 or (_inside(x, area.left(), area.right()) and _inside(y, area.top(), area.bottom())):
        return x, y
    points = np.stack([x, y], axis=1)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(points).all(axis=1))
    low, high = np.array([area.left(), area.top()]), np.array([area.right(), area.bottom()])
    a, b = points[:-1], points[1:]
    with np.errstate(all="ignore"):
        t = np.stack([(low - a) / (b - a), (high - a) / (b - a)])  # where each segment meets each of the four sides
    flat = (b == a)[None]
    within = ((a >= low) & (a <= high))[None]
    near = np.where(flat, np.where(within, -np.inf, np.inf), np.minimum(t[:1], t[1:]))[0].max(axis=1)
    far = np.where(flat, np.where(within, np.inf, -np.inf), np.maximum(t[:1], t[1:]))[0].min(axis=1)
    near, far = np.maximum(near, 0.0), np.minimum(far, 1.0)
    seen = (near <= far) & known[:-1] & known[1:]
    with np.errstate(all="ignore"):
        start, stop = a + near[:, None] * (b - a), a + far[:, None] * (b - a)
    begins = seen & np.concatenate(([True], ~seen[:-1] | (far[:-1] < 1.0) | (near[1:] > 0.0)))
    gap = np.full_like(start, np.nan)
    rows = np.stack([gap, start, stop], axis=1)[np.stack([begins, begins, seen], axis=1)]
    return rows[1:, 0], rows[1:, 1]


def _whole(values: Array, low: float, high: float) -> bool:
    """Whether all values are numbers between `low` and `high`: with a NaN the comparisons are false."""
    return bool(values.min() >= low and values.max() <= high)


def _inside(values: Array, low: float, high: float) -> bool:
    return bool(np.fmin.reduce(values) >= low and np.fmax.reduce(values) <= high)


def path(x: Array, y: Array, area: QRectF) -> QPainterPath:
    """The path through pixels `x`, `y`, cut to `area`, open where they are not finite."""
    make = _array_to_path()
    if len(x) > 1 and _whole(x, area.left(), area.right()) and _whole(y, area.top(), area.bottom()):
        return make(x, y, connect="all", finiteCheck=False)
    x, y = clipped(x, y, area)
    if not np.isfinite(y).any():
        return QPainterPath()
    return make(np.ascontiguousarray(x), np.ascontiguousarray(y), connect="finite")


@cache
def _array_to_path() -> Callable[..., QPainterPath]:
    """Imported at the first curve: pyqtgraph takes 0.2 s, which the first paint of the window need not wait for."""
    from pyqtgraph import arrayToQPath

    make: Callable[..., QPainterPath] = arrayToQPath
    return make


def warm_up() -> None:
    """Import what the first curve needs, before there is one."""
    _array_to_path()


def stroke(
    painter: QPainter, style: Style, shape: QPainterPath, colour: str, width: float,
    dash: tuple[float, ...] = (), opacity: float = 1.0,
) -> None:  # fmt: skip
    """Draw a path; on a screen a line is some thin ones, side by side on a ring, of one opaque colour.

    The rasteriser draws pens of one device pixel ten to thirty times as fast as wider ones (512 points: 0.05 against
    0.45 ms, strongly oscillating 0.09 against 1.8 ms): at 200 % all plots cost 20 ms a frame instead of 290.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if style.exact:
        painter.setPen(style.pen(colour, width, dash, opacity))
        painter.drawPath(shape)
        return
    ratio = painter.device().devicePixelRatio()
    breadth = width * style.weight * ratio
    thin = min(breadth, 1.0)
    tint = gradient.mix(style.theme.plot, gradient.resolved(style.theme, colour), opacity)
    painter.setPen(style.pen(tint, thin / ratio / style.weight, [part * breadth / thin for part in dash]))
    for dx, dy in _ring(round((breadth - thin) / 2, 2)):
        painter.translate(dx / ratio, dy / ratio)
        painter.drawPath(shape)
        painter.translate(-dx / ratio, -dy / ratio)


@cache
def _ring(radius: float) -> tuple[tuple[float, float], ...]:
    """Places on a ring, near enough to each other that lines through them leave no gap between."""
    if radius <= 0.0:
        return ((0.0, 0.0),)
    count = max(math.ceil(2 * math.pi * radius / 1.25), 2)
    angles = [2 * math.pi * (k + 0.15) / count + math.pi / 2 for k in range(count)]
    return tuple((radius * math.cos(a), radius * math.sin(a)) for a in angles)


def fill_band(painter: QPainter, style: Style, band: Band, x: Scale, y: Scale, area: QRectF) -> None:
    """Fill between `lo` and `hi`, gap by gap."""
    part = visible(np.asarray(band.x), x.values)
    at = np.clip(x.px(x.units(band.x[part])), area.left(), area.right())
    floor = area.bottom() if y.log else np.nan  # a lower edge at zero lies below every decade
    lo = np.clip(np.nan_to_num(y.px(y.units(band.lo[part])), nan=floor), area.top(), area.bottom())
    hi = np.clip(y.px(y.units(band.hi[part])), area.top(), area.bottom())
    known = np.isfinite(band.lo[part]) & np.isfinite(band.hi[part]) & np.isfinite(hi) & np.isfinite(at)
    painter.setPen(style.pen(band.colour, 0.6, (), 0.35))
    painter.setBrush(style.tint(band.colour, 0.16))
    for run in _runs(known):
        edge = np.concatenate([np.stack([at[run], hi[run]], 1), np.stack([at[run], lo[run]], 1)[::-1]])
        painter.drawPolygon(QPolygonF([QPointF(px, py) for px, py in edge.tolist()]))


def _runs(known: NDArray[np.bool_]) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], known.astype(np.int8), [0]))))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
