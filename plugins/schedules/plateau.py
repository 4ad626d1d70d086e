"""Reduce on plateau: lower the learning rate where the loss no longer improves."""

import numpy as np

from optlab.api import Array, ReactiveSchedule, State, choice, hookimpl, integer, real


class Plateau(ReactiveSchedule):
    """Lower the learning rate once the loss has stopped improving for longer than the patience.

        better = L < best − θ |best|                     absolute: L < best − θ;  mode max: −L in place of L
        best, bad ← L, 0  if better, else  best, bad + 1
        bad ← 0  in one of the c checks after a drop
        factor ← max(γ · factor, e), bad ← 0  if bad > patience

    Source: the ReduceLROnPlateau of PyTorch; Paszke et al., "PyTorch: An Imperative Style, High-Performance Deep
    Learning Library", NeurIPS 2019, arXiv:1912.01703.
    The least rate and the least change are shares of the run's learning rate (there: absolute), and the threshold of a
    negative loss points the right way (there: never better). A loss that is no number counts as bad.
    """

    name, title = "plateau", "reduce on plateau"
    slots = ("best", "bad", "rest", "total")

    mode: str = choice("min", "max", doc="whether a smaller or a larger metric is better")
    factor: float = real(0.1, 0.0, 1.0, doc="γ: what the learning rate is multiplied by")  # type: ignore[assignment]
    patience: int = integer(10, 0, 10**6, unit="checks", doc="bad checks in a row that are forgiven")
    threshold: float = real(1e-4, 0.0, 1e6, doc="θ: how much better counts as better")
    threshold_mode: str = choice("rel", "abs", doc="whether θ is a share of the best metric or a difference")
    cooldown: int = integer(0, 0, 10**6, unit="checks", doc="c: checks after a drop that do not count as bad")
    min_lr: float = real(0.0, 0.0, 1.0, label="least share", doc="e: share of the learning rate that is always left")
    eps: float = real(1e-8, 0.0, 1.0, label="least change", doc="drops smaller than this share of it are not made")
    every: int = integer(1, 1, 10**6, unit="steps", doc="steps from check to check; the metric is averaged over them")

    def init(self, state: State) -> None:
        state.best[:] = 1e300  # not inf: inf − θ · inf is no number

    def update(self, metric: Array, t: int, state: State) -> None:
        best, bad, rest, total = state.best, state.bad, state.rest, state.total
        total += metric if self.mode == "min" else -metric
        if (t + 1) % self.every:
            return
        mean = total / self.every
        total[:] = 0.0
        better = mean < best - (self.threshold * np.abs(best) if self.threshold_mode == "rel" else self.threshold)
        np.copyto(best, mean, where=better)
        resting = rest > 0
        rest -= resting
        bad[:] = np.where(better | resting, 0.0, bad + 1)
        due = bad > self.patience
        lower = np.maximum(state.factor * self.factor, self.min_lr)
        np.copyto(state.factor, lower, where=due & (state.factor - lower > self.eps))
        np.copyto(rest, float(self.cooldown), where=due)
        np.copyto(bad, 0.0, where=due)


@hookimpl
def register_schedules() -> list[type]:
    return [Plateau]
