"""What is recorded beside the loss every few steps, where an experiment or a view asks for it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optlab.engine import faults
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.recorder import LARGE, RATIO
from optlab.engine.sharpness import Sharpness
from optlab.engine.spec import Experiment, Trial
from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr
from optlab.layout import Array, Layout
from optlab.problem import Problem, Series

NOISY = 4
"""Mini-batches from which the noise of a gradient is estimated."""


def known(problem: Problem) -> dict[str, Series]:
    """Every series that can be recorded of a problem, by name."""
    layers = problem.layout().names
    general = [
        Series("param_norm", "norm of the params", "norm of each layer's params", layers),
        Series("sharpness", "sharpness", "largest eigenvalue of the loss's Hessian, by Lanczos' iteration"),
    ]
    if steps_per_epoch(problem) >= NOISY:
        text = "spread of the mini-batches' gradients over the norm of their mean"
        general.append(Series("grad_noise", "gradient noise", text, layers))
    return {each.name: each for each in (*problem.series(), *general)}


def wanted(experiment: Experiment, trial: Trial) -> list[Series]:
    """The series that the experiment asks for and the trial's problem has; the update ratio of a large one."""
    layout = trial.problem.layout()
    ratios = [Series(RATIO, "update ratio", "‖ΔW‖ / ‖W‖ of each layer", layout.names)] if layout.size > LARGE else []
    found = known(trial.problem) if experiment.series else {}
    return [*(found[name] for name in experiment.series if name in found), *ratios]


def columns(series: Sequence[Series]) -> tuple[str, ...]:
    """The columns of the history that holds them."""
    return ("step", *(name for each in series for name in each.columns)) if series else ()


def check_series(experiment: Experiment) -> None:
    """Raise `FieldError` for a name that no trial's problem knows."""
    names: dict[str, None] = {}
    for trial in experiment.trials if experiment.series else ():
        try:
            names |= dict.fromkeys(known(trial.problem))
        except faults.RAISED:  # its run will say what is wrong
            return
    for name in experiment.series:
        if name not in names:
            text = tr("series: {problem} has no {name!r}; {hint}")
            problem = experiment.trials[0].problem.name
            raise FieldError(text.format(problem=problem, name=name, hint=did_you_mean(name, names)))


class Watching:
    """Measures `series` of `params (R, D)` as they stand; nothing that a run remembers is moved by it."""

    def __init__(
        self, series: Sequence[Series], problem: Problem, params: Array, data: list[Any], memory: dict[str, Array]
    ) -> None:
        self._width = len(columns(series))
        own = [each for each in series if each.name not in (*_GENERAL, RATIO)]
        self._measures: list[tuple[slice, Callable[[Array], None]]] = []
        self.ratios = slice(0)
        """The columns of the update ratio, which is known after the step."""
        at = 1
        for each in series:
            if each.name == RATIO:
                self.ratios = slice(at, at + len(each.columns))
            if each.name in _GENERAL:
                measure = _GENERAL[each.name](problem, params, data, memory)
                self._measures.append((slice(at, at + len(each.columns)), measure))
            at += len(each.columns)
        if own:
            places = [k for each in own for k in self._places(series, each)]
            self._measures.append((np.array(places), problem.watch(own, params, data, memory)))  # type: ignore[arg-type]

    def _places(self, series: Sequence[Series], one: Series) -> range:
        before = sum(len(each.columns) for each in series[: list(series).index(one)])
        return range(1 + before, 1 + before + len(one.columns))

    def row(self, t: int, runs: int) -> Array:
        """One row `(1, R, columns)` of the history, at step t."""
        row = np.full((1, runs, self._width), np.nan)
        row[:, :, 0] = t
        for place, measure in self._measures:
            out = np.full((runs, row[0][:, place].shape[1]), np.nan)
            measure(out)
            row[0][:, place] = out
        return row


class ParamNorms:
    """The norm of each layer's params."""

    def __init__(self, problem: Problem, params: Array, data: list[Any], memory: dict[str, Array]) -> None:
        self._layout: Layout = problem.layout()
        self._params = params

    def __call__(self, out: Array) -> None:
        out[:] = self._layout.norms(self._params)


class GradientNoise:
    """√(mean over mini-batches of ‖g_B − ḡ‖²) / ‖ḡ‖ for each layer, from `NOISY` mini-batches of a first epoch."""

    def __init__(self, problem: Problem, params: Array, data: list[Any], memory: dict[str, Array]) -> None:
        self._layout = problem.layout()
        self._params, self._memory = params, memory
        self._point, self._grads = params.copy(order="K"), np.empty_like(params)
        self._lent = {name: array.copy() for name, array in memory.items()}
        self._evaluate = problem.bind(self._point, self._grads, np.empty(len(params), params.dtype), data, self._lent)
        epoch = problem.sample(np.random.default_rng(0))
        assert epoch is not None
        self._batches = [np.broadcast_to(batch, (len(params), len(batch))) for batch in epoch[:NOISY]]

    def __call__(self, out: Array) -> None:
        np.copyto(self._point, self._params)
        for name, array in self._memory.items():
            np.copyto(self._lent[name], array)
        found = []
        for batch in self._batches:
            self._evaluate(batch)
            found.append(self._grads.copy())
        mean = np.mean(found, axis=0)
        spread = np.sqrt(np.mean([self._layout.norms(g - mean) ** 2 for g in found], axis=0))
        norms = self._layout.norms(mean)
        out[:] = np.divide(spread, norms, out=np.full_like(spread, np.nan), where=norms > 0)


_GENERAL: dict[str, Any] = {"param_norm": ParamNorms, "grad_noise": GradientNoise, "sharpness": Sharpness}
