"""Remedies: changes of a trial, one each, that are worth running beside a sick one."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from optlab.engine import targets
from optlab.engine.rates import base_rate
from optlab.engine.run import Run
from optlab.engine.spec import Trial
from optlab.engine.symptoms import EXPLODING, SHORT, VANISHING
from optlab.engine.theory import expected, named
from optlab.fields import FieldError, Flag
from optlab.i18n import language, tr
from optlab.net_problem import DataProblem, NetProblem
from optlab.optimizer import Optimizer
from optlab.sequence_problem import SequenceProblem

SLOWER = 10
"""What a smaller learning rate is divided by."""

KINDS = ("vanishing", "shrinking", "saturated", "exploding", "dead", "diverged")
"""Of symptoms, and of an end, for which there are remedies."""

LOUD = 1e3
"""What theory may expect the layers to multiply a signal by, all together: 12 ReLUs with skips make 64."""

MATCHING = {"relu": "he", "leaky_relu": "he", "prelu": "he", "elu": "he", "gelu": "he", "gelu_tanh": "he", "silu": "he",
            "mish": "he", "softplus": "he", "selu": "lecun"}  # fmt: skip
"""The initialiser made for an activation, or near enough; Xavier's for the others."""


@dataclass(frozen=True)
class Remedy:
    """One change of a trial, to be tried beside it: fields by kind. `why` says what is expected of it."""

    label: str
    changes: dict[str, dict[str, Any]]
    why: str = ""

    def of(self, trial: Trial) -> Trial:
        """The trial with the change, under its own label."""
        for kind, values in self.changes.items():
            trial = trial.with_part(kind, trial.part(kind).replace(**values))
        return replace(trial, label=self.label)


def remedies(run: Run, kind: str) -> tuple[Remedy, ...]:
    """What may help against a symptom of this kind, or `diverged`: the likeliest first.

    Of changes of a perceptron those that theory expects to stay sick are left out. Kept for each language.
    """
    if kind not in KINDS:
        return ()
    norm = float(np.linalg.norm(run.norms(0))) if run.count else 0.0
    return _found(run.trial, kind, norm, language())


def forget() -> None:
    """Keep nothing of trials that may be gone with their plugins."""
    _found.cache_clear()


@lru_cache(maxsize=256)
def _found(trial: Trial, kind: str, norm: float, speech: str) -> tuple[Remedy, ...]:
    problem, steps = trial.problem, [*_slower(trial), *_clipped(trial, norm)]
    if isinstance(problem, SequenceProblem):
        gated = _gated(problem)
        return tuple(gated if kind == "vanishing" else [*reversed(steps), *gated])
    if isinstance(problem, DataProblem):
        return tuple(_of_layers(problem, kind, steps))
    return tuple(steps)


def _of_layers(problem: DataProblem, kind: str, steps: list[Remedy]) -> list[Remedy]:
    init = MATCHING.get(getattr(problem, "activation", ""), "xavier")
    relu, own = _change("ReLU + He", activation="relu", init="he"), _change(named(init), init=init)
    leaky = _change(tr("leaky ReLU"), activation="leaky_relu")
    normed = [_change(tr("batch norm"), norm="batch"), _change(tr("layer norm"), norm="layer")]
    skips = _change(tr("residual"), residual="every")
    wanted = {
        "vanishing": [relu, *normed, skips],
        "shrinking": [own, relu, *normed, skips],
        "saturated": [own, relu, *normed],
        "exploding": [own, skips, normed[1]],
        "dead": [leaky, own],
        "diverged": [own],
    }
    cures = list(_approved(problem, wanted.get(kind, [])))
    if kind in ("exploding", "diverged"):
        return [*(steps if kind == "diverged" else reversed(steps)), *cures]
    return [*cures, *steps] if kind == "dead" and getattr(problem, "init", "") != "zeros" else cures


def _change(label: str, **fields: Any) -> Remedy:
    return Remedy(label, {"problem": fields})


def _approved(problem: DataProblem, wanted: list[Remedy]) -> Iterator[Remedy]:
    """Those that change anything, one of each, and that theory, where it has a word, does not expect to stay sick."""
    known = [problem]
    for remedy in wanted:
        fields = {key: _fitting(problem, key, value) for key, value in remedy.changes["problem"].items()}
        try:
            changed = problem.replace(**fields) if fields.keys() <= problem.fields().keys() else problem
        except FieldError:  # a network without this word, or batch norm of single points
            continue
        if changed in known:
            continue
        known.append(changed)
        why = _hope(changed)
        if why is not None:
            yield Remedy(remedy.label, {"problem": fields}, why)


def _fitting(problem: DataProblem, key: str, value: Any) -> Any:
    """Networks of one kind of skips switch them on, where others choose among several."""
    return True if isinstance(problem.fields().get(key), Flag) else value


def _hope(problem: DataProblem) -> str | None:
    """What theory expects, in words, empty where it has none; None where it expects a network that stays sick."""
    if not isinstance(problem, NetProblem):
        return ""
    hope = expected(problem)
    if hope is None or not VANISHING < hope.ratio < EXPLODING:
        return None
    whole = [factor**problem.hidden for factor in (hope.signal, hope.grad)]
    if min(whole) < SHORT or max(whole) > LOUD:
        return None
    return str(tr("theory: ×{factor} per layer at the start", factor=f"{hope.factor:.2g}"))


def _gated(problem: SequenceProblem) -> list[Remedy]:
    why = tr("gates keep the gradient from one time step to the next")
    cells = ("lstm", "gru") if problem.cell == "elman" else ()
    return [Remedy(cell.upper(), {"problem": {"cell": cell}}, why) for cell in cells]


def _slower(trial: Trial) -> list[Remedy]:
    lr = base_rate(trial.optimizer) / SLOWER
    try:
        slower = _with_rate(trial.optimizer, lr)
    except FieldError:
        return []
    why = tr("steps a tenth as long: lr {lr}", lr=f"{lr:g}")
    return [Remedy(tr("smaller lr"), {"optimizer": slower}, why)] if slower else []


def _with_rate(optimizer: Optimizer, lr: float) -> dict[str, Any]:
    """The fields of the optimizer with another lr, of one that it wraps where it has none itself."""
    if "lr" in optimizer.fields():
        optimizer.replace(lr=lr)
        return {"lr": lr}
    for key in targets.inner(optimizer):
        own = getattr(optimizer, key)
        return {key: own.replace(**_with_rate(own, lr))}
    return {}


def _clipped(trial: Trial, norm: float) -> list[Remedy]:
    """Clipping at the first gradient's norm, at most 1; at a tenth of it on landscapes, where norms are of any size."""
    limit = min(1.0, norm) if isinstance(trial.problem, DataProblem) else norm / SLOWER
    if trial.gradient.clip_norm or not (limit > 0 and math.isfinite(limit)):
        return []
    limit = float(f"{limit:.0e}")
    why = tr("keeps the direction of a gradient that is longer, and takes its length")
    return [Remedy(tr("clipped at {limit}", limit=f"{limit:g}"), {"gradient": {"clip_norm": limit}}, why)]
