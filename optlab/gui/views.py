"""The views: panels as tabs of a dock area of its own, so that one may be dragged out; hidden ones cost nothing."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QPushButton, QTabWidget, QVBoxLayout, QWidget

from optlab.engine import faults
from optlab.gui.desk import Desk
from optlab.gui.fence import Fence, SlowError
from optlab.gui.guard import guard
from optlab.gui.panel import Panel
from optlab.i18n import tr, tr_key


class View(QDockWidget):
    """A panel in a dock without a title bar; one that fails is replaced by the reason, the others stay."""

    failed = Signal(object, object)

    def __init__(self, cls: type[Panel], desk: Desk) -> None:
        super().__init__(tr_key(f"panel.{cls.name}", cls.title or cls.name))
        self._cls, self._desk = cls, desk
        self._fence = self._make_fence()
        self.panel: Panel | None = None
        self.setObjectName(f"view.{cls.name}")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self._title = QWidget()
        self.setTitleBarWidget(self._title)
        self.topLevelChanged.connect(self._on_top_level)
        self._stale = True
        self._broken = False

    @property
    def name(self) -> str:
        return self._cls.name

    @property
    def cls(self) -> type[Panel]:
        """What its panel is made from."""
        return self._cls

    def take(self, cls: type[Panel]) -> None:
        """Show a panel of another class in the place of the one that there is."""
        self._cls, self._broken, self._stale = cls, False, True
        self._fence = self._make_fence()
        self.setWindowTitle(tr_key(f"panel.{cls.name}", cls.title or cls.name))
        self.drop_panel()
        self.refresh()

    def switch_on(self) -> None:
        """Build the panel anew that was switched off."""
        self.take(self._cls)

    def drop_panel(self) -> None:
        """Let the panel go, with its tools, wherever they are."""
        panel, self.panel = self.panel, None
        if panel is not None:
            self.setWidget(QWidget())
            panel.hide()
            panel.tools.deleteLater()
            panel.deleteLater()

    @property
    def seen(self) -> bool:
        """Whether the view is on the screen."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def refresh(self) -> None:
        """Bring the panel up to date now if it is seen, else when it next is."""
        self._stale = True
        if not self.seen or self._broken:
            return
        try:
            fresh = self.panel is None
            panel = self._ensure()
            with self._fence.calling("refresh", limited=not fresh):
                panel.refresh()
            self._stale = False
        except (Exception, SystemExit) as error:  # a plugin's panel: it is switched off and says why
            self._break(error)

    def tell(self, method: str) -> None:
        """Call `reset`, `restyle` or `stage` of the panel, if it was ever built."""
        if self.panel is not None and not self._broken:
            try:
                with self._fence.calling(method):
                    getattr(self.panel, method)()
            except (Exception, SystemExit) as error:
                self._break(error)
            self._stale = True

    def _ensure(self) -> Panel:
        if self.panel is None:
            with self._fence.calling("build", limited=False):
                self.panel = self._cls(self._desk)
                self.panel.ensure_built()
            self.panel._fence = self._fence
            self.setWidget(self.panel)
        return self.panel

    def _make_fence(self) -> Fence:
        """A slow call may be a paint, in the middle of which no widget can go."""
        fence = Fence(self._desk.host.record_of(self._cls), lambda e: QTimer.singleShot(0, self, partial(late, e)))

        def late(error: SlowError) -> None:
            if self._fence is fence and not self._broken:
                self._break(error)

        return fence

    def _break(self, error: BaseException) -> None:
        self._broken = True
        self.drop_panel()
        self.setWidget(_reason(error, self.switch_on))
        self.failed.emit(self, error)

    def _on_top_level(self, floating: bool) -> None:
        self.setTitleBarWidget(None if floating else self._title)  # type: ignore[arg-type]

    @guard()
    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._stale:
            self.shown_stale.emit()

    shown_stale = Signal()


def failure(error: BaseException) -> str:
    """What is wrong with a view, in a sentence."""
    return str(error) if isinstance(error, SlowError) else faults.words(error)


def _reason(error: BaseException, again: Callable[[], Any]) -> QWidget:
    """What stands in the place of a panel that is switched off."""
    page = QWidget()
    label = QLabel(tr("This view failed: {error}", error=failure(error)), page)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    button = QPushButton(tr("Switch on again"), page)
    button.clicked.connect(again, Qt.ConnectionType.QueuedConnection)  # the button goes with the page
    column = QVBoxLayout(page)
    column.addStretch(1)
    column.addWidget(label)
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(1)
    return page


class Views(QMainWindow):
    """All views, tabbed at the top."""

    failed = Signal(object, object)
    current_changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self._desk = desk
        self.views: list[View] = []
        self._alone = False
        self._front: View | None = None
        options = QMainWindow.DockOption
        self.setDockOptions(options.AllowTabbedDocks | options.GroupedDragging | options.ForceTabbedDocks)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setDocumentMode(True)

    def set_panels(self, panels: Sequence[type[Panel]]) -> None:
        """Have a view of every panel, the Training view first; those that there are stay where they are."""
        order = sorted(panels, key=lambda cls: (cls.name != "training", cls.name))
        first, kept = not self.views, [view for view in self.views if view.cls in order]
        fresh = [cls for cls in order if cls not in [view.cls for view in kept]]
        for view in [view for view in self.views if view not in kept]:
            cls = next((cls for cls in fresh if cls.name == view.name), None)
            if cls is None:
                self._remove(view)
            else:
                fresh.remove(cls)
                view.take(cls)
        for cls in fresh:
            self._add(cls)
        if first:
            self.show_view("training")
        self.current_changed.emit()  # another panel has other tools

    def _add(self, cls: type[Panel]) -> None:
        view = View(cls, self._desk)
        view.failed.connect(self.failed)
        view.shown_stale.connect(self._on_shown)
        view.visibilityChanged.connect(self._on_visibility)
        self.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, view)
        if self.views:
            self.tabifyDockWidget(self.views[0], view)
        self.views.append(view)

    def _remove(self, view: View) -> None:
        self.views.remove(view)
        view.drop_panel()
        self.removeDockWidget(view)
        view.deleteLater()

    def show_view(self, name: str) -> None:
        """Bring a view to the front."""
        for view in self.views:
            if view.name == name:
                self._front = view
                view.show()
                view.raise_()
                view.refresh()
            elif self._alone and any(other.name == name for other in self.views):
                view.hide()

    def show_alone(self, on: bool) -> None:
        """Show the view in front without its tabs and tools, or all again."""
        kept = self._front if self._front in self.views else None
        front, self._alone = self.current or kept, on  # none is seen while a lesson hides them
        self._front = front
        for view in self.views:
            if view is not front:
                view.setVisible(not on)
        if front is not None:
            front.show()
            front.raise_()
        self.current_changed.emit()

    @property
    def current(self) -> View | None:
        """The view in front."""
        return next((view for view in self.views if view.seen), None)

    def refresh(self) -> None:
        """Refresh what is seen."""
        for view in self.views:
            view.refresh()

    def reset(self) -> None:
        """Other runs: views forget their ranges."""
        for view in self.views:
            view.tell("reset")
        self.refresh()

    def tell(self, method: str) -> None:
        """Call a method of every panel that was ever built."""
        for view in self.views:
            view.tell(method)

    def restyle(self) -> None:
        """Another theme or scale."""
        for view in self.views:
            view.tell("restyle")
        self.refresh()

    def _on_visibility(self, _: bool) -> None:
        QTimer.singleShot(0, self, self.current_changed.emit)  # which view is in front is known after the change

    def _on_shown(self) -> None:
        sender = self.sender()
        if isinstance(sender, View):
            sender.refresh()
        self.current_changed.emit()
