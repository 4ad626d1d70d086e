"""Where things stand: geometry and docks as they were left, and back where they were at the first start."""

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from optlab.gui.settings import Settings
from optlab.gui.views import Views

LAYOUT = 1
"""Version of the dock layout: a saved one of another version is not restored."""


class Places:
    """The docks of a window and its views."""

    def __init__(self, window: QMainWindow, left: QDockWidget, bottom: QDockWidget, views: Views) -> None:
        self._window, self._left, self._bottom, self._views = window, left, bottom, views

    def usual_sizes(self) -> None:
        """The docks in their first sizes: at the left a form's width, below some rows."""
        rows = max(120, min(170, self._window.height() // 5))
        self._window.resizeDocks([self._left], [312], Qt.Orientation.Horizontal)
        self._window.resizeDocks([self._bottom], [rows], Qt.Orientation.Vertical)

    def reset(self) -> None:
        """Put docks and views back where they were at the first start."""
        areas = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        for dock, area in zip((self._left, self._bottom), areas, strict=True):
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            dock.show()
        for view in self._views.views:
            view.setFloating(False)
            self._views.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, view)
            self._views.tabifyDockWidget(self._views.views[0], view)
        self._views.show_view("training")
        self.usual_sizes()

    def restore(self, settings: Settings) -> None:
        """Geometry and docks as they were left."""
        if settings.geometry:
            self._window.restoreGeometry(QByteArray.fromBase64(settings.geometry.encode()))
        if settings.state:
            self._window.restoreState(QByteArray.fromBase64(settings.state.encode()), LAYOUT)

    def remember(self, settings: Settings) -> None:
        """Note in the settings what comes back at the next start."""
        settings.geometry = bytes(self._window.saveGeometry().toBase64().data()).decode()
        settings.state = bytes(self._window.saveState(LAYOUT).toBase64().data()).decode()
