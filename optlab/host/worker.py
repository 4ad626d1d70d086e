"""The worker process: the runs of one batch, apart from the lab, which reads what they record in memory of both."""

import contextlib
import os
import queue
import sys
import threading
import time
import traceback
from typing import Any, BinaryIO

from optlab import i18n
from optlab.engine import faults, frames, shared
from optlab.engine.batch import Batch
from optlab.engine.child import BROKEN
from optlab.engine.history import History
from optlab.engine.run import Run
from optlab.host.apart import limit, open_channel
from optlab.host.order import read_order
from optlab.layout import Array

SLICE = 0.05
"""Seconds of steps before an answer, whatever is asked for."""

PIECE = 256
"""Steps between two looks at whether to stop."""

Inbox = queue.SimpleQueue[tuple[bytes, bytes]]


class Worker:
    """Does what the lab asks of one batch, and says what came of it."""

    def __init__(self, out: BinaryIO, table: dict[str, Any], stopping: threading.Event) -> None:
        self._out, self._stopping = out, stopping
        self._memory = shared.Shared(table["memory"])
        self._places: dict[int, shared.Place] = {}
        experiment, members = read_order(table)
        self.batch = Batch(experiment, members, self._allocate)
        self._histories = [h for h in (self.batch.history, self.batch.watched) if h is not None]
        self._told = [0 for _ in self._histories]
        self._events = 0
        self._open = {run.row for run in self.batch.runs}
        self._stands: tuple[Array, list[Any]] | None = None
        self._first = True
        self._newest = -1

    def advance(self, table: dict[str, Any]) -> None:
        """Compute steps, a slice of time at the most."""
        for row, lr in table["rates"]:
            self.batch.set_rate(self.batch.runs[row], lr)
        goal, deadline = self.batch.t + table["count"], time.monotonic() + SLICE
        while self.batch.open and self.batch.t < goal:
            try:
                self.batch.advance(min(PIECE, goal - self.batch.t))
            except KeyboardInterrupt as error:  # nobody presses keys here
                self.batch.fail(error)
            if self._stopping.is_set() or time.monotonic() > deadline:
                break
        self.answer()

    def stop(self) -> None:
        """End the runs."""
        self.batch.stop()
        self.answer()

    def answer(self) -> None:
        """Say what is recorded by now."""
        batch = self.batch
        self._send_snapshots()
        blocks = [
            [which, self._places.pop(id(block)), block.shape]
            for which, history in enumerate(self._histories)
            for block in history.blocks[self._told[which] :]
        ]
        self._told = [len(history.blocks) for history in self._histories]
        events = batch.history.events[self._events :]
        self._events += len(events)
        ended = [run for run in batch.runs if run.row in self._open and run.ended]
        self._open -= {run.row for run in ended}
        self._stand(ended)
        table = {
            "t": batch.t,
            "columns": [h.columns for h in self._histories] if self._first else None,
            "blocks": blocks,
            "counts": [history.count for history in self._histories],
            "events": [[event.t, event.run, event.field, event.value, event.reason] for event in events],
            "ended": [[run.row, run.status, run.message, run.details] for run in ended],
            "stands": self._stands[1] if self._stands is not None else None,
        }
        self._first = False
        frames.write(self._out, frames.STATE, frames.pack(table, [a for h in self._histories for a in _lengths(h)]))

    def _allocate(self, shape: tuple[int, ...]) -> Array:
        array, place = self._memory.give(shape)
        self._places[id(array)] = place
        return array

    def _stand(self, ended: list[Run]) -> None:
        """Where the runs stand, or where they ended."""
        if self._stands is None:
            first = self.batch.point(self.batch.runs[0])
            if first is None:
                return
            shape, dtype = (len(self.batch.runs), len(first)), first.dtype.str
            array, place = self._memory.give(shape, dtype)
            self._stands = array, [place, shape, dtype]
        stands = self._stands[0]
        self.batch.stand(stands)
        for run in ended:
            if (point := self.batch.point(run)) is not None:
                stands[run.row] = point

    def _send_snapshots(self) -> None:
        snapshots = self.batch.snapshots
        for each in snapshots.kept:
            if each.t > self._newest:
                self._newest = each.t
                table = {"t": each.t, "every": snapshots.every, "memory": list(each.memory)}
                payload = frames.pack(table, [each.rows, each.params, *each.memory.values()])
                frames.write(self._out, frames.SNAPSHOT, payload)


def _lengths(history: History) -> tuple[Array, Array]:
    return history.open, history.lengths


def main() -> None:
    """Wait for an order and carry it out; the process ends with it, or with the lab."""
    inward, outward = open_channel(int(sys.argv[1]))
    inbox: Inbox = queue.SimpleQueue()
    stopping = threading.Event()
    threading.Thread(target=_listen, args=(inward, inbox, stopping), daemon=True).start()
    code = 0
    try:
        _work(outward, inbox, stopping)
    except BaseException:  # of ours: plugins raise into their batch
        traceback.print_exc()
        code = BROKEN
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    os._exit(code)  # whatever threads are left


def _work(out: BinaryIO, inbox: Inbox, stopping: threading.Event) -> None:
    _, payload = inbox.get()
    table, _ = frames.unpack(payload)
    i18n.set_language(table["language"])
    limit(table["limit"])
    try:
        worker = Worker(out, table, stopping)
    except BaseException as error:
        details = {"error": faults.words(error), "details": faults.details(error)}
        frames.write(out, frames.FAULT, frames.pack(details))
        return
    while worker.batch.open:
        kind, payload = inbox.get()
        if kind == frames.STOP:
            worker.stop()
        elif kind == frames.ADVANCE:
            worker.advance(frames.unpack(payload)[0])


def _listen(inward: BinaryIO, inbox: Inbox, stopping: threading.Event) -> None:
    while (frame := frames.read(inward)) is not None:
        if frame[0] == frames.STOP:
            stopping.set()
        inbox.put(frame)
    os._exit(0)  # the lab is gone


if __name__ == "__main__":
    main()
