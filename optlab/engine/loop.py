"""The one loop: the working arrays of the runs that go on, evaluated, recorded and stepped together."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optlab.engine.gradient import Pipeline
from optlab.engine.history import Event, History
from optlab.engine.mini_batches import MiniBatches
from optlab.engine.oracle import give_oracle, needs_oracle
from optlab.engine.rates import Rates
from optlab.engine.recorder import Recorder
from optlab.engine.spec import Experiment, Trial
from optlab.engine.stacking import carry, stack, take, take_optimizer
from optlab.engine.streams import stream
from optlab.engine.update import Updater
from optlab.engine.walls import Walls
from optlab.engine.watch import Watching, wanted
from optlab.i18n import tr
from optlab.kernels import norm
from optlab.layout import Array
from optlab.optimizer import Optimizer, State, make_state
from optlab.problem import Evaluate, Problem


class Loop:
    """`params`, `grads` `(R, D)` and `loss (R,)` of R runs, and everything that steps them.

    `run(t, n)` computes steps t … t + n − 1 into the recorder's stage; `look` evaluates without a step; `take` goes on
    with fewer runs. All of them call plugins, which may raise anything; `done` then says how many steps are whole.
    """

    def __init__(
        self, experiment: Experiment, members: Sequence[tuple[Trial, int]], base: Array, history: History
    ) -> None:
        self.rows = np.arange(len(members))
        """The number of each run in its batch."""
        self._experiment, self._base, self._history = experiment, base, history
        self._trials = [trial for trial, _ in members]
        seeds = [seed for _, seed in members]
        self._problem: Problem = self._trials[0].problem
        self._update = self._trials[0].update
        self._layout = self._problem.layout()
        self.params = self._start(seeds)
        data = {seed: self._problem.data(stream(seed, "data")) for seed in dict.fromkeys(seeds)}
        self._data = [data[seed] for seed in seeds]
        self.memory = self._problem.memory(len(seeds))
        """What the problem remembers beside the params."""
        self._optimizer = stack([trial.optimizer for trial in self._trials])
        self._seeds = seeds
        self._noises = [stream(seed, "noise") for seed in seeds]
        self._batches = MiniBatches(self._problem, seeds)
        self._draw = iter(self._batches).__next__
        self._evaluations = np.zeros(len(seeds), np.int64)
        self._set_up()

    def _start(self, seeds: Sequence[int]) -> Array:
        starts = {seed: np.zeros(self._layout.size) for seed in seeds}
        for seed, point in starts.items():
            self._problem.start(point, stream(seed, "init"))
        points = np.stack([starts[seed] for seed in seeds])
        start: Array = points.astype(self._experiment.dtype, order=self._problem.order)  # type: ignore[call-overload]
        return start

    def _set_up(self) -> None:
        """Everything whose size depends on the number of runs."""
        params = self.params
        self.grads = np.full_like(params, np.nan)  # an evaluation that forgets to write is not taken for a flat place
        self._seen = self.grads.view()
        self._seen.flags.writeable = False  # no optimizer writes the gradient that the others would see
        self.loss = np.full(len(params), np.nan, params.dtype)
        self.evaluate = self._bind(params, self.grads, self.loss, self.memory)
        self.walls = Walls(self._problem, params)
        self._updater = Updater(self._update, self._layout, params, self.walls)
        self._stepper = _with_decays(self._optimizer, self._updater.decays)
        self._views = self._optimizer.has_view() or self._updater.averages
        asked = self._views or needs_oracle(self._optimizer)
        self._elsewhere = Elsewhere(params, self.loss, self.memory, self._bind) if asked else None
        self._probe = np.empty_like(params) if asked else params[:0]
        self._gradient = self._trials[0].gradient.stacked({})  # a copy, on which scheduled fields are set
        self._pipeline = Pipeline(self._gradient, self._layout, params, self._noises, self._updater.decays)
        clips = self._pipeline.clips
        self.recorder = Recorder(self._problem, self._layout, params, self.grads, clips, self._history, self.rows)
        self._objective = np.full_like(self.loss, np.nan) if self._pipeline.penalises else self.loss
        self._state = make_state(self._optimizer, params, self._layout, self._objective)
        give_oracle(self._optimizer, self._state, self._oracle, self._curvature, self._signs)
        self._rates = Rates(
            self._trials, self._base, self.rows, self._stepper, self._gradient, self.recorder, self.loss,
            self._experiment.steps,
        )  # fmt: skip
        self._watching = None
        if series := wanted(self._experiment, self._trials[0]):
            self._watching = Watching(series, self._problem, params, self._data, self.memory)
        self._plain = not (self._pipeline.busy or self._gradient.decay or self._elsewhere or self._updater.busy)
        if self._plain:
            self.recorder.share(params)
        self.done = 0

    def _bind(self, params: Array, grads: Array, loss: Array, memory: dict[str, Array]) -> Evaluate:
        return self._problem.bind(params, grads, loss, self._data, memory)

    def take(self, keep: Array) -> None:
        """Go on with the rows `keep` alone."""
        state, memory, updater, cuts = self._state, self._rates.memory, self._updater, self._rates.cuts
        self._trials = [self._trials[k] for k in keep]
        self._data = [self._data[k] for k in keep]
        self._seeds = [self._seeds[k] for k in keep]
        self._noises = [self._noises[k] for k in keep]
        self.memory = {name: take(array, keep) for name, array in self.memory.items()}
        self._batches.take(keep)
        self.params, self.rows = take(self.params, keep), self.rows[keep]
        self._evaluations = self._evaluations[keep]
        self._optimizer = take_optimizer(self._optimizer, keep)
        self._set_up()
        self._updater.carry(updater, keep)
        carry(state, self._state, keep)
        if memory is not None and self._rates.memory is not None:
            carry(memory, self._rates.memory, keep)
            self._rates.cuts = cuts

    def run(self, t: int, size: int) -> None:
        """Compute steps t … t + size − 1 and stage them; `done` counts those that are whole."""
        self.done = 0
        state, recorder, loss, plain = self._state, self.recorder, self.loss, self._plain
        params, seen, evaluate, step = self.params, self._seen, self.evaluate, self._stepper.step
        updater = self._updater if self._updater.busy else None
        copy, draw, done = np.copyto, self._draw, 0
        rates = self._rates.draw(t, size)
        stage = zip(rates, recorder.keep_grads, recorder.points, recorder.losses, strict=False)
        try:
            for lr, keep_grads, point, loss_row in stage:
                self._batch = batch = draw()
                evaluate(batch)
                if plain:
                    keep_grads()
                    copy(point, params)
                    copy(loss_row, loss)
                else:
                    self._transform(done, lr)
                state.t += 1
                state.lr = lr
                step(params, seen, state)
                if updater is not None:
                    updater.after(params, state.t)
                done += 1
        finally:
            self.done = done
            if plain:
                self._count(done)
            if state.t - t == done:  # else the step failed, and the point before it is staged already
                self._stage_point(recorder.points[done])
            state.t = t + done

    def cuts(self, t: int) -> list[Event]:
        """Take the cuts of the rate, with their reasons, that hold at steps before `t`."""
        return self._rates.due(t)

    def held(self) -> tuple[Optimizer, State]:
        """The optimizer with the fields of the last step, and what it remembers."""
        return self._stepper, self._state

    def look(self) -> None:
        """Evaluate where the runs stand, as a first row of the stage."""
        self._batch = self._draw()
        self.evaluate(self._batch)
        self._observe(0)

    def watch(self, t: int) -> Array:
        """The row `(1, R, columns)` of what is recorded beside the loss, at step t."""
        assert self._watching
        return self._watching.row(t, len(self.rows))

    def moved(self, row: Array) -> Array:
        """The row of `watch` with what is known once the first staged step is done: the update ratio."""
        if self._watching and self._watching.ratios.stop:
            row[0, :, self._watching.ratios] = self.recorder.first_ratio()
        return row

    def _transform(self, k: int, lr: Any) -> None:
        self._observe(k)
        if self._pipeline.penalises:
            np.add(self.loss, self._pipeline.penalty(self.params), self._objective)
            self._pipeline.penalise(self.params, self.grads)
        self._updater.before(self.params)
        if self._gradient.decay:
            decays = self._updater.decays
            self.params *= 1.0 - lr * self._gradient.decay * (1.0 if decays is None else decays)

    def _observe(self, k: int) -> None:
        """Stage what was evaluated; noise and clipping act on the gradient between its two records."""
        recorder, pipeline, grads = self.recorder, self._pipeline, self.grads
        self._stage_point(recorder.points[k])
        np.copyto(recorder.losses[k], self.loss)
        if self._elsewhere and self._views:
            self._elsewhere.look(recorder.points[k], self._batch)
            np.copyto(recorder.losses[k], self._elsewhere.loss)
        self._evaluations += 1
        recorder.evaluations[k] = self._evaluations
        if pipeline.adds_noise:
            pipeline.draw()
            pipeline.noise(grads)
        recorder.keep_grads[k]()
        if pipeline.clips:
            pipeline.clip(self.params, grads)
            recorder.keep_clipped[k]()

    def _stage_point(self, out: Array) -> None:
        if self._updater.averages:
            np.copyto(out, self._updater.average)
        elif self._views:
            self._stepper.view(self.params, self._state, out)
        elif out is not self.params:
            np.copyto(out, self.params)

    def _count(self, size: int) -> None:
        self.recorder.evaluations[:size] = self._evaluations + np.arange(1, size + 1)[:, None]
        self._evaluations += size

    def _asked(self) -> "Elsewhere":
        if self._elsewhere:
            return self._elsewhere
        text = tr("{optimizer}: expected needs_oracle = True in a class that asks state.oracle, got False")
        raise AttributeError(text.format(optimizer=type(self._optimizer).__name__))

    def _oracle(self, params: Array, grads_out: Array) -> Array:
        where = self._asked()
        where.look(params, self._batch)
        self._pipeline.apply(where.params, where.grads)
        np.copyto(grads_out, where.grads)
        self._evaluations += 1
        return where.loss + self._pipeline.penalty(where.params) if self._pipeline.penalises else where.loss.copy()

    def _curvature(self, params: Array, v: Array, out: Array) -> None:
        """The central difference of gradients with their penalties, unclipped: what is minimised, not how."""
        where, pipeline = self._asked(), self._pipeline
        error = np.finfo(params.dtype).eps ** (1 / 3)  # where that of the difference is as small as that of rounding
        h = error * (1 + norm(params)) / np.maximum(norm(v), np.finfo(params.dtype).tiny)
        for way in (1.0, -1.0):
            np.multiply(v, (way * h).astype(v.dtype), self._probe)
            self._probe += params
            where.look(self._probe, self._batch)
            if pipeline.penalises:
                pipeline.penalise(where.params, where.grads)
            if way > 0:
                np.copyto(out, where.grads)
        out -= where.grads
        out *= (0.5 / h).astype(out.dtype)
        self._evaluations += 2

    def _signs(self, out: Array) -> None:
        for row, seed in zip(out, self._seeds, strict=True):
            np.multiply(stream(seed, "optimizer", self._state.t).integers(0, 2, row.size), 2, out=row)
        out -= 1


class Elsewhere:
    """A second set of arrays, bound to the same data, for evaluations beside the params.

    What the problem remembers is lent to them: they see it as it is, and leave it as it was.
    """

    def __init__(self, params: Array, loss: Array, memory: dict[str, Array], bind: Callable[..., Evaluate]) -> None:
        self.params, self.grads = params.copy(order="K"), np.full_like(params, np.nan)
        self.loss = np.full_like(loss, np.nan)
        self._memory = memory
        self._lent = {name: array.copy() for name, array in memory.items()}
        self._evaluate = bind(self.params, self.grads, self.loss, self._lent)

    def look(self, params: Array, batch: Array | None) -> None:
        """Evaluate `params (R, D)` on a mini-batch."""
        np.copyto(self.params, params)
        for name, array in self._memory.items():
            np.copyto(self._lent[name], array)
        self._evaluate(batch)


def _with_decays(optimizer: Optimizer, decays: Array | None) -> Optimizer:
    """A private copy, on which scheduled fields are set; its `weight_decay` times the multipliers of the layers."""
    own = getattr(optimizer, "weight_decay", None)
    if decays is None or own is None:
        return optimizer.stacked({})
    values = {key: getattr(optimizer, key) for key in optimizer.fields()}
    return optimizer.stacked({**values, "weight_decay": own * decays[None]})
