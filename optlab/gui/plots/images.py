"""A sample of images with what a network says of them: the class and how sure it is, or the image said again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard
from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Array
from optlab.gui.plots.canvas import Canvas
from optlab.gui.plots.columns import Columns, stacked
from optlab.gui.plots.frame import Frame, Plan, paint_ground, place
from optlab.gui.plots.legend import Key
from optlab.gui.plots.readout import Reading, paint_readout
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

LEAST = 2.6
"""The least side of an image, in heights of a line of text: where tiles would be smaller there are fewer."""


@dataclass(frozen=True, eq=False)
class Tile:
    """Images `(rows, columns)` of greys from 0 to 1, one under the other, and a text; `right` where that is known."""

    images: tuple[Array, ...]
    text: str
    right: bool | None = None
    head: str = ""
    readings: tuple[tuple[str, str], ...] = ()


class ImagePlot(Canvas):
    """Tiles in rows, as large as they can be; wrong ones with a cross and a frame."""

    def __init__(self, theme: Theme, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, "", empty_text, parent)
        self.tiles: Sequence[Tile] = ()
        self.key: Key | None = None
        self.note = ""
        self._pointer: QPointF | None = None

    # what the owner calls

    def set_run(self, title: str, key: Key) -> None:
        """Say whose answers come."""
        self.set_title(title)
        if key != self.key:
            self.key = key
            self.changed()

    def set_tiles(self, tiles: Sequence[Tile], note: str) -> None:
        """Show these, as many of the first as there is room for."""
        if tiles is not self.tiles or note != self.note:
            self.tiles, self.note = tiles, note
            self.changed()

    # what the base asks

    def has_data(self) -> bool:
        return bool(self.tiles)

    def table(self) -> Columns | None:
        """A row for every image: what is said of it, and its greys from 0 to 1, row by row."""
        parts = []
        for k, tile in enumerate(self.tiles, 1):
            likely = "; ".join(f"{name}: {share}" for name, share in tile.readings)
            said: dict[str, Any] = {tr("tile"): k, tr("text"): tile.text, tr("truth"): tile.head, tr("answers"): likely}
            if tile.right is not None:
                said[tr("right")] = int(tile.right)
            for number, image in enumerate(tile.images, 1):
                greys = {f"{i + 1}, {j + 1}": float(grey) for (i, j), grey in np.ndenumerate(image)}
                parts.append({**said, tr("image"): number, **greys})
        return stacked(parts)

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        keys = (self.key,) if self.key is not None else ()
        return place(rect, style, Plan(note=self.note, legend=keys, x_ticks=(), y_ticks=(), grid=False))

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        paint_ground(painter, frame, style)
        for tile, box in zip(self.tiles, self.boxes(frame, style), strict=False):
            _paint_tile(painter, style, tile, box)

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        if self._pointer is None:
            return
        for tile, box in zip(self.tiles, self.boxes(frame, style), strict=False):
            if box.contains(self._pointer) and (tile.head or tile.readings):
                readings = [Reading(label, "muted", text) for label, text in tile.readings]
                room = frame.rect.adjusted(2, 2, -2, -2)
                paint_readout(painter, style, tile.head, readings, self._pointer, room)

    def boxes(self, frame: Frame, style: Style) -> list[QRectF]:
        """Where the tiles lie, row by row; fewer than there are where they would be too small."""
        rect, em = frame.rect, style.em
        room = QRectF(rect.left() + em, frame.noted + 1.4 * em, rect.width() - 2 * em, 0.0)
        room.setBottom(rect.bottom() - 0.5 * em)
        stacked = max(len(tile.images) for tile in self.tiles)
        mark = 0.0 if self.tiles[0].right is None else 1.2 * em
        least = max(LEAST * em, max(style.width(tile.text) for tile in self.tiles) + mark) + 0.8 * em
        most = int(room.width() / least) * int(room.height() / (stacked * LEAST * em + 1.5 * em))
        count = max(1, min(len(self.tiles), most))
        sides = [(_side(room, columns, count, stacked, least, em), columns) for columns in range(1, count + 1)]
        side, columns = max(sides)
        columns = min(columns, count)
        wide, high = room.width() / columns, stacked * side + 1.5 * em
        return [
            QRectF(room.left() + (k % columns) * wide, room.top() + k // columns * high, wide, high)
            for k in range(count)
        ]

    # what Qt calls

    @guard()
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    @guard()
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()


def _side(room: QRectF, columns: int, count: int, stacked: int, least: float, em: float) -> float:
    """The side of an image in so many columns; nothing where their texts would not fit."""
    wide, high = room.width() / columns, room.height() / -(-count // columns)
    return min(wide - 0.8 * em, (high - 1.5 * em) / stacked) if wide >= least or columns == 1 else 0.0


def _paint_tile(painter: QPainter, style: Style, tile: Tile, box: QRectF) -> None:
    em, theme = style.em, style.theme
    side = (box.height() - 1.5 * em) / len(tile.images)
    greys = gradient.table((theme.plot, theme.text))
    for k, values in enumerate(tile.images):
        rows, columns = values.shape
        rgb = greys[(np.clip(np.nan_to_num(values), 0.0, 1.0) * 255).astype(np.intp)].astype(np.uint32)
        pixels = np.ascontiguousarray(np.uint32(0xFF000000) | rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2])
        image = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()
        wide = side * min(1.0, columns / rows)
        place_ = QRectF(box.center().x() - wide / 2, box.top() + k * side, wide, wide * rows / columns)
        painter.drawImage(place_.adjusted(0, 0, 0, -1), image)
        painter.setPen(
            style.pen(theme.error if tile.right is False else theme.border, 1.6 if tile.right is False else 1)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place_.adjusted(0, 0, 0, -1))
    line = QRectF(box.left(), box.bottom() - 1.4 * em, box.width(), em)
    painter.setFont(style.font)
    painter.setPen(style.pen(theme.error if tile.right is False else theme.text))
    left = line.center().x() - style.width(tile.text) / 2 + (0.5 * em if tile.right is not None else 0)
    painter.drawText(QPointF(left, line.top() + style.metrics.ascent()), tile.text)
    if tile.right is not None:
        _paint_mark(painter, style, QRectF(left - 0.9 * em, line.top() + 0.2 * em, 0.6 * em, 0.6 * em), tile.right)


def _paint_mark(painter: QPainter, style: Style, box: QRectF, right: bool) -> None:
    """A tick or a cross, of strokes: not every font has them."""
    painter.setPen(style.pen(style.theme.muted if right else style.theme.error, 1.8))
    if right:
        low = QPointF(box.left() + 0.38 * box.width(), box.bottom())
        painter.drawLines([QLineF(QPointF(box.left(), box.center().y()), low), QLineF(low, box.topRight())])
    else:
        painter.drawLines([QLineF(box.topLeft(), box.bottomRight()), QLineF(box.topRight(), box.bottomLeft())])
