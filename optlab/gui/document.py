"""The document: the experiment that is edited, with undo and redo over its immutable spec."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakSet

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from optlab.component import Component
from optlab.engine.session import beside
from optlab.engine.spec import Experiment, Trial
from optlab.i18n import tr

BASE = -1
"""The selection that stands for all trials."""

_MERGING = 1


class _Edit(QUndoCommand):
    """One change of the experiment; typing on in one field stays one change."""

    def __init__(self, document: "Document", new: Experiment, text: str, key: str, selected: int) -> None:
        super().__init__(text)
        self._document, self._old, self._new, self._key = document, document.experiment, new, key
        self._before, self._after = document.selected, selected

    def id(self) -> int:
        return _MERGING if self._key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._key != self._key:
            return False
        self._new = other._new
        self.setObsolete(self._new == self._old)
        return True

    def renew(self, change: Callable[[Experiment], Experiment]) -> None:
        """Hold the same experiments with other classes."""
        self._old, self._new = change(self._old), change(self._new)

    def redo(self) -> None:
        self._document._show(self._new, self._after)

    def undo(self) -> None:
        self._document._show(self._old, self._before)


class Document(QObject):
    """The experiment, the trial that the form shows, and where it is saved."""

    changed = Signal()  # the experiment is another one
    selection_changed = Signal()
    opened = Signal()  # not an edit: another file

    def __init__(self, experiment: Experiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment
        self.selected = 0
        self.path: Path | None = None
        """Where the user saved it; None for a shipped experiment."""
        self.name = ""
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(500)
        self._edits: WeakSet[_Edit] = WeakSet()

    def open(self, experiment: Experiment, name: str, path: Path | None) -> None:
        """Show another experiment; its history begins anew."""
        self.undo_stack.clear()
        self.experiment, self.selected, self.name, self.path = experiment, 0, name, path
        self.opened.emit()
        self.changed.emit()

    def edit(self, new: Experiment, text: str, key: str = "", selected: int | None = None) -> None:
        """Make `new` the experiment, to be undone under `text`; equal `key`s in a row are one change."""
        if new != self.experiment:
            chosen = self.selected if selected is None else selected
            edit = _Edit(self, new, text, key, chosen)
            self._edits.add(edit)
            self.undo_stack.push(edit)

    def renew(self, change: Callable[[Experiment], Experiment]) -> None:
        """Put other classes into the experiment, and into all that undo and redo can bring back: no edit."""
        new = change(self.experiment)
        for edit in self._edits:
            edit.renew(change)
        if new is not self.experiment:
            self.experiment = new
            self.changed.emit()

    def select(self, index: int) -> None:
        """Show the trial `index`, or BASE."""
        index = min(index, len(self.experiment.trials) - 1)
        if index != self.selected:
            self.selected = index
            self.selection_changed.emit()

    def part(self, kind: str) -> Component:
        """The selected trial's component of a kind."""
        e = self.experiment
        return (e.base if self.selected == BASE else e.trials[self.selected]).part(kind)

    def set_part(self, kind: str, component: Component, text: str) -> None:
        """Change the selected trial's component, or everybody's where the base is selected."""
        e = self.experiment
        if self.selected == BASE:
            new = e.with_base(kind, component)
        else:
            new = e.with_trial(self.selected, e.trials[self.selected].with_part(kind, component))
        self.edit(new, text, key=f"{self.selected}.{kind}.{_changed_field(self.part(kind), component)}")

    def set_top(self, text: str, **values: Any) -> None:
        """Change steps, seeds, dtype …"""
        self.edit(replace(self.experiment, **values), text, key="top." + ".".join(values))

    def set_all_starts(self, point: tuple[float, ...]) -> None:
        """Let every trial start at a point of its landscape."""
        e = self.experiment
        base = e.base.with_part("problem", e.base.problem.replace(at=point))
        trials = tuple(t.with_part("problem", t.problem.replace(at=point)) for t in e.trials)
        self.edit(replace(e, base=base, trials=trials), tr("choose the start"), key="start")

    def add_trial(self, of: int | None = None) -> int:
        """Add a copy of a trial, select it, and return its number."""
        index = self.selected if of is None else of
        return self.add(replace(self.experiment.trials[max(index, 0)], label=tr("variant")))

    def add(self, trial: Trial) -> int:
        """Add a trial, under a label that is free, select it, and return its number."""
        new = beside(self.experiment, trial, trial.label)
        self.edit(new, tr("add {label}", label=new.trials[-1].label), selected=len(new.trials) - 1)
        return len(new.trials) - 1

    def rename_trial(self, index: int, label: str) -> bool:
        """Rename a trial; False where the name is empty or taken."""
        e = self.experiment
        label = label.strip()[:80]
        if not label or any(t.label == label for k, t in enumerate(e.trials) if k != index):
            return False
        self.edit(e.with_trial(index, replace(e.trials[index], label=label)), tr("rename {label}", label=label))
        return True

    def delete_trial(self, index: int) -> None:
        """Delete a trial; the last one stays."""
        e = self.experiment
        if len(e.trials) > 1:
            trials = e.trials[:index] + e.trials[index + 1 :]
            text = tr("delete {label}", label=e.trials[index].label)
            self.edit(replace(e, trials=trials), text, selected=min(self.selected, len(trials) - 1))

    def _show(self, experiment: Experiment, selected: int) -> None:
        self.experiment, self.selected = experiment, selected
        self.changed.emit()


def _changed_field(old: Component, new: Component) -> str:
    if type(old) is not type(new):
        return f"={new.name}"
    changed = {key: (getattr(old, key), getattr(new, key)) for key in new.fields()}
    return ",".join(f"{key}{_changed_parts(*pair)}" for key, pair in changed.items() if pair[0] != pair[1])


def _changed_parts(old: Any, new: Any) -> str:
    """Which of several components changed and in what, so that adding or removing one is a change of its own."""
    several = isinstance(new, tuple) and all(isinstance(part, Component) for part in (*old, *new))
    if not several:
        return ""
    if len(old) != len(new):
        return f"[{len(old)} → {len(new)}]"
    pairs = enumerate(zip(old, new, strict=True))
    return "".join(f"[{k}].{_changed_field(a, b)}" for k, (a, b) in pairs if a != b)
