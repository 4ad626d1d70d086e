"""The tutor: leads through the lesson of the document, step by step: predict, run, explain."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from optlab.atomic import ExportError
from optlab.engine.experiment_file import changed
from optlab.engine.lesson import Lesson, LessonStep
from optlab.gui.notes import Notes
from optlab.i18n import tr
from optlab.store import predictions

if TYPE_CHECKING:
    from optlab.gui.window import Window

PREDICT, RUN, WAIT, EXPLAIN = "predict", "run", "wait", "explain"
"""An answer is open; nothing goes yet, or is held; runs go; the runs have ended."""


class Tutor(QObject):
    """Knows the lesson, its step and phase; the strip shows it, and Run starts the trials of the step."""

    changed = Signal()

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self.lesson: Lesson | None = None
        """The lesson that is led through; None in the full lab."""
        self.place = 0
        self.answer = ""
        """What was predicted in this step."""
        self._ran: set[str] = set()
        self._own: set[str] = set()
        """Labels of the lesson's trials; others were tried beside them."""
        self._before: set[int] = set()
        """Keys of the runs that earlier steps have left."""
        self.notes = Notes(self, window)
        window.player.settled.connect(self.refresh)
        window.control.changed.connect(self.refresh)

    @property
    def step(self) -> LessonStep:
        """The step that is open."""
        assert self.lesson is not None
        return self.lesson.steps[self.place]

    @property
    def trials(self) -> tuple[str, ...]:
        """The labels of the trials that this step runs."""
        labels = [trial.label for trial in self._window.desk.document.experiment.trials]
        fresh = tuple(label for label in labels if label in self._own and label not in self._ran)
        return self.step.trials or fresh or tuple(labels)

    @property
    def phase(self) -> str:
        """Where the step stands."""
        if self.step.answers and not self.answer:
            return PREDICT
        fresh = [e.run for e in self._window.desk.entries if not e.ghost and e.key not in self._before]
        mine = [run for run in fresh if run.label in self.trials]
        if mine and all(run.ended and run.count > 1 for run in mine):
            return EXPLAIN
        return WAIT if mine and self._window.control.going else RUN

    @property
    def told(self) -> bool:
        """Whether the runs of the step have ended, and what they mean is told."""
        return self.lesson is not None and self.phase == EXPLAIN

    @property
    def last(self) -> bool:
        """Whether this is the last step."""
        return self.lesson is not None and self.place == len(self.lesson.steps) - 1

    def begin(self) -> None:
        """Begin the document's lesson, with what its first step runs before its first step."""
        experiment = self._window.desk.document.experiment
        self.lesson, self._ran, self._own = experiment.lesson, set(), {trial.label for trial in experiment.trials}
        if self.lesson is not None:
            self._open(0)

    def begin_again(self) -> None:
        """Open the document's experiment anew as the lesson that it is: earlier steps may have changed it."""
        self._window.settings.lessons = True
        self._window.files.open_lesson(self._window.desk.document.name)

    def leave(self) -> None:
        """Open the whole lab; runs go on, and experiments open as they are from now on."""
        self.end()
        self._window.settings.lessons = False

    def end(self) -> None:
        """No lesson any more."""
        if self.lesson is not None:
            self.notes.close()
            self.lesson, self._window.control.only = None, ()
            self._window.desk.set_stage(None)
            self.refresh()

    def predict(self, answer: str, keep: bool = True) -> None:
        """Take a prediction, and keep it on this machine."""
        self.answer = answer
        try:
            if keep:
                predictions.keep(self._window.desk.document.name, self.place, answer)
        except (ExportError, OSError) as error:
            self._window.say(str(error), "warning")
        self._show()

    def go_on(self) -> None:
        """The next step; after the last one all lessons, with the one that follows in front."""
        assert self.lesson is not None
        self.notes.close()
        if self.last:
            self._window.helpdesk.show_lessons(self.lesson.next)
        else:
            self._ran |= set(self.trials)
            self._open(self.place + 1)

    def choose(self) -> None:
        """Let the user choose among all lessons."""
        self._window.helpdesk.show_lessons()

    def refresh(self) -> None:
        """Say that the phase may be another."""
        self.changed.emit()

    def _open(self, place: int) -> None:
        window, self.place, self.answer = self._window, place, ""
        self._before = {entry.key for entry in window.desk.entries}
        document = window.desk.document
        if self.step.set:
            catalogue, clean = window.desk.host.catalogue, document.undo_stack.isClean()
            document.edit(changed(document.experiment, self.step.set, catalogue), tr("step of a lesson"))
            if clean:  # nothing of the user's that could be lost, and nothing to be saved into the lesson
                document.undo_stack.setClean()
        window.control.only = self.trials
        labels = [trial.label for trial in document.experiment.trials]
        document.select(labels.index(self.trials[0]))
        if place == 0:
            window.control.stand()
        self._show()

    def _show(self) -> None:
        assert self.lesson is not None
        hidden = self.lesson.hidden if self.phase == PREDICT and self.place == 0 else ()
        self._window.desk.set_stage(self.lesson.plots, hidden)
        self.refresh()
