"""A run: one optimizer on one problem from one seed, what became of it and what was recorded."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optlab.engine.history import Event, History
from optlab.engine.spec import Trial
from optlab.layout import Array

ENDED = ("done", "stopped", "diverged", "failed")
STATUSES = ("queued", "running", "paused", *ENDED)


@dataclass(eq=False)
class Run:
    """Read by everybody, written by the batch that computes it.

    `status` is one of `STATUSES`; `message` is its sentence.
    """

    trial: Trial
    seed: int
    steps: int
    """Steps asked for; 0 = until stopped."""
    history: History
    row: int
    """The run's number in its batch."""
    layers: tuple[str, ...]
    tracks: tuple[str, ...]
    status: str = "queued"
    message: str = ""
    details: str = ""
    """The traceback of a failed run."""
    scheduled: tuple[str, ...] = ()
    """The fields that its schedule moves beside lr, by their columns: `optimizer.momentum`, `gradient.decay`, …"""
    tags: dict[str, object] = field(default_factory=dict)
    watched: History | None = None
    """What is recorded beside the loss every few steps; None where nothing is."""

    @property
    def label(self) -> str:
        return self.trial.label

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in ENDED

    @property
    def count(self) -> int:
        """Rows recorded."""
        return int(min(self.history.lengths[self.row], self.history.count))

    @property
    def step(self) -> int:
        """The step of the last recorded row, 0 before the first."""
        return int(self.history.row(self.row, self.count - 1)[0]) if self.count else 0

    def column(self, name: str) -> Array:
        """A recorded series `(n,)`: step, evaluations, lr, loss, a track, `grad_norm.W1`, `optimizer.momentum`, …"""
        return self.history.column(self.row, name)

    def series(self, name: str) -> tuple[Array, Array]:
        """Steps `(n,)` and values `(n,)` of what is recorded beside the loss: test_accuracy, saturated.h1, …"""
        if self.watched is None or name not in self.watched.index:
            return np.empty(0), np.empty(0)
        steps, values = (self.watched.column(self.row, each) for each in ("step", name))
        n = min(len(steps), len(values))
        return steps[:n], values[:n]

    def rows(self, start: int = 0, stop: int | None = None, columns: Sequence[int] | None = None) -> Array:
        """Recorded rows `(n, C)`, their columns in the order of `history.columns`, or the `columns` asked for."""
        return self.history.rows(self.row, start, stop, columns)

    def at(self, index: int, name: str) -> float:
        """One recorded value; nan where there is none."""
        if not 0 <= index < self.count:
            return math.nan
        return float(self.history.row(self.row, index)[self.history.index[name]])

    def norms(self, index: int, series: str = "grad_norm") -> Array:
        """A series of all layers at a recorded row, `(L,)`."""
        first = self.history.index[f"{series}.{self.layers[0]}"]
        return self.history.row(self.row, index)[first : first + len(self.layers)]

    @property
    def events(self) -> list[Event]:
        """Changes made while the run went."""
        return [event for event in self.history.events if event.run == self.row]
