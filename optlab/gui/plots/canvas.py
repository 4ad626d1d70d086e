"""The base of every plot: painted by one painter on the screen, into a picture and into an SVG alike."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QIODevice, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from optlab.gui.guard import guard
from optlab.gui.plots.columns import Columns
from optlab.gui.plots.frame import Frame, paint_title
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme
from optlab.i18n import tr

DPI = 96.0  # at which a picture's text is as large as on a plain screen
MAX_SIDE, MAX_PIXELS = 8192, 32_000_000  # a picture of 40 000 x 40 000 would take gigabytes without a word


class Canvas(QWidget):
    """A plot. Subclasses say where things lie (`lay_out`) and draw them (`draw`, `draw_cursor`, `draw_hover`).

    What `draw` paints is kept as a pixmap until `changed`, so that a moving cross-hair costs no curve.
    """

    export_requested = Signal(str)  # "copy", "png", "svg", "csv"

    facet = False
    """Whether it is one of several with the same scales, whose names stand beside them, and on it in a picture of it
    alone."""

    def __init__(self, theme: Theme, title: str = "", empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.style_ = Style(theme)
        self.title, self.empty_text = title, empty_text
        self.frame_: Frame | None = None
        self._alone = False
        self._layer: QPixmap | None = None
        self.setMinimumSize(120, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(title or tr("Plot"))

    # what a subclass gives

    def has_data(self) -> bool:
        raise NotImplementedError

    def lay_out(self, rect: QRectF, style: Style, live: bool) -> Frame:
        """The frame in `rect`; `live` on the screen, where ranges may still be on their way."""
        raise NotImplementedError

    def draw(self, painter: QPainter, frame: Frame, style: Style) -> None:
        """Paint the data and their frame."""
        raise NotImplementedError

    def draw_cursor(self, painter: QPainter, frame: Frame, style: Style) -> None:
        """Paint what moves with the step cursor."""

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        """Paint what moves with the mouse; never part of a picture."""

    def table(self) -> Columns | None:
        """What is seen, as columns with names and units; None of a plot that does not say, and runs stand for it."""
        return None

    def add_actions(self, menu: QMenu) -> None:
        """Add to the right-click menu what only this plot can do."""

    @property
    def bare(self) -> bool:
        """Whether what it shares with others is left out."""
        return self.facet and not self._alone

    @property
    def heading(self) -> str:
        """The title, unless it stands elsewhere."""
        return "" if self.bare else self.title

    # what the owner calls

    def apply_theme(self, theme: Theme, scale: float = 1.0, stroke: float = 1.0) -> None:
        """Restyle everything; `scale` enlarges texts and lines, `stroke` lines and marks alone."""
        self.style_ = Style(theme, scale, stroke=stroke)
        self.changed()

    def set_title(self, title: str) -> None:
        if title != self.title:
            self.title = title
            self.setAccessibleName(title or tr("Plot"))
            self.changed()

    def set_empty_text(self, text: str) -> None:
        if text != self.empty_text:
            self.empty_text = text
            self.changed()

    def picture(self, width: int, height: int, dpi: float = DPI, theme: Theme | None = None) -> QImage:
        """The plot laid out anew as an image of `width` x `height` pixels, its text in proportion to `dpi`."""
        if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS and dpi > 0):
            raise ValueError(
                tr("picture: expected up to {side} pixels a side, got {width} × {height}",
                   side=MAX_SIDE, width=width, height=height)
            )  # fmt: skip
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        ratio = dpi / DPI
        image.setDotsPerMeterX(round(dpi / 0.0254))
        image.setDotsPerMeterY(round(dpi / 0.0254))
        with QPainter(image) as painter, self._by_itself():
            painter.scale(ratio, ratio)
            self.draw_into(painter, QRectF(0, 0, width / ratio, height / ratio), theme)
        return image

    def to_svg(self, device: QIODevice, width: int, height: int, theme: Theme | None = None, about: str = "") -> None:
        """Write the plot, `width` x `height` at 96 dots per inch, as SVG; `about` becomes its description."""
        generator = QSvgGenerator()
        generator.setOutputDevice(device)
        generator.setSize(QSize(width, height))
        generator.setViewBox(QRect(0, 0, width, height))
        generator.setResolution(int(DPI))
        generator.setTitle(self.title)
        generator.setDescription(about)
        with QPainter(generator) as painter, self._by_itself():
            self.draw_into(painter, QRectF(0, 0, width, height), theme)

    def draw_into(self, painter: QPainter, rect: QRectF, theme: Theme | None = None) -> None:
        """Paint the plot into `rect` of a file's painter: several plots make one picture."""
        self._paint(painter, rect, Style(theme or self.style_.theme, 1.0, True, self.style_.stroke), live=False)

    def changed(self) -> None:
        """Lay out and paint anew at the next paint."""
        self._layer = None
        self.update()

    def show_all(self) -> None:
        """Show the whole range."""

    # what Qt calls

    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if self._layer is None:
                self._layer = self.painted()
            painter.drawPixmap(QPoint(0, 0), self._layer)
            if self.frame_ is not None:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                self.draw_cursor(painter, self.frame_, self.style_)
                self.draw_hover(painter, self.frame_, self.style_)

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.changed()

    @guard()
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.context_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def context_menu(self) -> QMenu:
        """The right-click menu."""
        menu = QMenu(self)
        kinds = {
            "copy": tr("Copy as image"), "png": tr("Save PNG…"), "svg": tr("Save SVG…"), "csv": tr("Save CSV…"),
        }  # fmt: skip
        for kind, text in kinds.items():
            action = QAction(text, menu)
            action.setData(kind)
            action.triggered.connect(self._on_export)
            menu.addAction(action)
        menu.addSeparator()
        self.add_actions(menu)
        whole = QAction(tr("Show all"), menu)
        whole.triggered.connect(self.show_all)
        menu.addAction(whole)
        return menu

    def _on_export(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_requested.emit(action.data())

    def painted(self) -> QPixmap:
        """The plot as it is now, for the screen."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        with QPainter(pixmap) as painter:
            self.frame_ = self._paint(painter, QRectF(self.rect()), self.style_, live=True)
        return pixmap

    @contextmanager
    def _by_itself(self) -> Iterator[None]:
        self._alone = True
        try:
            yield
        finally:
            self._alone = False

    def _paint(self, painter: QPainter, rect: QRectF, style: Style, live: bool) -> Frame | None:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        if not self.has_data():
            self._paint_empty(painter, rect, style)
            return None
        frame = self.lay_out(rect, style, live)
        self.draw(painter, frame, style)
        if not live:
            self.draw_cursor(painter, frame, style)
        return frame

    def _paint_empty(self, painter: QPainter, rect: QRectF, style: Style) -> None:
        painter.fillRect(rect, style.tint(style.theme.plot, 1.0))
        paint_title(painter, rect, rect.center().x(), self.heading, style)
        painter.setFont(style.font)
        painter.setPen(style.pen(style.theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(rect.adjusted(12, 1.5 * style.em, -12, -8), flags, self.empty_text)
