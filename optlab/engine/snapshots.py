"""Snapshots: the params of a batch at some of its steps, so that a view can look into a network at any of them."""

from dataclasses import dataclass

import numpy as np

from optlab.layout import Array

MOST = 128
"""Steps kept; where there are more, every second one goes, so that 64 to 128 spread evenly over the run."""

BYTES = 1 << 27
"""All snapshots of a batch together; a network too large for eight of them is looked at where it stands."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """`params (R, D)` before step `t` of the runs numbered `rows (R,)`, and what the problem remembered then."""

    t: int
    rows: Array
    params: Array
    memory: dict[str, Array]


class Snapshots:
    """Written by the worker, read by others without a lock: `kept` is replaced as a whole."""

    def __init__(self, steps: int = 0) -> None:
        self.kept: tuple[Snapshot, ...] = ()
        self.every = 1
        """Steps from one snapshot to the next: at once as many as `steps` in all will leave, 0 where none are known."""
        while steps // self.every >= MOST:
            self.every *= 2

    def take(self, t: int, points: Array, rows: Array, memory: dict[str, Array]) -> None:
        """Keep what is due of the points `(n, R, D)` of steps t, t + 1, …"""
        most = min(MOST, BYTES // max(1, points[:1].nbytes))
        if most < 8:
            return
        for k in range(-t % self.every, len(points), self.every):
            if (t + k) % self.every:
                continue
            copies = {name: array.copy() for name, array in memory.items()}
            self.kept = (*self.kept, Snapshot(t + k, rows, points[k].copy(order="K"), copies))
            if len(self.kept) > most:
                self.every *= 2
                self.kept = tuple(s for s in self.kept if s.t % self.every == 0)

    def at(self, row: int, step: float) -> tuple[Snapshot, int] | None:
        """The newest snapshot of a run at or before `step`, and the run's place in it; None where there is none."""
        for snapshot in reversed(self.kept):
            if snapshot.t <= step:
                place = int(np.searchsorted(snapshot.rows, row))
                if place < len(snapshot.rows) and snapshot.rows[place] == row:
                    return snapshot, place
        return None
