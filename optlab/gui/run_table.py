"""The runs table's wishes: what its menu and cells ask for, done on the session and the document."""

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QApplication

from optlab.engine.experiment_file import dump_experiment
from optlab.engine.session import Entry
from optlab.gui.desk import Desk
from optlab.gui.player import Player
from optlab.gui.run_list import RunList
from optlab.gui.run_rows import ratio_title, row_of
from optlab.i18n import tr


class _Delete(QUndoCommand):
    """Takes runs off the list; undo brings them back with their data."""

    def __init__(self, desk: Desk, keys: set[int]) -> None:
        super().__init__(tr("delete {n} runs", n=len(keys)))
        self._desk, self._keys = desk, keys
        self._gone: list[tuple[int, Entry]] = []

    def redo(self) -> None:
        self._gone = self._desk.session.remove(self._keys)
        self._desk.runs_changed.emit()

    def undo(self) -> None:
        self._desk.session.restore(self._gone)
        self._desk.runs_changed.emit()


class RunTable(QObject):
    """Connects the table to the desk."""

    def __init__(self, desk: Desk, table: RunList, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._table = desk, table
        self.player: Player | None = None
        table.visible_toggled.connect(self._on_visible)
        table.only_requested.connect(self._on_only)
        table.all_requested.connect(self._on_all)
        table.renamed.connect(self._on_renamed)
        table.recolour_requested.connect(self._on_recolour)
        table.duplicate_requested.connect(self._on_duplicate)
        table.delete_requested.connect(self._on_delete)
        table.copy_spec_requested.connect(self._on_copy_spec)
        table.pin_toggled.connect(self._on_pin)
        table.current_changed.connect(self._on_current)

    def refresh(self) -> None:
        """Bring the rows up to date."""
        rate = self.player.rate if self.player else 0.0
        self._table.set_ratio_title(ratio_title(self._desk))
        self._table.set_rows([row_of(self._desk, entry, rate) for entry in self._desk.entries])

    def selected(self) -> list[Entry]:
        """The selected runs, or all of them where none is."""
        keys = set(self._table.selected_keys())
        return [e for e in self._desk.entries if str(e.key) in keys] or self._desk.entries

    def delete_selected(self) -> None:
        """Delete the selected runs, to be undone."""
        self._on_delete(self._table.selected_keys())

    def _entry(self, key: str) -> Entry | None:
        return next((entry for entry in self._desk.entries if str(entry.key) == key), None)

    def _show(self) -> None:
        self._desk.runs_changed.emit()

    def _on_visible(self, keys: list[str], visible: bool) -> None:
        for entry in self._desk.entries:
            if str(entry.key) in keys:
                entry.visible = visible
        self._show()

    def _on_only(self, key: str) -> None:
        for entry in self._desk.entries:
            entry.visible = str(entry.key) == key
        self._show()

    def _on_all(self) -> None:
        for entry in self._desk.entries:
            entry.visible = True
        self._show()

    def _on_renamed(self, key: str, name: str) -> None:
        entry = self._entry(key)
        if entry is not None and name.strip():
            entry.name = name.strip()[:80]
            self._show()

    def _on_recolour(self, key: str) -> None:
        """The next colour that no other trial has."""
        entry = self._entry(key)
        if entry is None:
            return
        trial = [e for e in self._desk.entries if e.run.label == entry.run.label and e.colour == entry.colour]
        taken = {e.colour for e in self._desk.entries if e not in trial}
        colour = next(k for k in range(entry.colour + 1, entry.colour + 1000) if k not in taken)
        for each in trial:
            each.colour = colour
        self._show()

    def recolour_trial(self, index: int) -> None:
        """The next free colour for the runs of a trial of the document."""
        label = self._desk.document.experiment.trials[index].label
        entry = next((e for e in self._desk.entries if e.run.label == label), None)
        if entry is not None:
            self._on_recolour(str(entry.key))

    def _on_duplicate(self, key: str) -> None:
        entry, document = self._entry(key), self._desk.document
        labels = [t.label for t in document.experiment.trials]
        if entry is not None:
            document.add_trial(of=labels.index(entry.run.label) if entry.run.label in labels else None)

    def _on_delete(self, keys: list[str]) -> None:
        known = {entry.key for entry in self._desk.entries if str(entry.key) in keys}
        if known:
            self._desk.document.undo_stack.push(_Delete(self._desk, known))

    def _on_copy_spec(self, keys: list[str]) -> None:
        """The experiment with the trials of these runs, as the text of a file."""
        e = self._desk.document.experiment
        trials = tuple({entry.run.label: entry.run.trial for entry in self.selected()}.values())
        text = dump_experiment(replace(e, trials=trials), self._desk.host.catalogue)
        QApplication.clipboard().setText(text)

    def _on_pin(self, keys: list[str], pinned: bool) -> None:
        for entry in self._desk.entries:
            if str(entry.key) in keys:
                entry.pinned = pinned
        self.refresh()

    def _on_current(self, key: str) -> None:
        if key:
            self._desk.select(int(key))
