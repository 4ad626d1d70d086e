"""The frame of a plot: where title, legend, axes and data lie, and the painting of all but the data."""

from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from optlab.gui.plots.axis import Axis, Scale, Tick, ticks
from optlab.gui.plots.legend import Key, key_rows, paint_key, place_keys
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.style import Style

_ROTATED = -90.0


@dataclass(frozen=True)
class Plan:
    """What a frame is made for."""

    title: str = ""
    note: str = ""  # a line under title and legend
    x: Axis = field(default_factory=Axis)
    y: Axis = field(default_factory=Axis)
    x_range: Span = (0.0, 1.0)
    y_range: Span = (0.0, 1.0)
    x_ticks: tuple[Tick, ...] | None = None
    y_ticks: tuple[Tick, ...] | None = None
    legend: tuple[Key, ...] = ()
    gutter: float = 0.0  # kept free right of the data, for labels or a colour bar
    floor: str = ""  # the label of a strip below a logarithmic axis, for what is zero or too small for it
    inset: float = 0.0
    grid: bool = True
    x_grid: bool = True
    aspect: bool = False  # one unit of x as long as one of y
    margin: float = 0.0  # the least width of the labels of y, so that nothing moves
    no_x: bool = False  # names and numbers of an axis stand elsewhere, and have no room here
    no_y: bool = False


@dataclass(frozen=True)
class Frame:
    """Where the parts of a plot lie, in pixels."""

    rect: QRectF
    area: QRectF
    x: Scale
    y: Scale
    floor: QRectF | None
    plan: Plan
    margin: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    keys: tuple[tuple[Key, QPointF], ...] = field(default=())
    noted: float = 0.0  # where the note's line begins

    @property
    def whole(self) -> QRectF:
        """The area with the floor below it."""
        return self.area if self.floor is None else self.area.united(self.floor)


def place(rect: QRectF, style: Style, plan: Plan) -> Frame:
    """Lay out a frame in `rect`."""
    em, pad = style.em, 6 * style.scale
    rows = key_rows(style, plan.legend, rect.width() - 4 * pad)
    legend = rect.top() + (0.1 * em if plan.no_y else pad + (1.35 * em if plan.title else 0.2 * em))
    noted = legend + 1.25 * em * len(rows)
    top = noted + (1.2 * em if plan.note else 0.0) + 0.35 * em
    bottom = rect.bottom() - pad - (0.0 if plan.no_x else (1.25 * em if plan.x.label else 0.0) + 1.35 * em)
    floor_height = 1.3 * em if plan.floor else 0.0
    y_ticks = plan.y_ticks
    if y_ticks is None:
        each = (1.9 if plan.y.log else 3.0) * em
        y_ticks = tuple(ticks(plan.y, *plan.y_range, int((bottom - top - floor_height) / each)))
    least = style.width("10⁻¹⁰" if plan.y.log else "0.00")
    margin = max(plan.margin, least, style.width(plan.floor), *(style.width(tick.text) for tick in y_ticks))
    left = rect.left() + pad + (0.0 if plan.no_y else (1.25 * em if plan.y.label else 0.0) + margin + 0.5 * em)
    right = rect.right() - (plan.gutter if plan.no_y else max(plan.gutter, 0.9 * em)) - pad
    area = QRectF(QPointF(left, top), QPointF(max(right, left + 20), max(bottom - floor_height, top + 20)))
    area = _true_aspect(area, plan) if plan.aspect else area
    floor = QRectF(area.left(), area.bottom(), area.width(), floor_height) if plan.floor else None
    inset = plan.inset * style.scale
    x = Scale(*plan.x_range, area.left() + inset, area.right() - inset, plan.x.log)
    y = Scale(*plan.y_range, area.bottom(), area.top(), plan.y.log)
    x_ticks = plan.x_ticks if plan.x_ticks is not None else _x_ticks(style, plan, area.width())
    keys = place_keys(rect, style, rows, QPointF(area.center().x(), legend))
    return Frame(rect, area, x, y, floor, plan, margin, x_ticks, y_ticks, keys, noted)


def paint_ground(painter: QPainter, frame: Frame, style: Style) -> None:
    """Draw what lies under the data: background, title, legend and grid."""
    painter.fillRect(frame.rect, style.tint(style.theme.plot, 1.0))
    paint_title(painter, frame.rect, frame.area.center().x(), frame.plan.title, style)
    for key, at in frame.keys:
        paint_key(painter, style, key, at)
    if frame.plan.note:
        paint_line(
            painter, QRectF(frame.rect.left(), frame.noted, frame.rect.width(), style.em), frame.plan.note, style
        )
    if frame.plan.grid:
        _paint_grid(painter, frame, style)


def paint_title(painter: QPainter, rect: QRectF, centre: float, title: str, style: Style) -> None:
    """Draw a bold title over `centre`, moved where it would be cut at an edge."""
    if not title:
        return
    painter.setFont(style.bold)
    painter.setPen(style.pen(style.theme.text))
    text = style.elided(title, rect.width() - 8, bold=True)
    width = painter.fontMetrics().horizontalAdvance(text)
    left = min(max(centre - width / 2, rect.left() + 4), rect.right() - 4 - width)
    box = QRectF(left, rect.top() + 6 * style.scale, width + 2, style.em)
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def paint_line(painter: QPainter, line: QRectF, text: str, style: Style) -> None:
    """Draw a line of muted text in the middle of `line`."""
    painter.setFont(style.font)
    painter.setPen(style.pen(style.theme.muted))
    shown = style.elided(text, line.width() - style.em)
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, shown)


def paint_axes(painter: QPainter, frame: Frame, style: Style) -> None:
    """Draw what lies over the data: the axis lines, the texts at their ticks and their names."""
    whole, em = frame.whole, style.em
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(style.pen(style.theme.border))
    painter.drawLines([QLineF(whole.bottomLeft(), whole.bottomRight()), QLineF(whole.topLeft(), whole.bottomLeft())])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(style.font)
    painter.setPen(style.pen(style.theme.muted))
    for tick in () if frame.plan.no_x else frame.x_ticks:
        width = style.width(tick.text)
        left = min(max(float(frame.x.px(tick.at)) - width / 2, frame.rect.left()), frame.rect.right() - width - 1)
        painter.drawText(QPointF(left, whole.bottom() + 0.3 * em + style.metrics.ascent()), tick.text)
    marks = [] if frame.plan.no_y else [(float(frame.y.px(tick.at)), tick.text) for tick in frame.y_ticks]
    if frame.floor is not None and not frame.plan.no_y:
        marks.append((frame.floor.center().y(), frame.plan.floor))
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    for y, text in marks:
        room = whole.left() - frame.rect.left() - 0.5 * em
        painter.drawText(QRectF(frame.rect.left(), y - em, room, 2 * em), right, text)
    _paint_names(painter, frame, style)


def _paint_names(painter: QPainter, frame: Frame, style: Style) -> None:
    whole, em, pad = frame.whole, style.em, 6 * style.scale
    if frame.plan.x.label and not frame.plan.no_x:
        text = style.elided(frame.plan.x.label, frame.rect.width())
        left = whole.center().x() - style.width(text) / 2
        painter.drawText(QPointF(left, whole.bottom() + 1.45 * em + style.metrics.ascent()), text)
    if frame.plan.y.label and not frame.plan.no_y:
        text = style.elided(frame.plan.y.label, frame.rect.height() - 2 * pad)
        half = style.width(text) / 2
        middle = min(max(whole.center().y(), frame.rect.top() + pad + half), frame.rect.bottom() - pad - half)
        painter.save()
        painter.translate(whole.left() - frame.margin - 0.9 * em, middle)
        painter.rotate(_ROTATED)
        painter.drawText(QPointF(-half, 0.0), text)
        painter.restore()


def _paint_grid(painter: QPainter, frame: Frame, style: Style) -> None:
    area = frame.area
    across = frame.x_ticks if frame.plan.x_grid else ()
    lines = [QLineF(x, area.top(), x, area.bottom()) for x in (float(frame.x.px(t.at)) for t in across)]
    lines += [QLineF(area.left(), y, area.right(), y) for y in (float(frame.y.px(t.at)) for t in frame.y_ticks)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # crisp, and a line costs 2 µs instead of 35
    painter.setPen(style.pen(style.theme.grid))
    painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _x_ticks(style: Style, plan: Plan, width: float) -> tuple[Tick, ...]:
    """As many ticks as their own texts leave room for."""
    for room in (8, 6, 5, 4, 3):
        found = ticks(plan.x, *plan.x_range, room)
        if sum(style.width(tick.text) + 1.6 * style.em for tick in found) <= width:
            return tuple(found)
    return tuple(ticks(plan.x, *plan.x_range, 2)[:2])


def _true_aspect(area: QRectF, plan: Plan) -> QRectF:
    ratio = (plan.x_range[1] - plan.x_range[0]) / (plan.y_range[1] - plan.y_range[0])
    width = min(area.width(), area.height() * ratio)
    height = width / ratio
    left = area.left() + (area.width() - width) / 2
    return QRectF(left, area.top() + (area.height() - height) / 2, width, height)
