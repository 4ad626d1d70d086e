"""The stage: in a lesson or a lecture hall form, table and bars are put away, and one view has the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolBar, QWidget

from optlab.gui.knobs import Knobs
from optlab.gui.lesson_strip import LessonStrip

if TYPE_CHECKING:
    from optlab.gui.window import Window


class Stage(QObject):
    """Follows `desk.stage`; what it puts away comes back as it was. The lesson's strip and knobs stand on it."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self.strip = LessonStrip(window.tutor, window)
        self.knobs = Knobs(window.desk.document, window)
        self.strip.run.clicked.connect(lambda: window.actions_["run"].trigger())
        self.strip.step.clicked.connect(lambda: window.actions_["step"].trigger())
        for widget in (self.strip, self.knobs):
            widget.hide()
        self._away: list[QWidget] = []
        self._lesson: object = None
        window.desk.stage_changed.connect(self._on_changed)
        window.tutor.changed.connect(self._on_tutor)

    def _on_changed(self) -> None:
        window, on = self._window, self._window.desk.stage is not None
        if on and not self._away:
            widgets: list[QWidget] = [window.left, window.bottom, window.statusBar(), *window.findChildren(QToolBar)]
            self._away = [widget for widget in widgets if widget.isVisibleTo(window)]
            for widget in self._away:
                widget.hide()
        elif not on:
            for widget in self._away:
                widget.show()
            self._away = []
        window.views.show_alone(on)
        window.views.setVisible("plots" not in window.desk.hidden)
        window.views.tell("stage")
        window.views.refresh()
        window.refresh_actions()

    def _on_tutor(self) -> None:
        lesson = self._window.tutor.lesson
        if lesson is not self._lesson:
            self._lesson = lesson
            self.knobs.set_paths(lesson.knobs if lesson is not None else ())
        self.knobs.setVisible(lesson is not None and bool(self.knobs.knobs))
