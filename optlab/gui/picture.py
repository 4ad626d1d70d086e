"""Pictures for files: one plot or a whole view, laid out anew at any size, with the spec inside."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from optlab import __version__
from optlab.gui.panel import Panel
from optlab.gui.plots.canvas import DPI, MAX_PIXELS, MAX_SIDE, Canvas
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr


def view_picture(panel: Panel, title: str, width: int, height: int, dpi: float, theme: Theme) -> QImage:
    """All plots of a view as they stand beside each other, under its title."""
    check_size(width, height)
    with dressed(panel, theme):
        return _view_picture(panel, title, width, height, dpi, theme)


@contextmanager
def dressed(widget: QWidget, theme: Theme) -> Iterator[None]:
    """Let the view in which a widget stands give its runs the colours of a theme, until a picture is made."""
    owner: QWidget | None = widget
    while owner is not None and not isinstance(owner, Panel):
        owner = owner.parentWidget()
    if owner is None or owner.desk.theme == theme:
        yield
        return
    before = owner.desk.theme
    try:
        _dress(owner, theme)
        yield
    finally:
        _dress(owner, before)


def _dress(panel: Panel, theme: Theme) -> None:
    panel.desk.theme = theme
    panel.restyle()
    panel.refresh()


def _view_picture(panel: Panel, title: str, width: int, height: int, dpi: float, theme: Theme) -> QImage:
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDotsPerMeterX(round(dpi / 0.0254))
    image.setDotsPerMeterY(round(dpi / 0.0254))
    image.fill(QColor(theme.plot))
    ratio = dpi / DPI
    with QPainter(image) as painter:
        painter.scale(ratio, ratio)
        style = Style(theme, 1.0, exact=True)
        room = QRectF(0, 0, width / ratio, height / ratio)
        head = 2.2 * style.em if title else 0.0
        painter.setFont(style.bold)
        painter.setPen(style.pen(theme.text))
        painter.drawText(QRectF(0, 0, room.width(), head), Qt.AlignmentFlag.AlignCenter, title)
        _draw_plots(painter, panel, room.adjusted(0, head, 0, 0), theme)
    return image


def _draw_plots(painter: QPainter, panel: Panel, room: QRectF, theme: Theme) -> None:
    plots = [plot for plot in panel.plots() if plot.isVisibleTo(panel)]
    if not plots:  # a table, say: as it is on the screen
        _draw_widget(painter, panel, room)
    rects = [QRectF(plot.mapTo(panel, plot.rect().topLeft()), plot.size().toSizeF()) for plot in plots]
    whole = QRectF()
    for rect in rects:
        whole = whole.united(rect)
    for plot, rect in zip(plots, rects, strict=True):
        across, down = room.width() / whole.width(), room.height() / whole.height()
        left, top = room.left() + (rect.left() - whole.left()) * across, room.top() + (rect.top() - whole.top()) * down
        with_size = QRectF(left, top, rect.width() * across, rect.height() * down)
        painter.save()
        painter.setClipRect(with_size)
        plot.draw_into(painter, with_size, theme)
        painter.restore()


def _draw_widget(painter: QPainter, panel: Panel, room: QRectF) -> None:
    """A view as it is on the screen, in the pixels of the picture: letters and formulas stay sharp."""
    size = QSizeF(panel.size()).expandedTo(QSizeF(1, 1))
    scale = min(room.width() / size.width(), room.height() / size.height())
    shot = QPixmap((size * scale * painter.deviceTransform().m11()).toSize())
    shot.setDevicePixelRatio(shot.width() / size.width())
    shot.fill(Qt.GlobalColor.transparent)
    panel.render(shot)
    painter.drawPixmap(QRectF(room.topLeft(), size * scale), shot, QRectF(shot.rect()))


def check_size(width: int, height: int) -> None:
    """Raise `ValueError` for a picture that would take gigabytes."""
    if not (100 <= width <= MAX_SIDE and 100 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        text = tr("picture: expected 100 to {side} pixels a side and {pixels} in all, got {width} × {height}")
        raise ValueError(text.format(side=MAX_SIDE, pixels=f"{MAX_PIXELS:,}", width=width, height=height))


def png_bytes(image: QImage, title: str, spec: str) -> bytes:
    """The image as PNG with title and experiment in its text, so that a picture says how it was made."""
    image.setText("Title", title)
    image.setText("Software", f"OptLab {__version__}")
    image.setText("optlab:experiment", spec)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, b"png").write(image):
        raise ValueError(tr("picture: it could not be made; try a smaller size"))
    return bytes(buffer.data().data())


def svg_bytes(plot: Canvas, width: int, height: int, theme: Theme, spec: str) -> bytes:
    """A plot as SVG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    plot.to_svg(buffer, width, height, theme, spec)
    return bytes(buffer.data().data())
