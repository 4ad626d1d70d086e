"""Notes: what each step of a lesson has shown when its runs had ended, for the report."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from optlab.atomic import write_atomic
from optlab.engine.experiment_file import dump_experiment
from optlab.engine.session import Entry
from optlab.engine.spec import Trial
from optlab.engine.verdict import NONE, Verdict
from optlab.gui.panel import Panel
from optlab.gui.picture import png_bytes, view_picture
from optlab.gui.report import Noted, Report, RunNote, field_said, kind_titles, report_html, said
from optlab.gui.theme import load_theme
from optlab.i18n import tr
from optlab.store import predictions
from optlab.store.names import slug

if TYPE_CHECKING:
    from optlab.gui.tutor import Tutor
    from optlab.gui.window import Window

REST = 300
"""Milliseconds without news after which the picture of a step is taken."""

WIDTH, LOWEST, HIGHEST, DPI = 1440, 600, 1080, 150.0
"""Of the picture: pixels, and dots per inch."""


class Notes(QObject):
    """Takes a picture, once, when the runs of a step have ended and what is measured of them is there."""

    def __init__(self, tutor: "Tutor", window: "Window") -> None:
        super().__init__(tutor)
        self._tutor, self._window = tutor, window
        self._pictures: dict[int, QImage] = {}
        self._runs: dict[int, tuple[RunNote, ...]] = {}
        self._seen: tuple[object, ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=REST)
        self._timer.timeout.connect(self._on_rest)
        document = window.desk.document
        self._opened = document.experiment
        document.opened.connect(self._on_opened)
        tutor.changed.connect(self._on_tutor)

    def close(self) -> None:
        """Note the step that is open, before it is left, where its runs have ended and are not noted yet."""
        if self._fresh:
            self._take()

    @property
    def noted(self) -> dict[int, Noted]:
        """The steps as they ended; their pictures are packed now, and not while the user goes on."""
        e, spec = self._opened, self._toml()
        packed = {place: png_bytes(image, tr(e.title), spec) for place, image in self._pictures.items()}
        return {place: Noted(packed.get(place, b""), runs) for place, runs in self._runs.items()}

    def report(self, predicted: Mapping[int, str]) -> str:
        """The report as HTML, with these predictions."""
        self.close()
        name = Path(self._window.desk.document.name).stem  # never a path: it names people
        return report_html(Report(name, self._opened, self._toml(), self.noted, predicted))

    def _toml(self) -> str:
        return dump_experiment(self._opened, self._window.desk.host.catalogue)

    def export(self) -> None:
        """Save the report, with what was predicted, in a file that the user chooses."""
        files, name = self._window.files, self._window.desk.document.name
        title = slug(Path(name).stem)
        path = files.ask(tr("Save the report of the lesson"), f"{title}.html", tr("Web pages (*.html)"))
        if path is not None:
            predicted = {int(step): answer for step, answer in predictions.load().get(name, {}).items()}
            files.guarded(path, lambda: write_atomic(path, self.report(predicted).encode()))

    # while the lesson goes

    @property
    def _state(self) -> tuple[object, ...]:
        """The open step and its runs, where they have ended; nothing before."""
        tutor = self._tutor
        if tutor.lesson is None or not tutor.told:
            return ()
        return (tutor.place, *(entry.key for entry in self._entries))

    @property
    def _fresh(self) -> bool:
        """Whether runs have ended that are not noted."""
        return self._state not in ((), self._seen)

    @property
    def _entries(self) -> list[Entry]:
        """What the plots show of the trials of this step, as they ran before too."""
        return [entry for entry in self._window.desk.visible if entry.run.label in self._tutor.trials]

    def _on_opened(self) -> None:
        self._timer.stop()
        self._pictures, self._runs, self._seen = {}, {}, ()
        self._opened = self._window.desk.document.experiment

    def _on_tutor(self) -> None:
        if self._fresh and not self._timer.isActive():
            for entry in self._entries:
                self._window.desk.verdict(entry)  # what it wants to know of hidden layers is measured meanwhile
            self._timer.start()

    def _on_rest(self) -> None:
        if not self._fresh:
            return
        view = self._window.views.current
        if self._window.desk.lookout.busy or (view is not None and view.panel is not None and view.panel.busy):
            self._timer.start()
        else:
            self._take()

    def _take(self) -> None:
        self._seen, place = self._state, self._tutor.place
        self._runs[place] = tuple(self._run(entry) for entry in self._entries)
        self._pictures.pop(place, None)
        view = self._window.views.current
        if view is not None and view.panel is not None:
            self._take_picture(place, view.panel)

    def _take_picture(self, place: int, panel: Panel) -> None:
        """The plots of the view in front, in the light theme; none where they cannot be drawn."""
        height = min(max(WIDTH * panel.height() // max(panel.width(), 1), LOWEST), HIGHEST)
        with suppress(Exception, SystemExit):  # of a plugin's plot
            self._pictures[place] = view_picture(panel, "", WIDTH, height, DPI, load_theme("light"))

    def _run(self, entry: Entry) -> RunNote:
        desk, run, runs = self._window.desk, entry.run, load_theme("light").runs
        verdict = NONE if entry.ghost else desk.verdict(entry)  # of what ran before a step before has told
        if not (verdict.head or entry.ghost or run.status == "done"):
            verdict = Verdict("none", "neutral", f"{entry.name}:", run.message)
        before = next((trial for trial in self._opened.trials if trial.label == run.label), self._opened.base)
        colour = load_theme("light").muted if entry.ghost else runs[entry.colour % len(runs)]
        loss = run.at(run.count - 1, "loss")
        return RunNote(desk.look(entry).label, colour, _changes(run.trial, before), run.status, run.step, loss, verdict)


def _changes(trial: Trial, before: Trial) -> str:
    """The fields of a trial that are others than `before`."""
    found = []
    for kind, title in kind_titles().items():
        part, old = trial.part(kind), before.part(kind)
        if type(part) is not type(old):
            found.append(f"{title}: {said(part)}")
        else:
            found += [field_said(part, key) for key in part.fields() if getattr(part, key) != getattr(old, key)]
    return "; ".join(found)
