"""The map layer x step: gradient norms as colours on fixed levels, the first layer at the bottom."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Array, Axis, Scale, Tick, at_least, thousands, ticks
from optlab.gui.plots.columns import Columns, stacked, within
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.ranges import Span, stretched, union
from optlab.gui.plots.readout import paint_readout
from optlab.gui.plots.steps import StepCanvas
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

_LEVELS_AXIS = Axis(log=True)


class Decades:
    """Levels in whole decades, so that colours keep their meaning: the lower one only falls."""

    def __init__(self) -> None:
        self._low = np.inf

    def of(self, values: Array) -> Span | None:
        """The levels that show `values`; None where there are none above zero."""
        seen = values[np.isfinite(values) & (values > 0)]
        if not len(seen):
            return None
        self._low = min(self._low, max(float(seen.min()), 1e-16 * float(seen.max())))
        high = 10.0 ** np.ceil(np.log10(float(seen.max())))
        return float(10.0 ** np.floor(np.log10(min(self._low, high / 10)))), float(high)


class HeatMap(StepCanvas):
    """Values `(n, L)` of L layers over n columns of steps; `levels` fix the colours, whatever is zoomed into."""

    along_y = False
    rows_axis = Axis()
    floored = True
    """Whether what is below the levels has a colour of its own."""

    def __init__(
        self, theme: Theme, title: str = "", x: Axis | None = None, *, levels: Span = (1e-12, 1.0),
        empty_text: str = "", parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(theme, title, x, empty_text, parent)
        self.levels = levels
        self.row_name, self.value_name = tr("layer"), tr("value")
        self.labels: Sequence[str] = ()
        self.steps: Array = np.empty(0)
        self.end = 0.0
        self.values: Array = np.empty((0, 0))

    # what the owner calls

    def set_data(self, steps: Array, values: Array, labels: Sequence[str], end: float | None = None) -> None:
        """Show `values` `(n, L)`: column k reaches from `steps[k]` to the next step, the last one to `end`."""
        self.steps, self.values, self.labels = steps, values, labels
        self.end = float(steps[-1]) + 1.0 if end is None and len(steps) else end or 0.0
        self.measure()
        self.changed()

    def set_levels(self, lo: float, hi: float) -> None:
        """Fix the values that the first and the last colour stand for."""
        if (lo, hi) != self.levels:
            self.levels = (lo, hi)
            self.changed()

    # what the base asks

    def has_data(self) -> bool:
        return bool(self.values.size)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        x_range, _ = self.shown(live)
        bar = 0.0 if self.bare else 0.9 * style.em + 1.1 * style.em + 0.5 * style.em + style.width("<10⁻¹⁰")
        plan = Plan(
            title=self.heading, x=self.along, y=self.rows_axis, x_range=x_range, y_range=(0.0, float(len(self.labels))),
            y_ticks=(), gutter=bar, grid=False, margin=self.margin(style),
            no_y=self.bare,
        )  # fmt: skip
        frame = place(rect, style, plan)
        return replace(frame, y_ticks=self.row_ticks(frame.area.height(), style))

    def table(self) -> Columns | None:
        """A row for every layer and step that is seen."""
        x = self.x_axis.label or "x"
        rows = [
            {x: self.steps, self.row_name: label, self.value_name: self.values[:, k]}
            for k, label in enumerate(self.labels)
        ]
        return stacked(within(row, x, self.plain_x()) for row in rows)

    def margin(self, style: Style) -> float:
        """The width of what stands beside the rows."""
        return max((style.width(label) for label in self.labels), default=0.0)

    def row_ticks(self, height: float, style: Style) -> tuple[Tick, ...]:
        """What stands beside the rows."""
        return thin_rows(self.labels, height, style.em)

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        painter.drawImage(frame.area, self._image(painter, frame, style))
        paint_axes(painter, frame, style)
        if not self.bare:
            self._paint_bar(painter, frame, style)

    def draw_cursor(self, painter: QPainter, frame: Frame, style: Style) -> None:
        if self.at_step is not None and frame.x.shows(self.at_step):
            self._paint_line(painter, frame, style, frame.x.of(self.at_step))

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        super().draw_hover(painter, frame, style)
        if self.hover is None or not frame.x.shows(self.hover):
            return
        x = frame.x.of(self.hover)
        self._paint_line(painter, frame, style, x)
        if self.pointer is not None:
            text = self.reading(self.hover, frame.y.at(self.pointer.y()))
            near = QPointF(x, self.pointer.y() - 1.5 * style.em)
            paint_readout(painter, style, text, (), near, frame.rect.adjusted(2, 2, -2, -2))

    def reading(self, x: float, row: float) -> str:
        """What is at step `x` in row `row`: step 420 · W3 · 2.1e-07."""
        column = int(np.searchsorted(self.steps, x, "right")) - 1
        layer = min(max(int(row), 0), len(self.labels) - 1)
        head = f"{self.x_axis.title} {thousands(x)} · {self.labels[layer]}"
        if column < 0 or x >= self.end or not np.isfinite(value := self.values[column, layer]):
            return head
        return f"{head} · {value:.1e}".replace("e-", "e−") if value else f"{head} · 0"

    # its own

    def measure(self) -> None:
        if not len(self.steps):
            return
        data = (float(self.steps[0]), self.end)
        span = union(self.span, data) if self.span else data
        whole = span if span == self.span else stretched(*span, self.x_axis)
        self.set_whole(whole, (0.0, float(len(self.labels))), glide=self.follow)

    def _image(self, painter: QPainter, frame: Frame, style: Style) -> QImage:
        """The map in the device's own pixels, so that no scaling blurs its rows."""
        ratio = painter.transform().m11() if style.exact else self.devicePixelRatioF()
        width, height = max(round(frame.area.width() * ratio), 1), max(round(frame.area.height() * ratio), 1)
        at = frame.x.lo + (np.arange(width) + 0.5) * (frame.x.hi - frame.x.lo) / width
        column = np.searchsorted(self.steps, at, "right") - 1
        seen = (column >= 0) & (at < self.end)
        colours = coloured(self.values[np.maximum(column, 0)], self.levels, style)
        colours[~seen] = 0
        rows = (np.arange(height)[::-1] * colours.shape[1]) // height
        pixels = np.ascontiguousarray(colours.T[rows])
        return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32).copy()

    def _paint_line(self, painter: QPainter, frame: Frame, style: Style, x: float) -> None:
        """A line that is seen on every colour: dark beside light."""
        for dx, colour in ((-0.5, style.theme.plot), (0.5, style.theme.text)):
            painter.setPen(style.pen(colour))
            painter.drawLine(QLineF(x + dx, frame.area.top(), x + dx, frame.area.bottom()))

    def _paint_bar(self, painter: QPainter, frame: Frame, style: Style) -> None:
        em, area = style.em, frame.area
        left = area.right() + 1.1 * em
        bar = QRectF(left, area.top(), 0.9 * em, max(area.height() - 1.7 * em * self.floored, 10.0))
        colours = gradient.table(style.theme.heat)[::-1]
        strip = QImage(argb(colours).copy().data, 1, len(colours), 4, QImage.Format.Format_ARGB32).copy()
        painter.drawImage(bar, strip.scaled(1, max(round(bar.height()), 1)) if style.exact else strip)
        low = QRectF(left, area.bottom() - em, 0.9 * em, em)
        if self.floored:
            painter.fillRect(low, style.tint(floor_colour(style), 1.0))
        lo, hi = np.log10(self.levels)
        scale = Scale(lo, hi, bar.bottom(), bar.top())
        marks = [(float(scale.px(t.at)), t.text) for t in ticks(_LEVELS_AXIS, lo, hi, int(bar.height() / (1.6 * em)))]
        painter.setFont(style.font)
        painter.setPen(style.pen(style.theme.muted))
        for y, text in [*marks, *([(low.center().y(), f"<{at_least(self.levels[0])}")] if self.floored else [])]:
            y = min(max(y, area.top() + 0.4 * em), area.bottom() - 0.4 * em)
            box = QRectF(bar.right() + 0.4 * em, y - em, 6 * em, 2 * em)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def floor_colour(style: Style) -> str:
    """The colour of zeros and of what is below the scale: grey, as no value is."""
    return gradient.mix(style.theme.plot, style.theme.muted, 0.45)


def coloured(values: Array, levels: Span, style: Style) -> NDArray[np.uint32]:
    """Colours of values by their logarithm between `levels`; grey below, nothing where there is no value."""
    lo, hi = np.log10(levels)
    table = argb(gradient.table(style.theme.heat))
    with np.errstate(all="ignore"):
        part = (np.log10(values) - lo) / (hi - lo)
    index = np.nan_to_num(np.clip(part, 0.0, 1.0) * (len(table) - 1), nan=0.0).round().astype(np.intp)
    colours = np.asarray(table[index])
    colours[values < levels[0]] = argb(np.array([gradient.rgb(floor_colour(style)) * 255]).round().astype(np.uint8))[0]
    colours[~np.isfinite(values)] = 0
    return colours


def thin_rows(labels: Sequence[str], height: float, line: float) -> tuple[Tick, ...]:
    """Labels centred on their rows, every k-th where rows are lower than a line of text."""
    stride = max(int(np.ceil(1.05 * line * len(labels) / max(height, 1.0))), 1)
    return tuple(Tick(i + 0.5, labels[i]) for i in range(0, len(labels), stride))


def argb(table: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Colours `(n, 3)` as an image's pixels have them."""
    wide = table.astype(np.uint32)
    return np.asarray(0xFF000000 | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2], dtype=np.uint32)
