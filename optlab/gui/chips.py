"""Chips: the trials of an experiment in a row, and the button that adds one."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from optlab.gui.chip import BASE, Chip
from optlab.gui.flow import Flow
from optlab.gui.icons import icon
from optlab.gui.theme import current_theme, restyle
from optlab.i18n import tr

__all__ = ["BASE", "Chip", "Chips"]


class Chips(QWidget):
    """All trials, and the button that adds a variant."""

    selected = Signal(int)  # a trial, or BASE
    add_requested = Signal()
    rename_requested = Signal(int, str)
    duplicate_requested = Signal(int)
    delete_requested = Signal(int)
    colour_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[Chip] = []
        self._shown: tuple[tuple[tuple[str, str], ...], bool] | None = None
        self._flow = Flow(self)
        self._add = QPushButton(tr("+ variant"))
        restyle(self._add, role="quiet")
        self._add.setToolTip(tr("Copy this trial with the next change"))
        self._add.setAccessibleName(tr("Add a variant of this trial"))
        self._add.clicked.connect(self.add_requested)
        self._flow.addWidget(self._add)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_trials(self, trials: Sequence[tuple[str, str]], current: int, *, base: bool = False) -> None:
        """Show a chip per (label, colour), the one at `current` selected; `base` puts one for all of them in front."""
        shown = (tuple(trials), base)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(trials, base)
        self.set_current(current)

    def set_current(self, current: int) -> None:
        """Mark the chip of the trial `current`, without a signal."""
        for chip in self._chips:
            if chip.index == current:
                chip.setChecked(True)

    def chip(self, index: int) -> Chip:
        """The chip of the trial `index`."""
        return next(chip for chip in self._chips if chip.index == index)

    def _rebuild(self, trials: Sequence[tuple[str, str]], base: bool) -> None:
        focused = next((chip.index for chip in self._chips if chip.hasFocus()), None)
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        made = [Chip(i, label, colour, self) for i, (label, colour) in enumerate(trials)]
        self._chips = [Chip(BASE, tr("All"), "", self), *made] if base else made
        for chip in self._chips:
            self._connect(chip)
        for chip in self._chips:
            self._flow.addWidget(chip)
            chip.show()
        self._flow.move_last(self._add)
        self.updateGeometry()
        for chip in self._chips:
            if chip.index == focused:
                chip.setFocus()

    def _connect(self, chip: Chip) -> None:
        chip.chosen.connect(self.selected)
        chip.renamed.connect(self.rename_requested)
        chip.asked.connect(self._on_asked)
        chip.moved.connect(self._on_moved)

    def _on_moved(self, index: int, by: int) -> None:
        at = next(i for i, chip in enumerate(self._chips) if chip.index == index) + by
        if 0 <= at < len(self._chips):
            self._chips[at].setFocus()
            self._chips[at].click()

    def _on_asked(self, index: int, at: QPoint) -> None:
        chip = self.chip(index)
        menu, theme = QMenu(self), current_theme()
        rename = menu.addAction(icon("rename", theme, "muted"), tr("Rename"))
        recolour = menu.addAction(icon("colour", theme, "muted"), tr("Colour …"))
        duplicate = menu.addAction(icon("duplicate", theme, "muted"), tr("Duplicate"))
        menu.addSeparator()
        delete = menu.addAction(icon("trash", theme, "muted"), tr("Delete"))
        delete.setEnabled(sum(chip.index != BASE for chip in self._chips) > 1)
        taken = menu.exec(at)
        menu.deleteLater()
        if taken is rename:
            chip.rename()
        for action, signal in (
            (recolour, self.colour_requested),
            (duplicate, self.duplicate_requested),
            (delete, self.delete_requested),
        ):
            if taken is action:
                signal.emit(index)
