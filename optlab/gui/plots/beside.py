"""What stands once beside several plots on the same scales: their names, their axis, and what their colours mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter

from optlab.gui.guard import guard
from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Axis, at_least
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.frame import Frame, Plan, paint_axes, place
from optlab.gui.plots.heatmap import argb, floor_colour
from optlab.gui.plots.ranges import Span
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme

GAP = 1


def columns(left: float, right: float, count: int) -> list[Span]:
    """The ends of `count` columns of one width, in whole pixels."""
    each = (right - left + GAP) / max(count, 1)
    return [(round(left + k * each), round(left + (k + 1) * each) - GAP) for k in range(count)]


class Beside(Canvas):
    """A canvas as large as its text, which is no plot of its own: it has no menu, and the keyboard passes it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._fit()

    def size_needed(self, style: Style) -> QSize:
        """Its width and height; 0 where it takes what there is."""
        raise NotImplementedError

    def has_data(self) -> bool:
        return True

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        return place(rect, style, Plan(no_x=True, no_y=True))

    def apply_theme(self, theme: Theme, scale: float = 1.0, stroke: float = 1.0) -> None:
        super().apply_theme(theme, scale, stroke)
        self._fit()

    def _fit(self) -> None:
        needed = self.size_needed(self.style_)
        self.setMinimumSize(needed)
        most = 16_777_215  # QWIDGETSIZE_MAX
        self.setMaximumSize(needed.width() or most, needed.height() or most)


@dataclass(frozen=True)
class Head:
    """The name of a column in the colour of its curves, a line below it, and whether it is the chosen one.

    `more` follows the note where there is room for it.
    """

    label: str
    colour: str
    dash: tuple[float, ...] = ()
    note: str = ""
    more: str = ""
    chosen: bool = False


class Heads(Beside):
    """Names above columns that begin at `left`; a click picks one."""

    picked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.heads: Sequence[Head] = ()
        self.left = 0

    def set_heads(self, heads: Sequence[Head], left: int) -> None:
        """Show these, in order."""
        if (heads, left) != (self.heads, self.left):
            self.heads, self.left = heads, left
            self.setAccessibleName(", ".join(head.label for head in heads))
            self.changed()

    def size_needed(self, style: Style) -> QSize:
        return QSize(0, round(3.1 * style.em))

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        painter.fillRect(frame.rect, style.tint(style.theme.plot, 1.0))
        for head, (x0, x1) in zip(self.heads, self._columns(frame.rect), strict=True):
            self._draw_head(painter, style, head, QRectF(x0, frame.rect.top(), x1 - x0, frame.rect.height()))

    def _draw_head(self, painter: QPainter, style: Style, head: Head, room: QRectF) -> None:
        em, sample = style.em, 1.6 * style.em
        if head.chosen:
            painter.fillRect(room, style.tint(style.theme.text, 0.07))
        text = style.elided(head.label, room.width() - sample - 0.8 * em, bold=True)
        painter.setFont(style.bold)
        width = painter.fontMetrics().horizontalAdvance(text)
        left, top = room.center().x() - (sample + 0.4 * em + width) / 2, room.top() + 0.35 * em
        painter.setPen(style.pen(head.colour, 2.0, head.dash))
        painter.drawLine(QLineF(left, top + 0.55 * em, left + sample, top + 0.55 * em))
        painter.setPen(style.pen(head.colour))
        line = QRectF(left + sample + 0.4 * em, top, width + 2, 1.1 * em)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.setFont(style.font)
        painter.setPen(style.pen(style.theme.muted))
        below = QRectF(room.left(), top + 1.25 * em, room.width(), 1.1 * em)
        note = " · ".join(filter(None, (head.note, head.more)))
        note = note if style.width(note) < room.width() - 0.5 * em else head.note or head.more
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, style.elided(note, room.width() - 0.5 * em))

    def _columns(self, rect: QRectF) -> list[Span]:
        return columns(rect.left() + self.left, rect.right(), len(self.heads))

    @guard()
    def mousePressEvent(self, event: QMouseEvent) -> None:
        for k, (x0, x1) in enumerate(self._columns(QRectF(self.rect()))):
            if x0 <= event.position().x() <= x1:
                self.picked.emit(k)


class SideAxis(Beside):
    """The axis along y that plots beside it share: that of the `twin`, which is as high."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.name = ""
        self._twin: Canvas | None = None
        self._seen: object = None
        self._numbered = True

    def follow(self, twin: Canvas, name: str, seen: object, numbered: bool = True) -> None:
        """Show the axis of this plot; `seen` tells whether it is still the same one."""
        if (twin, name, seen, numbered) != (self._twin, self.name, self._seen, self._numbered):
            self._twin, self.name, self._seen, self._numbered = twin, name, seen, numbered
            self.changed()

    def size_needed(self, style: Style) -> QSize:
        return QSize(round(6 * style.scale + 1.75 * style.em + style.width("<10⁻¹⁰")), 0)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        if self._twin is None:
            return super().lay_out(rect, style, live)
        frame = self._twin.lay_out(QRectF(0, rect.top(), 20 * style.em, rect.height()), style, live)
        area, floor = QRectF(frame.area), frame.floor
        area.moveLeft(rect.right())
        if floor is not None:
            floor = QRectF(rect.right(), floor.top(), 1.0, floor.height())
        plan = replace(frame.plan, x=Axis(), y=replace(frame.plan.y, title=self.name, unit=""), no_x=True, no_y=False)
        marks = frame.y_ticks if self._numbered else ()
        return replace(frame, rect=rect, area=area, floor=floor, plan=plan, y_ticks=marks)

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        painter.fillRect(frame.rect, style.tint(style.theme.plot, 1.0))
        if self._twin is not None:
            paint_axes(painter, frame, style)


class ColourScale(Beside):
    """What is drawn below it, and what its colours mean: grey below the scale, then from the lowest to the highest."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.words = ""
        self.levels: Span = (1e-12, 1.0)

    def show_scale(self, words: str, levels: Span) -> None:
        """Say what the colours between these levels are."""
        if (words, levels) != (self.words, self.levels):
            self.words, self.levels = words, levels
            self.setAccessibleName(words)
            self.changed()

    def size_needed(self, style: Style) -> QSize:
        return QSize(0, round(1.6 * style.em))

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        em, rect = style.em, frame.rect
        painter.fillRect(rect, style.tint(style.theme.plot, 1.0))
        low, high = f"<{at_least(self.levels[0])}", at_least(self.levels[1])
        bar = min(12 * em, 0.3 * rect.width())
        fixed = 3.4 * em + bar + style.width(low) + style.width(high)
        words = style.elided(self.words, rect.width() - fixed - em)
        x, base = rect.center().x() - (fixed + style.width(words)) / 2, rect.top() + 0.2 * em + style.metrics.ascent()
        painter.setFont(style.font)
        painter.setPen(style.pen(style.theme.muted))
        for text, after in ((words, 1.0), (low, 0.4)):
            painter.drawText(QPointF(x, base), text)
            x += style.width(text) + after * em
        top, height = rect.top() + 0.35 * em, 0.7 * em
        painter.fillRect(QRectF(x, top, em, height), style.tint(floor_colour(style), 1.0))
        x += 1.2 * em
        strip = argb(gradient.table(style.theme.heat))
        image = QImage(strip.data, len(strip), 1, 4 * len(strip), QImage.Format.Format_ARGB32).copy()
        painter.drawImage(QRectF(x, top, bar, height), image)
        painter.drawText(QPointF(x + bar + 0.4 * em, base), high)
