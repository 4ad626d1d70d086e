"""Run, pause, step, stop: what the toolbar does to the session."""

import math
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QInputDialog

from optlab.engine.remedies import Remedy
from optlab.engine.session import BIG, Entry, forecast
from optlab.fields import FieldError, parse_number
from optlab.gui.desk import Desk
from optlab.gui.message_bar import MessageBar
from optlab.i18n import tr

LATE = 1200
"""Milliseconds after which a run that does not stop is spoken of; its process, if it has one, has been ended then."""


class RunControl(QObject):
    """Starts and stops the document's experiment at the pace that the toolbar shows."""

    changed = Signal()  # another state: what is enabled may differ

    def __init__(self, desk: Desk, messages: MessageBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self.rate = math.inf
        self.only: tuple[str, ...] = ()
        """The trials that Run starts beside the runs that there are, in a lesson; none: all, in place of them."""
        self.trouble = ""
        """Why the experiment cannot run; an empty text where it can."""

    @property
    def going(self) -> bool:
        """Whether runs go on and are not paused."""
        return self._desk.session.busy and not self.paused

    @property
    def paused(self) -> bool:
        runner = self._desk.session.runner
        return runner is not None and runner.alive and runner.paused

    def run(self) -> None:
        """Run the experiment from its start; in a lesson runs that were stepped through go on."""
        if self.only and self.paused and self._stands():
            self.pause_or_resume()
            self._desk.set_cursor(None)
        else:
            self._start(paused=False)

    def pause_or_resume(self) -> None:
        """Hold the runs, or let them go on."""
        runner = self._desk.session.runner
        if runner is not None and runner.alive:
            if runner.paused:
                runner.resume()
            else:
                runner.pause()
            self.changed.emit()

    def step(self) -> None:
        """Hold the runs and take one step; where none goes, start the experiment and stand before its first step."""
        runner = self._desk.session.runner
        if runner is None or not runner.alive:
            self._start(paused=True)
            runner = self._desk.session.runner
        if runner is not None:
            if not runner.paused:  # or steps that were asked for and are not done yet would be lost
                runner.pause()
            runner.step()
            self._desk.set_cursor(None)
            self.changed.emit()

    def stand(self) -> None:
        """Show where the runs stand before their first step."""
        self._start(paused=True)
        if self._desk.session.runner is not None:
            self._desk.session.runner.step()

    def stop(self) -> None:
        """End the runs with what they have recorded."""
        if not self._desk.session.leave():
            QTimer.singleShot(LATE, self, self._on_late)
        self.changed.emit()

    def _on_late(self) -> None:
        if self._desk.session.late(LATE / 1000):
            self._messages.show_message(tr("The run does not answer yet; it stops when its step is over."), "warning")

    def set_rate(self, rate: float) -> None:
        """Change the pace, of runs that go too."""
        self.rate = rate
        if self._desk.session.runner is not None:
            self._desk.session.runner.set_rate(rate)

    def ask_rate(self, key: str = "") -> None:
        """Ask for another learning rate of a run, the selected one by default, from its next step on."""
        chosen = next((e for e in self._desk.entries if str(e.key) == key), None)
        entry, messages = chosen or self._desk.selected, self._messages
        if entry is None or entry.run.ended:
            messages.show_message(tr("Select a run that goes to change its lr."), "info")
            return
        now = entry.batch.rate(entry.run)
        text, taken = QInputDialog.getText(
            messages.window(), tr("Learning rate"), tr("lr of {run} from now on", run=entry.name), text=f"{now:g}"
        )
        if taken:
            self.change_rate(entry, text)

    def change_rate(self, entry: Entry, text: str) -> None:
        """Change the learning rate of a run that goes; the change is recorded and marked in the plot."""
        try:
            lr = parse_number(text)
            declaration = entry.run.trial.optimizer.fields().get("lr")
            entry.batch.set_rate(entry.run, declaration.check("lr", lr) if declaration else lr)
        except ValueError as error:
            words = str(error) if isinstance(error, FieldError) else tr("lr: expected a number, got {that}", that=text)
            self._messages.show_message(words)
            return
        self._desk.runs_changed.emit()

    def set_trouble(self, words: str) -> None:
        """Hear from the form what stands in the way."""
        if words != self.trouble:
            self.trouble = words
            self.changed.emit()

    def beside(self, remedy: Remedy) -> None:
        """Start the twin of the selected run beside the runs that there are, as a new trial where there is none yet."""
        document, entry = self._desk.document, self._desk.selected
        if entry is None:
            return
        twin = remedy.of(entry.run.trial)
        alike = (k for k, t in enumerate(document.experiment.trials) if replace(t, label=twin.label) == twin)
        number = next(alike, None)
        if number is None:
            number = document.add(twin)
        try:
            self._desk.session.add(document.experiment, document.experiment.trials[number].label, self.rate)
        except FieldError as error:
            self._messages.show_message(str(error))
        self._desk.set_cursor(None)
        self._desk.runs_changed.emit()
        self.changed.emit()

    def _stands(self) -> bool:
        """Whether the open runs are those that a lesson's Run would start, from their start."""
        experiment = self._desk.document.experiment
        trials = {trial.label: trial for trial in experiment.trials if trial.label in self.only}
        wanted = {(label, seed) for label in trials for seed in experiment.seeds}
        runs = [entry.run for entry in self._desk.entries if not entry.ghost and not entry.run.ended]
        mine = [run for run in runs if (run.label, run.seed) in wanted]
        alike = all(run.trial == trials[run.label] and run.steps == experiment.steps for run in mine)
        return alike and len(mine) == len(wanted)

    def _start(self, paused: bool) -> None:
        if self.trouble:
            self._messages.show_message(self.trouble, "warning")
            return
        needed = forecast(self._desk.document.experiment)
        if needed > BIG and self._asked_for != needed:
            self._warn(needed)
            return
        self._asked_for = 0
        try:
            self._launch(paused)
        except FieldError as error:
            self._messages.show_message(str(error))
        self._desk.host.keep_warm()
        self._desk.forget()
        self._desk.set_cursor(None)
        self._desk.runs_changed.emit()
        self.changed.emit()

    def _launch(self, paused: bool) -> None:
        experiment, session = self._desk.document.experiment, self._desk.session
        if self.only:
            trials = tuple(trial for trial in experiment.trials if trial.label in self.only)
            fresh = session.again(replace(experiment, trials=trials), self.rate, paused)
            self._desk.select(fresh[0].key)
        else:
            session.start(experiment, self.rate, paused)

    _asked_for = 0

    def _warn(self, needed: int) -> None:
        every = 2 ** math.ceil(math.log2(needed / BIG))
        text = tr(
            "This run records {size} GB. Record fewer steps, or run it all the same.", size=f"{needed / 2**30:.1f}"
        )

        def run() -> None:
            self._asked_for = needed
            self._start(paused=False)

        def thin() -> None:
            document = self._desk.document
            document.edit(
                replace(document.experiment, record=document.experiment.record * every), tr("record fewer steps")
            )
            self._start(paused=False)

        actions = ((tr("Record every {n} steps", n=every), thin), (tr("Run all the same"), run))
        self._messages.show_message(text, "warning", actions=actions)
