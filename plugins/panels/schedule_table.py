"""The schedule table: the learning rate of every step or epoch in numbers, and a column to work it out by hand."""

from PySide6.QtWidgets import QVBoxLayout

from optlab.api import hookimpl
from optlab.gui.api import Panel, RateSheet


class ScheduleTable(Panel):
    """The learning rate of every step, or of the first step of every epoch, of all trials: nothing needs to run.

    Ten digits are shown; hover a number, or copy it, for all of them. Choose a trial and type what you work out for it:
    right is what lies within 0.5 % of the value, or is the value rounded to the two or more digits that you typed. What
    is covered is seen in every row that you have answered. Of a schedule that reacts to the loss the values come while
    its run goes.

    Look for: the epoch of a drop, the first or the last of its ten (counted from 0 or from 1); a last value that is not
    the floor; a column of equal numbers (the schedule is longer than the run).
    """

    name, title = "schedule_table", "Schedule table"

    def build(self) -> None:
        self.rates = RateSheet(self.desk)
        self._led = False
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.addWidget(self.rates)

    def stage(self) -> None:
        """In a lesson the values are covered at first."""
        led = self.desk.stage is not None
        if led != self._led:
            self._led = led
            self.rates.cover.setChecked(led)

    def refresh(self) -> None:
        self.rates.refresh()


@hookimpl
def register_panels() -> list[type]:
    return [ScheduleTable]
