"""A batch: runs that share one loop, what ends each of them, and how an experiment falls into batches."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from optlab.engine import faults
from optlab.engine.divergence import divergence
from optlab.engine.history import Allocate, Event, History
from optlab.engine.loop import Loop
from optlab.engine.rates import base_rate
from optlab.engine.recorder import DEEPEST, columns
from optlab.engine.region import InterruptError, Region
from optlab.engine.run import Run
from optlab.engine.snapshots import Snapshots
from optlab.engine.spec import Experiment, Trial
from optlab.engine.targets import scheduled
from optlab.engine.watch import columns as series_columns
from optlab.engine.watch import wanted
from optlab.fields import FieldError, Real
from optlab.i18n import tr
from optlab.layout import Array, Layout


class Batch:
    """Runs whose components allow one loop: same problem, same kind of optimizer, same pipeline.

    `advance(n)` computes n more steps of every run that is open; `finish()` takes a last look at where they stand. What
    a plugin raises ends the open runs as failed; neither raises. The loop is built by the first of them, so that making
    a batch costs nothing.
    """

    late = False
    """Whether it does not answer for now, so that the others go on without it."""

    def __init__(self, experiment: Experiment, members: list[tuple[Trial, int]], allocate: Allocate = np.empty) -> None:
        self._experiment = experiment
        self._members = members
        self.steps = experiment.steps
        self.t = 0
        self._base = np.array([base_rate(trial.optimizer) for trial, _ in members])
        self._changes: deque[tuple[Run, float]] = deque()
        self._points: dict[int, Array] = {}
        self._loop: Loop | None = None
        self.region = Region()  # where a thread that does not come back is in a plugin
        fault: BaseException | None = None
        layout = Layout({})
        none: tuple[str, ...] = ()
        tracks = moved = beside = none
        try:
            layout, tracks, moved = _described(members[0][0], self.steps)
            beside = series_columns(wanted(experiment, members[0][0]))
        except faults.RAISED as error:
            fault = error
        self.history = History(columns(tracks, layout, members[0][0].gradient.clips, moved), len(members), allocate)
        self.watched = History(beside, len(members), allocate) if beside else None
        self.snapshots = Snapshots(self.steps)
        self.runs = [
            Run(trial, seed, self.steps, self.history, row, layout.names, tracks, scheduled=moved, watched=self.watched)
            for row, (trial, seed) in enumerate(members)
        ]
        self._going = {run.row: run for run in self.runs}
        if fault is not None:
            self.fail(fault)

    @property
    def dtype(self) -> str:
        """The precision of its runs."""
        return self._experiment.dtype

    @property
    def open(self) -> bool:
        """Whether a run goes on."""
        return bool(self._going)

    @property
    def ended(self) -> int:
        """How many runs have ended."""
        return len(self.runs) - len(self._going)

    def advance(self, count: int) -> None:
        """Compute up to `count` steps more of every open run; runs that reach the end take their last look."""
        if self.steps:
            count = min(count, self.steps - self.t)
        while count > 0 and self.open:
            before = self.t
            self._guarded(self._chunk, count)
            count -= max(1, self.t - before)
        if self.steps and self.t >= self.steps:
            self.finish("done", tr("done: {n} steps", n=self.t))

    def show(self, status: str) -> None:
        """Give the open runs their status."""
        for run in list(self._going.values()):
            run.status = status

    def halt(self) -> None:
        """Called before `stop`, from any thread: a step that goes on elsewhere is asked to end."""

    def stop(self) -> None:
        """End the open runs as stopped, with what they have recorded."""
        self.finish("stopped", tr("stopped at step {t}", t=self.t))

    def finish(self, status: str, message: str) -> None:
        """Evaluate where the open runs stand, record it, and end them."""
        if self.open:
            self._guarded(self._look, 0)
        self._end_all(status, message)

    def set_rate(self, run: Run, lr: float) -> None:
        """Change the base learning rate of a run from the next step on; raises `FieldError` where it does not fit.

        The worker makes the change between two steps and records at which.
        """
        declared = run.trial.optimizer.fields().get("lr", Real(default=1.0, lo=0.0))
        self._changes.append((run, declared.check(f"{run.trial.optimizer.name}.lr", lr)))

    def rate(self, run: Run) -> float:
        """The base learning rate of a run."""
        waiting = [lr for changed, lr in list(self._changes) if changed is run]
        return waiting[-1] if waiting else float(self._base[run.row])

    def point(self, run: Run) -> Array | None:
        """A copy of the params `(D,)` where the run stands, or where it ended; None before its first step."""
        if run.row in self._points:
            return self._points[run.row].copy()
        if self._loop is None:
            return None
        place = int(np.searchsorted(self._loop.rows, run.row))
        copy: Array = self._loop.params[place].copy()
        return copy

    def stand(self, out: Array) -> None:
        """Write where the open runs stand into their rows of `out (R, D)`."""
        if self._loop is not None:
            rows = self._loop.rows
            keep = self.history.open[rows]
            out[rows[keep]] = self._loop.params[keep]

    def _guarded(self, work: Callable[[int], None], size: int) -> None:
        """Do some work of plugins: what they raise, SystemExit too, ends their runs and not the lab."""
        try:
            with np.errstate(all="ignore"):
                work(size)
        except InterruptError:
            self._end_all("stopped", tr("stopped at step {t}, in the middle of the next one", t=self.t))
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
                raise  # Ctrl+C; in a worker only a plugin can have raised it
            self.fail(error)

    def _ready(self) -> Loop:
        if self._loop is None:
            self._loop = Loop(self._experiment, self._members, self._base, self.history)
        return self._loop

    def _chunk(self, most: int) -> None:
        with self.region:
            loop = self._ready()
        # The runs that ended leave at the same steps however the work is cut, so that no last bit depends on the pace.
        size = min(most, loop.recorder.depth, DEEPEST - self.t % DEEPEST)
        self._change_rates()
        row = None
        if self.watched is not None:
            size = min(size, self._experiment.every - self.t % self._experiment.every)
            row = loop.watch(self.t) if self.t % self._experiment.every == 0 else None
        try:
            with self.region:
                loop.run(self.t, size)
        finally:
            if row is not None:
                self._append(loop, loop.moved(row) if loop.done else row)
            t, self.t = self.t, self.t + loop.done
            self._publish(t, loop.done)
        if self.t % DEEPEST == 0:
            self._compact(loop)

    def _append(self, loop: Loop, row: Array) -> None:
        if self.watched is not None:
            self.watched.append(row, np.ones(len(loop.rows), int), loop.rows)

    def _change_rates(self) -> None:
        while self._changes:
            run, lr = self._changes.popleft()
            if not run.ended:
                self._base[run.row] = lr
                self.history.events.append(Event(self.t, run.row, "lr", lr))

    def _look(self, _: int) -> None:
        with self.region:
            loop = self._ready()
            loop.look()
        self._publish(self.t, 1, moved=False)
        if self.watched is not None:
            self._append(loop, loop.watch(self.t))

    def _compact(self, loop: Loop) -> None:
        """Drop the runs that ended from the loop, once they are a quarter of it: each drop binds the problem anew."""
        keep = np.flatnonzero(self.history.open[loop.rows])
        if 0 < len(keep) <= 0.75 * len(loop.rows):
            loop.take(keep)

    def _publish(self, t: int, count: int, moved: bool = True) -> None:
        """Append what is staged of `count` steps from `t` on; a run that diverged or left ends with that step."""
        if not count or self._loop is None:
            return
        loop = self._loop
        kept = np.where(self.history.open[loop.rows], count, 0)
        over = bad = loop.recorder.bad(count, self._experiment.bound)
        if loop.walls.ends:
            over = bad | loop.walls.left(loop.recorder.staged(count))
        over &= kept > 0
        ends = {int(i): int(np.argmax(over[:, i])) for i in np.flatnonzero(over.any(axis=0))} if over.any() else {}
        for i, k in ends.items():
            kept[i] = k + 1
        try:
            loop.recorder.flush(t, kept, self._experiment.record, moved)
            self.snapshots.take(t, loop.recorder.staged(count), loop.rows, loop.memory)
            if moved:  # a last look takes no step, so that no rate holds there
                self._tell_cuts(loop, t, count, kept)
        finally:
            for i, k in ends.items():
                run, point = self.runs[loop.rows[i]], loop.recorder.points[k][i]
                if bad[k, i]:
                    self._diverge(run, t + k, float(loop.recorder.losses[k][i]), point)
                else:
                    self._leave(run, t + k, point, *loop.walls.crossed(point))

    def _tell_cuts(self, loop: Loop, t: int, count: int, kept: Array) -> None:
        """Record what a schedule cut at one of `count` steps from `t` on, and why, of the runs that went on so far."""
        for cut in loop.cuts(t + count):
            if cut.t - t < kept[int(np.searchsorted(loop.rows, cut.run))]:
                self.history.events.append(cut)

    def _diverge(self, run: Run, t: int, loss: float, point: Array) -> None:
        self._points[run.row] = point.copy()
        self._end(run, "diverged", divergence(run, t, loss, point, self._experiment.bound))

    def _leave(self, run: Run, t: int, point: Array, name: str, value: float) -> None:
        self._points[run.row] = point.copy()
        text = tr("left the domain at step {t}: {name} = {value}", t=t, name=name, value=f"{value:.4g}")
        self._end(run, "stopped", text)

    def fail(self, error: BaseException) -> None:
        """End the open runs as failed, with the error as their reason."""
        details, where = faults.details(error), faults.place(error)
        words = str(error)[: faults.LONGEST] if isinstance(error, FieldError) else faults.words(error)
        text = tr("failed at step {t}: {error}", t=self.t, error=f"{words} ({where})" if where else words)
        self._end_all("failed", text, details)

    def _end_all(self, status: str, message: str, details: str = "") -> None:
        for run in list(self._going.values()):
            run.details = details
            self._end(run, status, message)

    def _end(self, run: Run, status: str, message: str) -> None:
        if run.row not in self._points and (point := self.point(run)) is not None:
            self._points[run.row] = point
        for history in (self.history, self.watched):
            if history is not None:
                history.close(run.row, int(history.lengths[run.row]))
        run.message = message
        run.status = status
        self._going.pop(run.row, None)


def _described(trial: Trial, steps: int) -> tuple[Layout, tuple[str, ...], tuple[str, ...]]:
    """The layout, the names of tracks and of scheduled fields; raises what plugins raise, `FieldError` for no names."""
    layout = trial.problem.layout()
    tracks: Any = trial.problem.tracks()
    moved = scheduled(trial, steps)
    taken = columns((), layout, clips=True, scheduled=moved)
    words = isinstance(tracks, tuple | list) and all(isinstance(name, str) and name for name in tracks)
    if not words or len({*tracks, *taken}) < len(tracks) + len(taken):
        text = tr("{problem}.tracks: expected different names other than {taken}, got {that!r}")
        raise FieldError(text.format(problem=trial.problem.name, taken=", ".join(taken[:4]), that=tracks))
    return layout, tuple(tracks), moved
