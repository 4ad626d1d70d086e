"""The one loop: a batch of runs on axis R, stepped, recorded and checked together."""

import traceback
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

import numpy as np

from optlab.engine.gradient import Pipeline
from optlab.engine.history import Event
from optlab.engine.rates import Rates
from optlab.engine.recorder import Recorder
from optlab.engine.run import Run
from optlab.engine.spec import Experiment, Trial
from optlab.engine.streams import stream
from optlab.fields import Real
from optlab.i18n import tr
from optlab.layout import Array
from optlab.optimizer import Optimizer, make_state
from optlab.problem import Problem

LARGEST = 262_144
"""Numbers in `params` of one batch: 16 runs of a net of 16,000 step twice as fast as one by one, 32 no faster."""


class Batch:
    """Runs whose components allow one loop: same problem, same kind of optimizer, same pipeline.

    `advance(n)` computes n more steps of every run that is open; `finish()` takes a last look at where they stand.
    """

    def __init__(self, experiment: Experiment, members: list[tuple[Trial, int]]) -> None:
        self._experiment = experiment
        self._trials = [trial for trial, _ in members]
        self._seeds = [seed for _, seed in members]
        first = self._trials[0]
        self._problem: Problem = first.problem
        self._layout = self._problem.layout()
        self.steps = experiment.steps
        self.t = 0
        self._allocate()
        self._optimizer = _stack([t.optimizer for t in self._trials])
        rngs = [stream(seed, "noise") for seed in self._seeds]
        self._pipeline = Pipeline(first.gradient, self._layout, self.params, rngs)
        self._decay = first.gradient.decay
        self._recorder = Recorder(self._problem, self._layout, self.params, self._pipeline.clips)
        self.history = self._recorder.history
        self._state = make_state(self._optimizer, self.params, self._layout, self.loss)
        self._rates = Rates(self._trials, self._optimizer, self._recorder, self._state, self.loss, self.steps)
        self._evaluations = np.zeros(len(members), np.int64)
        self._bind()
        tracks = self._problem.tracks()
        self.runs = [
            Run(trial, seed, self.steps, self.history, row, self._layout.names, tracks)
            for row, (trial, seed) in enumerate(members)
        ]

    def _allocate(self) -> None:
        shape = (len(self._trials), self._layout.size)
        dtype, order = np.dtype(self._experiment.dtype), self._problem.order
        self.params = np.zeros(shape, dtype, order=order)  # type: ignore[call-overload]
        self.grads, self.loss = np.zeros_like(self.params), np.zeros(shape[0], dtype)
        start = np.empty(self._layout.size)
        for row, seed in zip(self.params, self._seeds, strict=True):
            self._problem.start(start, stream(seed, "init"))
            row[:] = start

    def _bind(self) -> None:
        by_seed = {seed: self._problem.data(stream(seed, "data")) for seed in self._seeds}
        data = [by_seed[seed] for seed in self._seeds]
        memory = self._problem.memory(len(self._seeds))
        self._memory = memory
        self._evaluate = self._problem.bind(self.params, self.grads, self.loss, data, memory)
        self._batches = self._mini_batches()
        self._batch: Array | None = None
        self._elsewhere: tuple[Array, Array, Array, Callable[[Array | None], None]] | None = None
        if self._optimizer.needs_oracle or self._optimizer.has_view():
            points, grads, loss = np.zeros_like(self.params), np.zeros_like(self.grads), np.zeros_like(self.loss)
            self._elsewhere = points, grads, loss, self._problem.bind(points, grads, loss, data, memory)
            self._state.oracle = self._oracle

    def _mini_batches(self) -> Iterator[Array | None]:
        rngs = {seed: stream(seed, "batches") for seed in self._seeds}
        while True:
            epochs = {seed: self._problem.sample(rng) for seed, rng in rngs.items()}
            if any(epoch is None for epoch in epochs.values()):
                yield from repeat(None)
            yield from np.stack([epochs[seed] for seed in self._seeds], axis=1)  # type: ignore[misc]

    @property
    def open(self) -> bool:
        """Whether a run goes on."""
        return any(not run.ended for run in self.runs)

    def advance(self, count: int) -> None:
        """Compute up to `count` steps more of every open run; runs that reach the end take their last look."""
        if self.steps:
            count = min(count, self.steps - self.t)
        with np.errstate(all="ignore"):
            while count > 0 and self.open:
                size = min(count, self._recorder.depth)
                self._guarded(self._chunk, size)
                count -= size
        if self.steps and self.t >= self.steps:
            self.finish("done", tr("done: {n} steps", n=self.t))

    def finish(self, status: str, message: str) -> None:
        """Evaluate where the open runs stand, record it, and end them."""
        if not self.open:
            return
        with np.errstate(all="ignore"):
            self._guarded(self._look, 0)
        for run in self.runs:
            if not run.ended:
                self._end(run, status, message)

    def set_rate(self, run: Run, lr: float) -> None:
        """Change the base learning rate of a run from the next step on; the change is recorded."""
        self._rates.base[run.row] = lr
        self.history.events.append(Event(self.t, run.row, "lr", lr))

    def rate(self, run: Run) -> float:
        """The base learning rate of a run."""
        return float(self._rates.base[run.row])

    def _guarded(self, work: Callable[[int], None], size: int) -> None:
        t = self.t
        try:
            work(size)
        except BaseException as error:  # a plugin may raise anything, SystemExit too: it ends its runs, not the lab
            complete = max(0, self._state.t - t - 1)
            if complete:
                self._count(complete)
                self.t += complete
                self._recorder.flush(t, complete, self._experiment.record)
            self._fail(error)

    def _chunk(self, size: int) -> None:
        state, recorder, loss = self._state, self._recorder, self.loss
        params, grads, evaluate, step = self.params, self.grads, self._evaluate, self._optimizer.step
        plain = not (self._pipeline.busy or self._decay or self._elsewhere)
        copy = np.copyto
        stage = zip(self._rates.draw(self.t, size), recorder.grads, recorder.points, recorder.losses, strict=False)
        batches = self._batches
        for k, (lr, grads_row, point, loss_row) in enumerate(stage):
            self._batch = batch = next(batches)
            evaluate(batch)
            if plain:
                copy(grads_row, grads)
                copy(point, params)
                loss_row[:] = loss
            else:
                self._transform(k, lr)
            state.t += 1
            state.lr = lr
            step(params, grads, state)
        copy(recorder.points[size], params)
        self._count(size)
        self.t += size
        self._check(recorder.flush(self.t - size, size, self._experiment.record), self.t - size)

    def _transform(self, k: int, lr: Any) -> None:
        recorder, pipeline, params, grads = self._recorder, self._pipeline, self.params, self.grads
        if self._optimizer.has_view():
            self._view(recorder.points[k], recorder.losses[k])
        else:
            np.copyto(recorder.points[k], params)
            recorder.losses[k][:] = self.loss
        self._evaluations += 1
        recorder.evaluations[k] = self._evaluations
        if pipeline.adds_noise:
            pipeline.draw()
            pipeline.noise(grads)
        np.copyto(recorder.grads[k], grads)
        if pipeline.clips:
            pipeline.clip(grads)
            np.copyto(recorder.clipped[k], grads)
        if pipeline.penalises:
            pipeline.penalise(params, grads)
        if self._decay:
            params *= 1.0 - lr * self._decay

    def _count(self, size: int) -> None:
        if not (self._pipeline.busy or self._decay or self._elsewhere):
            self._evaluations += size
            self._recorder.evaluations[:size] = self._evaluations - np.arange(size - 1, -1, -1)[:, None]

    def _view(self, point: Array, loss: Array) -> None:
        assert self._elsewhere is not None
        where, _, value, evaluate = self._elsewhere
        self._optimizer.view(self.params, self._state, where)
        evaluate(self._batch)
        np.copyto(point, where)
        loss[:] = value

    def _oracle(self, params: Array, grads_out: Array) -> Array:
        assert self._elsewhere is not None
        where, grads, loss, evaluate = self._elsewhere
        np.copyto(where, params)
        evaluate(self._batch)
        self._pipeline.apply(where, grads)
        np.copyto(grads_out, grads)
        self._evaluations += 1
        return loss.copy()

    def _look(self, _: int) -> None:
        recorder = self._recorder
        self._batch = next(self._batches)
        self._evaluate(self._batch)
        if self._optimizer.has_view():
            self._view(recorder.points[0], recorder.losses[0])
        else:
            np.copyto(recorder.points[0], self.params)
            recorder.losses[0][:] = self.loss
        np.copyto(recorder.grads[0], self.grads)
        if self._pipeline.clips:
            self._pipeline.clip(self.grads)
            np.copyto(recorder.clipped[0], self.grads)
        self._evaluations += 1
        recorder.evaluations[0] = self._evaluations
        self._check(recorder.flush(self.t, 1, 1, moved=False), self.t)

    def _check(self, losses: Array, t: int) -> None:
        bad = ~(np.abs(losses) <= self._experiment.bound)  # nan compares false, so it is bad too
        if not bad.any():
            return
        for run in self.runs:
            if not run.ended and bad[:, run.row].any():
                k = int(np.argmax(bad[:, run.row]))
                self._diverge(run, t + k, float(losses[k, run.row]))

    def _diverge(self, run: Run, t: int, loss: float) -> None:
        steps = self.history.rows(run.row)[:, 0]
        self.history.close(run.row, int(np.searchsorted(steps, t, side="right")))
        advice = tr("lower lr or clip the gradient")
        if np.isfinite(loss):
            text = tr("loss is {loss} at step {t}, above the bound; {advice}", loss=f"{loss:.3g}", t=t, advice=advice)
        else:
            text = tr("loss is no longer finite at step {t}; {advice}", t=t, advice=advice)
        self._end(run, "diverged", text)

    def _fail(self, error: BaseException) -> None:
        details = "".join(traceback.format_exception(error, limit=20))[:20_000]
        where = _last_place(error)
        try:
            words = f"{type(error).__name__}: {str(error)[:500]}"
        except Exception:  # a hostile __str__
            words = type(error).__name__
        for run in self.runs:
            if not run.ended:
                run.details = details
                self._end(
                    run, "failed", tr("failed at step {t}: {error} ({where})", t=self.t, error=words, where=where)
                )

    def _end(self, run: Run, status: str, message: str) -> None:
        self.history.close(run.row, int(self.history.lengths[run.row]))
        run.status, run.message = status, message


def _last_place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    plugin = [f for f in frames if "/engine/" not in f.filename.replace("\\", "/")]
    frame = (plugin or frames)[-1]
    return f"{frame.filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"


def _stack(optimizers: list[Optimizer]) -> Optimizer:
    """One optimizer for all runs: `real` fields that differ become columns `(R, 1)`."""
    first = optimizers[0]
    columns: dict[str, Array] = {}
    for key, declaration in first.fields().items():
        values = [getattr(o, key) for o in optimizers]
        if isinstance(declaration, Real) and any(v != values[0] for v in values):
            columns[key] = np.array(values)[:, None]
    return first.stacked(columns)


def plan(experiment: Experiment) -> list[Batch]:
    """The batches of an experiment: runs share a loop wherever their components allow it."""
    groups: dict[Any, list[tuple[Trial, int]]] = {}
    for trial in experiment.trials:
        for seed in experiment.seeds:
            groups.setdefault(_key(trial, seed), []).append((trial, seed))
    batches = []
    for members in groups.values():
        size = members[0][0].problem.layout().size
        most = max(1, LARGEST // size)
        batches += [Batch(experiment, members[k : k + most]) for k in range(0, len(members), most)]
    return batches


def _key(trial: Trial, seed: int) -> Any:
    optimizer = trial.optimizer
    kept = tuple(getattr(optimizer, k) for k, f in optimizer.fields().items() if not isinstance(f, Real))
    alone = None if optimizer.batched else (trial.label, seed)
    return trial.problem, type(optimizer), kept, trial.gradient, Rates.key(trial.schedule), alone
