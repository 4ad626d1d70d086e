"""The desk: what all views share. Runs, the selected one, the cursor's step, the theme."""

import math
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from optlab.engine.checkup import can_be_seen, checkup
from optlab.engine.inside import Inside
from optlab.engine.lookout import Lookout, age
from optlab.engine.remedies import Remedy
from optlab.engine.session import Entry, Session
from optlab.engine.verdict import Verdict, judge
from optlab.gui.document import Document
from optlab.gui.plots.axis import Axis
from optlab.gui.plots.ranges import stretched
from optlab.gui.series import RunSeries
from optlab.gui.theme import DASHES, Theme
from optlab.host import Host
from optlab.i18n import tr


@dataclass(frozen=True)
class Look:
    """How a run is drawn."""

    colour: str
    dash: tuple[float, ...]
    label: str


class Desk(QObject):
    """Panels read it and ask things of it; it never holds a widget."""

    runs_changed = Signal()  # other runs, or shown otherwise
    selection_changed = Signal()  # the run of the per-layer plots
    cursor_changed = Signal()
    theme_changed = Signal()
    remedy_requested = Signal(object)
    start_requested = Signal(tuple)  # a start point that was clicked
    stage_changed = Signal()  # little and large is to be shown, or all
    export_requested = Signal(object, str)  # a plot, and "copy", "png", "svg" or "csv"

    def __init__(self, host: Host, document: Document, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.host, self.document, self.theme = host, document, theme
        self.session = Session(host.notify, host.workers.plan)
        self.lookout = Lookout(self.session.turn)
        """What looks into runs beside the window: views that measure ask it with every frame."""
        self.smoothing = 0.6
        """From 0, curves as they are, to 1."""
        self.stage: tuple[str, ...] | None = None
        """The plots that a lesson or a lecture hall is to see, all of a view where it names none; None: the lab."""
        self.hidden: tuple[str, ...] = ()
        """What is not to be seen before a prediction is made."""
        self.projected = False
        """Whether a lecture hall is to read it: one plot, and the verdict as its caption."""
        self.slide = 0
        """Which plot that is, counted from the one that comes first."""
        self.stroke = 1.0
        """How much thicker than usual lines are."""
        self.cursor: int | None = None
        """The step that is looked at; None follows the newest."""
        self._selected = 0
        self._series: dict[int, RunSeries] = {}
        self._insides: dict[int, Inside] = {}

    @property
    def entries(self) -> list[Entry]:
        """All runs of the window."""
        return self.session.entries

    @property
    def visible(self) -> list[Entry]:
        """The runs that plots show."""
        return [entry for entry in self.entries if entry.visible]

    @property
    def selected(self) -> Entry | None:
        """The run of the per-layer plots: the selected one, or the first that is visible."""
        chosen = next((e for e in self.entries if e.key == self._selected), None)
        return chosen or next(iter(self.visible), None)

    def select(self, key: int) -> None:
        """Let the per-layer plots show this run."""
        if key != self._selected:
            self._selected = key
            self.selection_changed.emit()

    def series(self, entry: Entry) -> RunSeries:
        """The run's recorded series, decimated as asked; made at first use."""
        if entry.key not in self._series:
            self._series[entry.key] = RunSeries(entry.run)
        return self._series[entry.key]

    def inside(self, entry: Entry) -> Inside:
        """What looks into the run at any of its steps; made at first use, and raises what its plugin raises."""
        if entry.key not in self._insides:
            self._insides[entry.key] = Inside(entry.run, entry.batch)
        return self._insides[entry.key]

    def forget(self) -> None:
        """Drop the series of runs that are gone."""
        keys = {entry.key for entry in self.entries}
        self.lookout.forget(keys)
        self._insides = {key: inside for key, inside in self._insides.items() if key in keys}
        self._series = {key: series for key, series in self._series.items() if key in keys}

    def look(self, entry: Entry) -> Look:
        """Colour and dash of a run, and its name with its learning rate."""
        colours = self.theme.runs
        lr = entry.batch.rate(entry.run)
        label = entry.name if math.isnan(lr) else f"{entry.name} · lr {lr:g}"
        if entry.ghost:
            return Look(self.theme.muted, DASHES[-1], tr("{run}, before", run=label))
        return Look(colours[entry.colour % len(colours)], DASHES[entry.colour % len(DASHES)], label)

    def colour_of(self, label: str, place: int) -> str:
        """The colour of a trial: that of its runs, or the one that they are going to have."""
        runs = self.theme.runs
        return runs[self.number_of(label, place) % len(runs)]

    def number_of(self, label: str, place: int) -> int:
        """The number of a trial's colour and dash: that of its runs, or the one that they are going to have."""
        found = (entry.colour for entry in self.entries if entry.run.label == label and not entry.pinned)
        return next(found, place)

    def set_cursor(self, step: int | None) -> None:
        """Look at a step; None follows the newest."""
        if step != self.cursor:
            self.cursor = step
            self.cursor_changed.emit()

    def row(self, entry: Entry) -> int:
        """The recorded row of a run at the cursor; −1 before its first."""
        if self.cursor is None:
            return entry.run.count - 1
        return min(self.series(entry).row_at(self.cursor), entry.run.count - 1)

    @property
    def going(self) -> bool:
        """Whether runs go on by themselves: frames come, and there is no time to look closely."""
        runner = self.session.runner
        return runner is not None and runner.alive and not runner.paused

    @property
    def newest(self) -> int:
        """The last step that any run has recorded."""
        return max((entry.run.step for entry in self.entries), default=0)

    @property
    def horizon(self) -> int:
        """The step at which the longest run ends; what is recorded, where runs have no end."""
        return max((entry.run.steps or entry.run.step for entry in self.entries), default=0)

    @property
    def reach(self) -> float:
        """The step to which plots reach; of runs without an end it grows in round numbers, so that axes stand still."""
        ends = [float(e.run.steps) or stretched(0, e.run.step, Axis("", steps=True))[1] for e in self.entries]
        return max(ends, default=1.0)

    def verdict(self, entry: Entry) -> Verdict:
        """What a run's norms and hidden layers say at the cursor; the layers are looked at beside the window."""
        step, beside = self.cursor, None
        if entry.run.count and can_be_seen(entry.run.trial.problem):
            beside = self.lookout.ask(entry, "checkup", (age(entry), step), partial(checkup, step))
        return judge(entry.run, None if step is None else self.row(entry), beside)

    def set_theme(self, theme: Theme, stroke: float = 1.0) -> None:
        """Draw in another theme, with lines so much thicker than usual."""
        self.theme, self.stroke = theme, stroke
        self.theme_changed.emit()

    def set_stage(self, stage: tuple[str, ...] | None, hidden: tuple[str, ...] = ()) -> None:
        """Show little and large, or the whole lab again."""
        if (stage, hidden) != (self.stage, self.hidden):
            self.stage, self.hidden = stage, hidden
            self.stage_changed.emit()

    def set_projected(self, on: bool) -> None:
        """Show one plot to a lecture hall, or what there was before."""
        if on != self.projected:
            self.projected, self.slide = on, 0
            self.stage_changed.emit()

    def turn_slide(self) -> None:
        """Show the lecture hall another plot."""
        self.slide += 1
        self.stage_changed.emit()

    @property
    def staged(self) -> bool:
        """Whether little is shown, and large."""
        return self.projected or self.stage is not None

    def cured(self, entry: Entry, remedy: Remedy) -> Entry | None:
        """A run that is `entry` but for the remedy, if there is one."""
        twin = remedy.of(entry.run.trial)
        return next((e for e in self.visible if replace(e.run.trial, label=twin.label) == twin), None)

    def ask_remedy(self, remedy: Remedy | Entry) -> None:
        """Start a remedy beside the runs that there are, or look at the run that is one."""
        if isinstance(remedy, Entry):
            self.select(remedy.key)
        else:
            self.remedy_requested.emit(remedy)
