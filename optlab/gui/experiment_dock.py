"""The experiment dock: chips of the trials, and a folding section with a form for each part."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from optlab.component import Component
from optlab.engine import faults
from optlab.engine.catalogue import KINDS, Catalogue
from optlab.engine.experiment_file import UNNAMED
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.rates import known_values
from optlab.engine.session import check
from optlab.engine.update import misfits
from optlab.fields import FieldError
from optlab.gui.chips import Chips
from optlab.gui.document import BASE, Document
from optlab.gui.form import ComponentForm, titles
from optlab.gui.numerals import compact
from optlab.gui.picker import Picker
from optlab.gui.preset_row import PresetRow
from optlab.gui.run_settings import RunSettings
from optlab.gui.schedule_preview import SchedulePreview
from optlab.gui.section import Section
from optlab.gui.words import label_at
from optlab.i18n import tr
from optlab.layout import Array
from optlab.schedule import ReactiveSchedule

PREVIEW = 200_000
"""Steps of a schedule that its preview computes one by one; of a longer run it takes as many, evenly spread."""


ROOMY = 950
"""Height of a window, in pixels, from which every section is open at first."""


class ExperimentDock(QWidget):
    """Shows the document's selected trial and turns edits into new experiments."""

    trouble = Signal(str)  # why the experiment cannot run, or ""
    colour_requested = Signal(int)

    def __init__(
        self, document: Document, catalogue: Catalogue, colour_of: Callable[[str, int], str],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._document, self._catalogue, self._colour_of = document, catalogue, colour_of
        self._errors: dict[str, str] = {}
        self._shown = -2
        self._make_children()
        self._lay_out()
        self._connect()
        self.relist()

    def _make_children(self) -> None:
        self.chips = Chips(self)
        self._about = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._about.setProperty("role", "muted")
        self._about_section = Section(tr("What to watch"))
        self._about_section.set_body(self._about)
        self.pickers: dict[str, Picker] = {}
        self.forms: dict[str, ComponentForm] = {}
        self.sections: dict[str, Section] = {}
        names = {"problem": tr("Problem"), "optimizer": tr("Optimizer"), "schedule": tr("Schedule"),
                 "gradient": tr("Gradient"), "update": tr("Update"), "run": tr("Run")}  # fmt: skip
        for kind, name in names.items():
            picker = None
            if kind in KINDS and kind not in UNNAMED:
                picker = self.pickers[kind] = Picker(name)
            self.forms[kind] = ComponentForm(self._choices)
            self.sections[kind] = Section(name, picker)
        self.presets = {kind: PresetRow() for kind in self.pickers}
        self.preview = SchedulePreview()
        self._notice = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._notice.setProperty("role", "muted")
        for kind, section in self.sections.items():
            preset = [self.presets[kind]] if kind in self.presets else []
            below = [self.preview, self._notice] if kind == "schedule" else []
            section.set_body(_body(*preset, self.forms[kind], *below))

    def _choices(self, base: type[Component]) -> Sequence[type[Component]]:
        kind = next((kind for kind, bases in KINDS.items() if issubclass(base, bases)), None)
        return self._catalogue.classes(kind) if kind else [base]

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("experiment")
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 6, 14, 14)
        column.setSpacing(10)
        column.addWidget(self.chips)
        column.addWidget(self._about_section)
        for section in self.sections.values():
            column.addWidget(section)
        column.addStretch(1)
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _connect(self) -> None:
        document, chips = self._document, self.chips
        document.changed.connect(self.refresh)
        document.selection_changed.connect(self.refresh)
        document.opened.connect(self._on_opened)
        chips.selected.connect(document.select)
        chips.add_requested.connect(self._on_add)
        chips.duplicate_requested.connect(self._on_duplicate)
        chips.rename_requested.connect(self._on_rename)
        chips.delete_requested.connect(document.delete_trial)
        chips.colour_requested.connect(self.colour_requested)
        for kind, form in self.forms.items():
            form.setProperty("kind", kind)
            form.changed.connect(self._on_changed)
            form.invalid.connect(self._on_invalid)
        for kind, picker in self.pickers.items():
            picker.setProperty("kind", kind)
            picker.picked.connect(self._on_picked)
        for kind, preset in self.presets.items():
            preset.setProperty("kind", kind)
            preset.picked.connect(self._on_preset)

    def commit(self) -> None:
        """Take what is being typed as entered: before a run."""
        for form in self.forms.values():
            form.commit()

    def fold_for(self, height: int) -> None:
        """Fold the sections that are rarely changed where the dock is low."""
        for section in (self._about_section, self.sections["gradient"], self.sections["run"]):
            section.set_open(height >= ROOMY)
        self.sections["update"].set_open(False)

    def relist(self) -> None:
        """Fill the pickers: the catalogue has grown."""
        for kind, picker in self.pickers.items():
            picker.set_items(titles(self._catalogue.classes(kind)))
        for form in self.forms.values():
            form.relist()
        self.refresh()

    def choose(self, kind: str, name: str) -> None:
        """Give the trial that is shown another component, with its defaults."""
        cls = self._catalogue.find(kind, name, kind)
        if type(self._document.part(kind)) is not cls:
            built = self._catalogue.build(kind, {"name": name}, kind)
            self._document.set_part(kind, built, tr("choose {name}", name=name))

    def refresh(self) -> None:
        """Show the document as it is now."""
        document = self._document
        e = document.experiment
        self.show_chips()
        self._about.setText(tr(e.about))
        self._about_section.setVisible(bool(e.about))
        fresh = document.selected != self._shown
        self._shown = document.selected
        for kind in KINDS:
            part = document.part(kind)
            base = None if document.selected == BASE else e.base.part(kind)
            if kind in self.pickers:
                self.pickers[kind].set_current(part.name)
                self.presets[kind].show_component(part)
            self.forms[kind].show_component(part, base, fresh=fresh)
            self.forms[kind].setVisible(bool(part.fields()))
        self.forms["run"].show_component(RunSettings.of(e), fresh=fresh)
        self._mark_layers()
        self._preview()
        self._report()

    def _mark_layers(self) -> None:
        """Mark the rules by layer that fit none of the problem."""
        problem: Any = self._document.part("problem")
        update: Any = self._document.part("update")
        try:
            found = misfits(update, problem.layout()) if update.layers else {}
        except faults.RAISED:  # a plugin's own code: its run will say what is wrong
            found = {}
        table: Any = self.forms["update"].row("layers")
        table.mark("match", found)

    def show_chips(self) -> None:
        """Show the trials in the colours of their runs."""
        document = self._document
        trials = [(t.label, self._colour_of(t.label, k)) for k, t in enumerate(document.experiment.trials)]
        self.chips.set_trials(trials, document.selected, base=len(trials) > 1)

    def _preview(self) -> None:
        e = self._document.experiment
        words: list[str] = []
        trial = e.base if self._document.selected == BASE else e.trials[self._document.selected]
        steps, schedule = e.steps or 1000, trial.schedule
        t = np.unique(np.linspace(0, steps - 1, min(steps, PREVIEW)).round().astype(np.int64))
        try:
            epoch = steps_per_epoch(trial.problem)
            reacts = bool(schedule.reacting(steps, epoch))
            if isinstance(schedule, ReactiveSchedule):
                self.preview.show_reactive()
            else:
                known = known_values(trial, t, steps)
                moved = {name: np.interp(np.arange(steps), t, values) for name, values in known.items()}
                self.preview.show_curve(moved.pop("lr"), epoch, list(moved.values()))
                words = [tr("times what the loss makes of it while it runs")] if reacts else []
                words += [_extent(label_at(trial, name), v) for name, v in moved.items()]
            words.append(schedule.notice(e.steps, epoch))
        except faults.RAISED as error:  # a plugin's schedule: the run would fail with the same words
            self.preview.show_text(f"{type(error).__name__}: {error}")
        self._notice.setText("\n".join(filter(None, words)))
        self._notice.setVisible(any(words))

    def _report(self) -> None:
        words = next((error for error in self._errors.values() if error), "")
        if not words:
            try:
                check(self._document.experiment)
            except FieldError as error:
                words = str(error)
        self.trouble.emit(words)

    def _on_opened(self) -> None:
        self._shown = -2
        self._errors.clear()

    def _on_changed(self, component: Any) -> None:
        kind = self.sender().property("kind")
        if kind == "run":
            self._document.set_top(tr("change of the run"), **component.top())
        else:
            self._document.set_part(kind, component, tr("change of {name}", name=component.name))

    def _on_picked(self, name: str) -> None:
        self.choose(self.sender().property("kind"), name)

    def _on_preset(self, name: str) -> None:
        kind = self.sender().property("kind")
        part = self._document.part(kind)
        self._document.set_part(kind, part.replace(**type(part).presets[name]), tr("preset {name}", name=name))

    def _on_invalid(self, words: str) -> None:
        self._errors[self.sender().property("kind")] = words
        self._report()

    def _on_add(self) -> None:
        self._document.add_trial()

    def _on_duplicate(self, index: int) -> None:
        self._document.add_trial(of=index)

    def _on_rename(self, index: int, label: str) -> None:
        self._document.rename_trial(index, label)


def _extent(name: str, values: Array) -> str:
    low, high = (compact(float(f"{value:.3g}")) for value in (values.min(), values.max()))
    return f"- - {name}: {low} … {high}"


def _body(*widgets: QWidget) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(5)
    for widget in widgets:
        column.addWidget(widget)
    return body
