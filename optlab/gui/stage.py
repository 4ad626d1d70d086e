"""The stage: in a lesson or a lecture hall form, table and bars are put away, and one view has the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolBar, QWidget

from optlab.gui.caption import Caption
from optlab.gui.knobs import Knobs
from optlab.gui.lesson_strip import LessonStrip

if TYPE_CHECKING:
    from optlab.gui.window import Window


class Stage(QObject):
    """Follows `desk.stage`; what it puts away comes back as it was. Strip, knobs and caption stand on it."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self.strip = LessonStrip(window.tutor, window)
        self.knobs = Knobs(window.desk.document, window)
        self.caption = Caption(window.desk, window)
        for place in (self.strip, self.caption):
            place.run.clicked.connect(lambda: window.actions_["run"].trigger())
            place.step.clicked.connect(lambda: window.actions_["step"].trigger())
        self.strip.leave.clicked.connect(self.leave)
        for widget in (self.strip, self.knobs, self.caption):
            widget.hide()
        self._away: list[QWidget] = []
        self._lesson: object = None
        window.desk.stage_changed.connect(self._on_changed)
        window.tutor.changed.connect(self._on_tutor)
        window.player.frame.connect(self.caption.refresh)
        window.player.settled.connect(self.caption.refresh)

    def project(self, on: bool) -> None:
        """Show one plot to a lecture hall, or what there was before."""
        window = self._window
        if on:
            window.desk.set_projected(True)
        window.dresser.project(on)
        window.desk.set_projected(on)  # bars that come back have their own size of text by then

    def leave(self) -> None:
        """Leave the lecture hall, and then the lesson."""
        if self._window.desk.projected:
            self.project(False)
        else:
            self._window.tutor.leave()

    def clear(self) -> None:
        """Put everything back: the window closes."""
        if self._window.desk.projected:
            self.project(False)
        self._window.tutor.end()

    def _on_changed(self) -> None:
        window, on = self._window, self._window.desk.staged
        self._put_away(self._bars() if on else [])
        hall = window.desk.projected
        self.strip.set_projected(hall)
        self.caption.setVisible(hall)
        window.views.show_alone(on)
        window.views.setVisible("plots" not in window.desk.hidden)
        window.views.tell("stage")
        window.views.refresh()
        self.caption.refresh()
        window.refresh_actions()

    def _bars(self) -> list[QWidget]:
        """What only the whole lab shows; in a lecture hall menus are left to their keys."""
        window = self._window
        bars = [window.left, window.bottom, window.statusBar(), *window.findChildren(QToolBar)]
        return [*bars, window.menuBar()] if window.desk.projected else bars

    def _put_away(self, widgets: list[QWidget]) -> None:
        for widget in self._away:
            if widget not in widgets:
                widget.show()
        kept = [widget for widget in self._away if widget in widgets]
        fresh = [widget for widget in widgets if widget not in kept and widget.isVisibleTo(self._window)]
        for widget in fresh:
            widget.hide()
        self._away = [*kept, *fresh]

    def _on_tutor(self) -> None:
        lesson = self._window.tutor.lesson
        if lesson is not self._lesson:
            self._lesson = lesson
            self.knobs.set_paths(lesson.knobs if lesson is not None else ())
        self.knobs.setVisible(lesson is not None and bool(self.knobs.knobs))
        for button in (self.caption.run, self.caption.step):
            button.setVisible(lesson is None)  # a lesson has its own
