"""Replaying a run to one of its steps: what the optimizer held before that step and after it, computed anew."""

import inspect
import re
import time
from dataclasses import dataclass

import numpy as np

from optlab.engine.batch import Batch
from optlab.engine.loop import Loop
from optlab.engine.rates import base_rate
from optlab.engine.run import Run
from optlab.engine.spec import Experiment
from optlab.fields import Real
from optlab.layout import Array
from optlab.optimizer import Optimizer

CLOSE = 1e-6
"""How far, as a share, the loss of a replay may lie from the recorded one."""

AT_ONCE = 32
"""Steps between two looks at the clock."""

CORRECTED = re.compile("(\\w)\u0302 = \\1 / \\(1 − (β₁|β₂)ᵗ\\)")
DECAYS = {"β₁": "beta1", "β₂": "beta2"}


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of one run: params, gradient and slots of all coordinates, before it and after it."""

    t: int
    """The number of the step, from 1."""
    lr: float
    loss: float
    grads: Array
    before: dict[str, Array]
    after: dict[str, Array]
    fields: dict[str, float]
    """The optimizer's real fields, as they were in this step."""

    def corrected(self, optimizer: type[Optimizer]) -> dict[str, tuple[str, float]]:
        """The corrections that the docstring writes as m̂ = m / (1 − β₁ᵗ): by slot, the text and the divisor."""
        found = {}
        for match in CORRECTED.finditer(inspect.getdoc(optimizer) or ""):
            decay = self.fields.get(DECAYS[match[2]])
            if match[1] in self.after and decay is not None and decay < 1:
                found[match[1]] = (match[0], 1 - decay**self.t)
        return found


class Replay:
    """A run on its own from its start, with the changes of lr that were made while it went."""

    def __init__(self, run: Run, dtype: str) -> None:
        trial = run.trial
        members = [(trial, run.seed)]
        experiment = Experiment("", trial, (trial,), steps=run.steps, seeds=(run.seed,), dtype=dtype)
        self._run = run
        self._base = np.array([base_rate(trial.optimizer)])
        self._loop = Loop(experiment, members, self._base, Batch(experiment, members).history)
        self._t = 0
        self._last: Moment | None = None

    def reaches(self, step: int) -> bool:
        """Whether `step` is the last one shown, or still to come."""
        return step >= self._t or (self._last is not None and step == self._last.t - 1)

    def moment(self, step: int, deadline: float) -> Moment | int:
        """The step that follows `step` steps; how many are done where time is over before."""
        if self._last is not None and step == self._last.t - 1:
            return self._last
        with np.errstate(all="ignore"):
            while self._t < step:
                if time.perf_counter() > deadline:
                    return self._t
                self._go(min(step - self._t, self._loop.recorder.depth, AT_ONCE))
            self._last = self._look()
        return self._last

    def _go(self, most: int) -> None:
        size = most
        for event in (each for each in self._run.events if not each.reason):  # the schedule cuts again by itself
            if event.t <= self._t:
                self._base[0] = event.value
            else:
                size = min(size, event.t - self._t)
        self._loop.run(self._t, size)
        self._t += size

    def _look(self) -> Moment:
        loop = self._loop
        optimizer, state = loop.held()
        before = {"x": loop.params[0].copy()} | {name: each[0].copy() for name, each in state.arrays().items()}
        self._go(1)
        after = {"x": loop.params[0].copy()} | {name: each[0].copy() for name, each in state.arrays().items()}
        real = [key for key, field in optimizer.fields().items() if isinstance(field, Real) and key != "lr"]
        fields = {key: float(np.ravel(getattr(optimizer, key))[0]) for key in real}
        lr, loss = float(np.ravel(state.lr)[0]), float(loop.recorder.losses[0][0])
        return Moment(self._t, lr, loss, loop.grads[0].copy(), before, after, fields)


def parted(run: Run, moment: Moment) -> float | None:
    """The recorded loss of the step, where that of the replay is another; None where they agree, or none is known."""
    place = int(np.searchsorted(run.column("step"), moment.t - 1))
    if run.at(place, "step") != moment.t - 1:
        return None
    loss = run.at(place, "loss")
    return None if np.isclose(loss, moment.loss, rtol=CLOSE, atol=0, equal_nan=True) else loss
