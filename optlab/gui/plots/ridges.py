"""Many small histograms, one above the other: a layer's row lies above the row of the layer before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard
from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Array, Axis, Tick
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.columns import Columns, stacked
from optlab.gui.plots.curves import path, stroke
from optlab.gui.plots.frame import Frame, Plan, paint_axes, paint_ground, place
from optlab.gui.plots.heatmap import argb, thin_rows
from optlab.gui.plots.readout import Reading, paint_readout
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

LOW = 9
"""Pixels of a row below which its histogram is a strip of colours."""

OVERLAP = 1.5
"""Height of the highest bin, in rows."""


@dataclass(frozen=True, eq=False)
class Ridge:
    """A layer's distribution: the `shares` `(B,)` of the bins, the share `zeros` that a logarithm cannot show, and
    mean and spread where they are to be marked; `readings` are what the mouse shows."""

    label: str
    colour: str
    shares: Array
    zeros: float = 0.0
    mean: float = np.nan
    spread: float = np.nan
    readings: tuple[tuple[str, str], ...] = ()


class RidgePlot(Canvas):
    """Histograms on one axis, each as high as its highest bin; a click or an arrow key selects a row.

    Heights are roots of shares, so that the others are seen beside a bin in which nearly all values are.
    On a logarithmic axis the edges are logarithms, and a strip at the left holds the zeros.
    """

    row_selected = Signal(int)

    def __init__(
        self, theme: Theme, title: str = "", x: Axis | None = None, *, empty_text: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(theme, title, empty_text, parent)
        self.x_axis = x or Axis()
        self.rows: Sequence[Ridge] = ()
        self.edges: Array = np.array([0.0, 1.0])
        self.selected = -1
        self.hover: int | None = None
        self._pointer = QPointF()

    # what the owner calls

    def set_rows(self, rows: Sequence[Ridge], edges: Array, selected: int = -1) -> None:
        """Show `rows` from the bottom up, over bins between `edges` `(B + 1,)`."""
        self.rows, self.edges, self.selected = rows, edges, selected
        self.changed()

    # what the base asks

    def has_data(self) -> bool:
        return bool(self.rows)

    def table(self) -> Columns | None:
        """A row for every bin of every layer; zeros that a logarithm cannot show are a bin from 0 to 0."""
        name, share, parts = self.x_axis.label or "x", tr("share"), list[dict[str, Any]]()
        low, high = tr("{name}, from", name=name), tr("{name}, to", name=name)
        edges = 10.0**self.edges if self.x_axis.log else self.edges
        for row in self.rows:
            if self.x_axis.log:
                parts.append({tr("layer"): row.label, low: 0.0, high: 0.0, share: row.zeros})
            bins = {low: edges[:-1], high: edges[1:], share: row.shares}
            parts.append({tr("layer"): row.label, **bins, tr("mean"): row.mean, tr("spread"): row.spread})
        return stacked(parts)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        lo, hi = float(self.edges[0]), float(self.edges[-1])
        pad = 0.09 * (hi - lo) if self.x_axis.log else 0.0
        widest = max((style.width(row.label) for row in self.rows), default=0.0)
        plan = Plan(
            title=self.title, x=self.x_axis, x_range=(lo - pad, hi), y_range=(0.0, len(self.rows) - 0.9 + OVERLAP),
            y_ticks=(), grid=False, margin=widest,
        )  # fmt: skip
        frame = place(rect, style, plan)
        labels = [row.label for row in self.rows]
        beside = thin_rows(labels, float(frame.y.px(0.0) - frame.y.px(len(labels))), style.em)
        if pad:
            zero = Tick(lo - pad / 2, "0")
            free = float(frame.x.px(zero.at)) + style.width(zero.text) / 2 + 0.5 * style.em
            known = (t for t in frame.x_ticks if float(frame.x.px(t.at)) - style.width(t.text) / 2 > free)
            frame = replace(frame, x_ticks=(zero, *known))
        return replace(frame, y_ticks=beside)

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        if self.x_axis.log:
            painter.fillRect(self._strip(frame), style.tint(style.theme.grid, 0.6))
        if 0 <= self.selected < len(self.rows):
            painter.fillRect(self._row(frame, self.selected), style.tint(style.theme.text, 0.1))
        if frame.y.px(0.0) - frame.y.px(1.0) < LOW * style.scale:
            self._paint_strips(painter, frame, style)
        else:
            for k in range(len(self.rows) - 1, -1, -1):  # from the back to the front
                self._paint_ridge(painter, frame, style, k)
        paint_axes(painter, frame, style)

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        if self.hover is None or not 0 <= self.hover < len(self.rows):
            return
        painter.fillRect(self._row(frame, self.hover), style.tint(style.theme.text, 0.08))
        row = self.rows[self.hover]
        readings = [Reading(name, row.colour, text) for name, text in row.readings]
        paint_readout(painter, style, row.label, readings, self._pointer, frame.rect.adjusted(2, 2, -2, -2))

    # what Qt calls

    @guard()
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.hover = self._at(event.position())
        self.update()

    @guard()
    def leaveEvent(self, event: QEvent) -> None:
        self.hover = None
        self.update()

    @guard()
    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._at(event.position())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self.row_selected.emit(row)

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() in moves and self.rows:
            self.row_selected.emit(min(max(self.selected + moves[Qt.Key(event.key())], 0), len(self.rows) - 1))
        else:
            event.ignore()

    # its own

    def _at(self, at: QPointF) -> int | None:
        if self.frame_ is None or not self.frame_.area.contains(at):
            return None
        row = int(self.frame_.y.at(at.y()))
        return row if 0 <= row < len(self.rows) else None

    def _row(self, frame: Frame, k: int) -> QRectF:
        top, bottom = float(frame.y.px(k + 1)), float(frame.y.px(k))
        return QRectF(frame.area.left(), top, frame.area.width(), bottom - top)

    def _strip(self, frame: Frame) -> QRectF:
        """Where the zeros are."""
        right = float(frame.x.px(self.edges[0]))
        return QRectF(frame.area.left(), frame.area.top(), right - frame.area.left() - 1, frame.area.height())

    def _paint_ridge(self, painter: QPainter, frame: Frame, style: Style, k: int) -> None:
        row = self.rows[k]
        base, each = float(frame.y.px(k)), float(frame.y.px(0.0) - frame.y.px(1.0))
        highest = np.nanmax(row.shares) if np.isfinite(row.shares).any() else 0.0
        if highest > 0:
            x = frame.x.px((self.edges[1:] + self.edges[:-1]) / 2)
            y = base - each * OVERLAP * np.sqrt(row.shares / highest)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.tint(gradient.mix(style.theme.plot, row.colour, 0.45), 0.85))
            corners = [(x[0], base), *zip(x.tolist(), y.tolist(), strict=True), (x[-1], base)]
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the line smooths it
            painter.drawPolygon(QPolygonF([QPointF(px, py) for px, py in corners]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            stroke(painter, style, path(x, y, frame.area), row.colour, 1.0)
        if self.x_axis.log and row.zeros > 0:
            strip, height = self._strip(frame), max(row.zeros * 0.9 * each, 1.0)
            zeros = QRectF(strip.left() + 2, base - height, strip.width() - 4, height)
            painter.fillRect(zeros, style.tint(row.colour, 1.0))
        if np.isfinite(row.mean) and np.isfinite(row.spread):
            self._paint_mean(painter, frame, style, row, base - 0.2 * each)

    def _paint_mean(self, painter: QPainter, frame: Frame, style: Style, row: Ridge, y: float) -> None:
        """A dot at the mean, and a line from mean − spread to mean + spread."""
        lo, hi = float(frame.x.start), float(frame.x.end)
        left, at, right = (
            min(max(float(frame.x.px(v)), lo), hi) for v in (row.mean - row.spread, row.mean, row.mean + row.spread)
        )
        painter.setPen(style.pen(style.theme.text, 1.0))
        painter.drawLine(QLineF(left, y, right, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tint(style.theme.text, 1.0))
        painter.drawEllipse(QPointF(at, y), 2.0 * style.weight, 2.0 * style.weight)

    def _paint_strips(self, painter: QPainter, frame: Frame, style: Style) -> None:
        """A row of colours for each histogram, the more of its values in a bin the stronger."""
        table = argb(gradient.table(style.theme.heat))
        shares = np.nan_to_num(np.array([row.shares for row in self.rows]))
        part = shares / np.maximum(shares.max(axis=1, keepdims=True), 1e-300)
        pixels = np.ascontiguousarray(np.where(part > 0.02, table[(255 * part).round().astype(np.intp)], 0)[::-1])
        height, width = pixels.shape
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32).copy()
        left, right = float(frame.x.px(self.edges[0])), float(frame.x.px(self.edges[-1]))
        top, bottom = float(frame.y.px(len(self.rows))), float(frame.y.px(0.0))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(QRectF(left, top, right - left, bottom - top), image)
        for k, row in enumerate(self.rows if self.x_axis.log else ()):
            if row.zeros > 0.02:
                zeros = self._row(frame, k).intersected(self._strip(frame))
                painter.fillRect(zeros.adjusted(2, 0, -2, 0), style.tint(row.colour, row.zeros))
