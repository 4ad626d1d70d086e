"""Runs without a window: the calling thread advances all batches in turn, and Ctrl-C ends them in good order."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from optlab.engine.batch import Batch

SLICE = 0.05
"""Seconds of work between looks at Ctrl-C and calls of `progress`."""

LONGEST = 4096
"""Steps of a slice at the most."""

NAP = 0.01
"""Seconds between looks where no open batch answers."""

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps asked for, of all runs together; asked is 0 for runs without an end."""


class Interrupt:
    """How often Ctrl-C was pressed: once ends the turn of all batches, twice the step that is being computed."""

    pressed = 0


def compute(batches: Sequence[Batch], progress: Progress | None = None) -> bool:
    """Advance `batches` until they end; False where Ctrl-C stopped them, with what they have recorded."""
    for batch in batches:
        batch.show("running")
    with _interruptible() as interrupt:
        try:
            _turns(batches, progress, interrupt)
        finally:
            for batch in batches:
                batch.halt()
            for batch in batches:
                _guarded(batch, lambda b: b.stop(), interrupt)
    return not interrupt.pressed


def _turns(batches: Sequence[Batch], progress: Progress | None, interrupt: Interrupt) -> None:
    count = 1
    asked = sum(run.steps for batch in batches for run in batch.runs)
    while any(batch.open for batch in batches) and not interrupt.pressed:
        started = time.monotonic()
        for batch in batches:
            if batch.open and interrupt.pressed < 2:
                _guarded(batch, lambda b: b.advance(count), interrupt)  # noqa: B023 - called at once
        seconds = time.monotonic() - started
        going = [batch for batch in batches if batch.open]
        if going and all(batch.late for batch in going):
            time.sleep(NAP)
        count = min(count * 2, LONGEST) if seconds < SLICE / 2 else max(1, count // 2) if seconds > SLICE else count
        if progress:
            progress(sum(_done(batch) for batch in batches), asked)


def _guarded(batch: Batch, work: Callable[[Batch], None], interrupt: Interrupt) -> None:
    """A KeyboardInterrupt that nobody pressed is the fault of a plugin; a pressed one ends a step that hangs."""
    try:
        work(batch)
    except KeyboardInterrupt as error:
        if not interrupt.pressed:
            batch.fail(error)


def _done(batch: Batch) -> int:
    """Steps behind the batch; a run that ended early counts as done."""
    return sum(batch.steps if batch.steps and run.ended else batch.t for run in batch.runs)


@contextmanager
def _interruptible() -> Iterator[Interrupt]:
    """Ctrl-C sets a mark; raised inside a step, it would count as a fault of the plugin that it hit."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return

    def press(*_: Any) -> None:
        interrupt.pressed += 1
        if interrupt.pressed > 1:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
