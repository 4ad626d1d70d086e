"""Reduce on plateau: lower the learning rate where the loss no longer improves."""

import numpy as np

from optlab.api import Array, ReactiveSchedule, State, choice, flag, hookimpl, integer, real, tr


class Plateau(ReactiveSchedule):
    """Lower the learning rate once the loss has stopped improving for longer than the patience.

        better = L < best − θ |best|                     absolute: L < best − θ;  mode max: −L in place of L
        best, bad ← L, 0  if better, else  best, bad + 1
        bad ← 0  in one of the c checks after a drop
        factor ← max(γ · factor, e), bad ← 0  if bad > patience;  drop on reached: if bad ≥ patience

    PyTorch forgives as many bad checks as the patience says, Keras and optax one less. In Keras the last check of the
    cool-down counts again, and a rate that is the least one already starts none.

    Source: the ReduceLROnPlateau of PyTorch; Paszke et al., "PyTorch: An Imperative Style, High-Performance Deep
    Learning Library", NeurIPS 2019, arXiv:1912.01703.
    The least rate and the least change are shares of the run's learning rate (there: absolute), and the threshold of a
    negative loss points the right way (there: never better). A loss that is no number counts as bad.
    """

    name, title = "plateau", "reduce on plateau"
    slots = ("best", "bad", "rest", "total")
    presets = {
        "PyTorch": {"drop_on": "exceeded", "threshold_mode": "rel", "eps": 1e-8, "short_cooldown": False},
        "Keras": {"drop_on": "reached", "threshold_mode": "abs", "eps": 0.0, "short_cooldown": True},
        "optax": {"drop_on": "reached", "threshold_mode": "rel", "eps": 0.0, "short_cooldown": False},
    }
    verified = ("PyTorch", "optax")

    mode: str = choice("min", "max", doc="whether a smaller or a larger metric is better")
    factor: float = real(0.1, 0.0, 1.0, doc="γ: what the learning rate is multiplied by")  # type: ignore[assignment]
    patience: int = integer(10, 0, 10**6, unit="checks", doc="bad checks in a row after which it drops")
    drop_on: str = choice("exceeded", "exceeded", "reached", doc="whether the patience has to be exceeded, or reached")
    threshold: float = real(1e-4, 0.0, 1e6, doc="θ: how much better counts as better")
    threshold_mode: str = choice("rel", "abs", doc="whether θ is a share of the best metric or a difference")
    cooldown: int = integer(0, 0, 10**6, unit="checks", doc="c: checks after a drop that do not count as bad")
    short_cooldown: bool = flag(False, doc="the last of them does count, and none follow a drop at the least rate")
    min_lr: float = real(0.0, 0.0, 1.0, label="least share", doc="e: share of the learning rate that is always left")
    eps: float = real(1e-8, 0.0, 1.0, label="least change", doc="drops smaller than this share of it are not made")
    every: float = real(1.0, 1e-6, 1e6, doc="time from check to check; the metric is averaged over it")

    def init(self, state: State) -> None:
        state.best[:] = 1e300  # not inf: inf − θ · inf is no number

    def update(self, metric: Array, t: int, state: State) -> None:
        total, every = state.total, max(1, round(self.every * state.per_unit))
        total += metric if self.mode == "min" else -metric
        if (t + 1) % every == 0:
            self.check(total / every, state)
            total[:] = 0.0

    def check(self, mean: Array, state: State) -> None:
        """Compare with the best, count, and drop."""
        best, bad, rest = state.best, state.bad, state.rest
        better = mean < best - (self.threshold * np.abs(best) if self.threshold_mode == "rel" else self.threshold)
        np.copyto(best, mean, where=better)
        resting = rest > 0
        rest -= resting
        np.copyto(bad, 0.0, where=resting)
        bad[:] = np.where(better | (rest > 0 if self.short_cooldown else resting), 0.0, bad + 1)
        due = bad > self.patience if self.drop_on == "exceeded" else bad >= max(1, self.patience)
        lower = np.maximum(state.factor * self.factor, self.min_lr)
        due &= (state.factor > self.min_lr) | (not self.short_cooldown)
        np.copyto(state.factor, lower, where=due & (state.factor - lower > self.eps))
        np.copyto(rest, float(self.cooldown), where=due)
        np.copyto(bad, 0.0, where=due)

    def reason(self, run: int, state: State) -> str:
        best, n = state.best[run] * (1 if self.mode == "min" else -1), self.patience + (self.drop_on == "exceeded") or 1
        much = f"{self.threshold:g}" if self.threshold_mode == "abs" else f"{100 * self.threshold:.3g} %"
        return tr("{n} checks no better than {best} by {much}", n=n, best=f"{best:.4g}", much=much)


@hookimpl
def register_schedules() -> list[type]:
    return [Plateau]
