"""The schedule drawn as it will run: the learning rate of every step, and what moves beside it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from optlab.gui.guard import guard
from optlab.gui.numerals import compact
from optlab.gui.theme import current_theme
from optlab.i18n import tr

Floats = NDArray[np.float64]
PAD = 8
DASHES = (3.0, 2.0)


def decimated(values: Floats, buckets: int) -> tuple[Floats, Floats]:
    """At most `2 * buckets` points (step, value) that keep the smallest and the largest value of every bucket."""
    n = len(values)
    if n <= 2 * buckets:
        return np.arange(n, dtype=float), values
    edges = np.linspace(0, n, buckets + 1).astype(int)
    parts = [(a + int(np.argmin(values[a:b])), a + int(np.argmax(values[a:b]))) for a, b in pairwise(edges)]
    at = np.unique(np.array([0, n - 1, *(i for pair in parts for i in pair)]))
    return at.astype(float), values[at]


class SchedulePreview(QWidget):
    """A small plot of the learning rate over the steps, or a sentence where it cannot be known before the run.

    Other fields that move are dashed, each between its own least and largest value.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: Floats = np.empty(0)
        self._others: Sequence[Floats] = ()
        self._text, self._epoch = "", 1
        self.setAccessibleName(tr("Learning rate by step"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_curve(self, values: Floats, epoch: int = 1, others: Sequence[Floats] = ()) -> None:
        """Draw `values`, the learning rate of steps 0 … T − 1, `epoch` of which pass the data once, and `others`."""
        kept = np.asarray(values, dtype=float)
        self._values, self._text, self._epoch, self._others = kept[np.isfinite(kept)], "", epoch, others
        self.setAccessibleDescription(", ".join(self.labels()))
        self.update()

    def show_text(self, text: str) -> None:
        """Say `text` instead of drawing."""
        self._values, self._text = np.empty(0), text
        self.setAccessibleDescription(text)
        self.update()

    def show_reactive(self) -> None:
        """Say that the schedule is made while the run goes."""
        self.show_text(tr("reacts to the loss while it runs"))

    def labels(self) -> tuple[str, ...]:
        """The largest and the smallest learning rate, one text where they are equal, and the steps and epochs."""
        if not len(self._values):
            return ()
        high, low = (compact(float(f"{v:.3g}")) for v in (self._values.max(), self._values.min()))
        n = f"{len(self._values):,}".replace(",", "\u2009")
        epochs = compact(float(f"{len(self._values) / self._epoch:.3g}"))
        steps = tr("0 … {n} steps", n=n) if self._epoch == 1 else tr("{n} steps, {m} epochs", n=n, m=epochs)
        return (high, low, steps) if high != low else (high, steps)

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(line * 12, line * 5 + 2 * PAD)

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.plot))
            painter.drawRoundedRect(self.rect(), 6, 6)
            painter.setPen(QColor(theme.muted))
            if len(self._values):
                self._draw(painter)
            else:
                box = self.rect().adjusted(PAD, PAD, -PAD, -PAD)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)

    def _draw(self, painter: QPainter) -> None:
        theme, metrics, texts = current_theme(), painter.fontMetrics(), self.labels()
        margin = max(metrics.horizontalAdvance(text) for text in texts[:-1]) + PAD
        line = metrics.height()
        plot = QRectF(self.rect()).adjusted(PAD + margin, PAD + 2, -PAD - 2, -line - PAD)
        rows = (plot.top(), plot.bottom()) if len(texts) == 3 else (plot.center().y(),)
        for y, text in zip(rows, texts[:-1], strict=True):
            box = QRectF(PAD, y - line / 2, margin - PAD, line)
            painter.setPen(QColor(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            painter.setPen(QColor(theme.grid))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(QColor(theme.muted))
        below = QRectF(plot.left(), plot.bottom() + 4, plot.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, texts[-1])
        for other in self._others:
            pen = QPen(QColor(theme.muted), 1.2)
            pen.setDashPattern(DASHES)
            painter.setPen(pen)
            painter.drawPolyline(_points(other, plot))
        painter.setPen(QPen(QColor(theme.text), 1.6, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(_points(self._values, plot))


def _points(curve: Floats, plot: QRectF) -> QPolygonF:
    """A curve from edge to edge of `plot`."""
    steps, values = decimated(curve, max(int(plot.width()), 16))
    low, high = float(values.min()), float(values.max())
    span, last = high - low, max(len(curve) - 1, 1)
    heights = (values - low) / span if span > 1e-3 * abs(high) else np.full(len(values), 0.5)
    xs, ys = plot.left() + steps / last * plot.width(), plot.bottom() - heights * plot.height()
    points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    return QPolygonF([*points, QPointF(plot.right(), points[-1].y())] if len(points) == 1 else points)
