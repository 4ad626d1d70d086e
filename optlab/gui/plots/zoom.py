"""Looking into a plot: rubber band, wheel, keys, the way back, and a cross-hair that plots can share."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from optlab.gui.guard import guard
from optlab.gui.plots.frame import Frame
from optlab.gui.plots.ranged import RangedCanvas
from optlab.gui.plots.ranges import Span, around
from optlab.gui.plots.style import Style
from optlab.gui.theme import Theme

_THIN = 10  # a rubber band narrower than this zooms along its other side only


class ZoomCanvas(RangedCanvas):
    """A plot that answers mouse and keys."""

    hovered = Signal(object)  # the x under the mouse, or None

    both = False  # the wheel zooms x only
    along_y = True  # y can be zoomed

    def __init__(self, theme: Theme, title: str = "", empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, title, empty_text, parent)
        self.hover: float | None = None
        self.pointer: QPointF | None = None  # the mouse, while it is over this very plot
        self._pressed: QPointF | None = None
        self._panned: tuple[Span, Span] | None = None
        self._clicked_at = (0.0, 0.0)
        self._click = QTimer(self, singleShot=True)
        self._click.timeout.connect(self._on_click_alone)

    # the cross-hair

    def set_hover(self, x: float | None) -> None:
        """Show the cross-hair at `x`, or none, as a linked plot does; no signal follows."""
        if x != self.hover:
            self.hover = x
            self.update()

    def clicked(self, x: float, y: float) -> None:
        """A click that neither dragged nor doubled, at `x`, `y` in axis units."""

    def draw_hover(self, painter: QPainter, frame: Frame, style: Style) -> None:
        band = self._band(frame)
        if band is not None:
            painter.setPen(style.pen(style.theme.muted))
            painter.setBrush(style.tint(style.theme.text, 0.12))
            painter.drawRect(band)

    def _band(self, frame: Frame) -> QRectF | None:
        """The rubber band, as wide or high as the area where it is thin."""
        if self._pressed is None or self.pointer is None or self._panned is not None:
            return None
        band = QRectF(self._pressed, self.pointer).normalized().intersected(frame.area)
        if max(band.width(), band.height()) < _THIN:
            return None
        if band.height() < _THIN or not self.along_y:
            band.setTop(frame.area.top())
            band.setBottom(frame.area.bottom())
        elif band.width() < _THIN:
            band.setLeft(frame.area.left())
            band.setRight(frame.area.right())
        return band

    def _point(self, at: QPointF) -> None:
        frame = self.frame_
        inside = frame is not None and frame.whole.contains(at)
        self.pointer = at if inside or self._pressed is not None else None
        hover = self._at(frame, at.x()) if frame is not None and inside else None
        if hover != self.hover:
            self.hover = hover
            self.hovered.emit(hover)
        self.update()

    # what Qt calls

    @guard()
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.frame_ is None or not self.frame_.whole.contains(event.position()):
            return
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._panned = (self.view.x, self.view.y) if middle or shift else None

    @guard()
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panned is not None and self._pressed is not None and self.frame_ is not None:
            self._pan(event.position() - self._pressed, self.frame_)
        self._point(event.position())

    def _pan(self, moved: QPointF, frame: Frame) -> None:
        x, y = self._panned or (self.view.x, self.view.y)
        dx = moved.x() * (x[1] - x[0]) / (frame.x.end - frame.x.start)
        dy = moved.y() * (y[1] - y[0]) / (frame.y.end - frame.y.start)
        self.zoom_to((x[0] - dx, x[1] - dx), (y[0] - dy, y[1] - dy) if self.view.zoom_y or self.both else None)

    @guard()
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        frame, pressed = self.frame_, self._pressed
        band = self._band(frame) if frame is not None else None
        panned, self._pressed, self._panned = self._panned, None, None
        if frame is None or pressed is None or panned is not None:
            return
        if band is None:
            self._clicked_at = (frame.x.at(pressed.x()), frame.y.at(pressed.y()))
            self._click.start(QGuiApplication.styleHints().mouseDoubleClickInterval())
            return
        x = (frame.x.at(band.left()), frame.x.at(band.right()))
        y = (frame.y.at(band.bottom()), frame.y.at(band.top()))
        self.zoom_to(
            self.view.zoom_x if band.width() >= frame.area.width() else x,
            self.view.zoom_y if band.height() >= frame.area.height() else y,
        )

    @guard()
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._click.stop()
        self.show_all()

    @guard()
    def wheelEvent(self, event: QWheelEvent) -> None:
        frame = self.frame_
        if frame is None or not event.angleDelta().y():
            event.ignore()
            return
        at = event.position()
        on_y = at.x() < frame.area.left() or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._zoom_at(at, 1.25 ** (-event.angleDelta().y() / 120.0), on_y, frame)
        event.accept()

    def _zoom_at(self, at: QPointF, factor: float, on_y: bool, frame: Frame) -> None:
        x, y = self.view.zoom_x, self.view.zoom_y
        if self.both or not on_y or not self.along_y:
            x = around(self.view.x, frame.x.at(at.x()), factor)
        if self.both or (on_y and self.along_y):
            y = around(self.view.y, frame.y.at(at.y()), factor)
        self.zoom_to(x, y)

    @guard()
    def leaveEvent(self, event: QEvent) -> None:
        self.pointer = None
        if self.hover is not None:
            self.hover = None
            self.hovered.emit(None)
        self.update()

    @guard()
    def keyPressEvent(self, event: QKeyEvent) -> None:
        frame, key = self.frame_, event.key()
        if frame is None:
            event.ignore()
        elif key == Qt.Key.Key_Backspace:
            self.back()
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom_at(frame.area.center(), 1.25 if key == Qt.Key.Key_Minus else 0.8, False, frame)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step_hover(1 if key == Qt.Key.Key_Right else -1, frame)
        else:
            event.ignore()

    def _at(self, frame: Frame, px: float) -> float:
        """The value of x under a pixel; steps are whole."""
        value = frame.x.value(px)
        return float(round(value)) if frame.plan.x.steps else value

    def _step_hover(self, direction: int, frame: Frame) -> None:
        """Move the cross-hair by a hundredth of the area, at least by a step, from its middle at first."""
        px = frame.area.center().x() if self.hover is None else frame.x.of(self.hover)
        step = float(frame.x.px(1.0) - frame.x.px(0.0)) if frame.plan.x.steps else 0.0
        pixels = max(frame.area.width() / 100, 1.01 * step)
        px = min(max(px + direction * pixels, frame.area.left()), frame.area.right())
        self.hover = self._at(frame, px)
        self.hovered.emit(self.hover)
        self.update()

    def _on_click_alone(self) -> None:
        self.clicked(*self._clicked_at)
