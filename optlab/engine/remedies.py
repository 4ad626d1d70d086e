"""Remedies: changes of a trial, one each, that are worth running beside a sick one."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optlab.engine import targets
from optlab.engine.rates import base_rate
from optlab.engine.run import Run
from optlab.engine.symptoms import EXPLODING, SHORT, VANISHING
from optlab.engine.theory import expected, named
from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.net_problem import DataProblem, NetProblem
from optlab.optimizer import Optimizer
from optlab.sequence_problem import SequenceProblem

SLOWER = 10
"""What a smaller learning rate is divided by."""

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


def remedies(run: Run, kind: str) -> tuple[Remedy, ...]:
    """What may help against a symptom of this kind, or `diverged`: the likeliest first.

    Of changes of a perceptron those that theory expects to stay sick are left out.
    """
    problem = run.trial.problem
    steps = [*_slower(run), *_clipped(run)]
    if isinstance(problem, SequenceProblem):
        gated = _gated(problem) if kind != "healthy" else []
        found = gated if kind == "vanishing" else [*reversed(steps), *gated]
    elif isinstance(problem, NetProblem):
        found = _of_perceptron(problem, kind, steps)
    else:
        found = steps
    return tuple(found) if kind in _SICK else ()


_SICK = ("vanishing", "shrinking", "saturated", "exploding", "dead", "diverged")


def _of_perceptron(problem: NetProblem, kind: str, steps: list[Remedy]) -> list[Remedy]:
    init = MATCHING.get(problem.activation, "xavier")
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
    return [*cures, *steps] if kind == "dead" and problem.init != "zeros" else cures


def _change(label: str, **fields: Any) -> Remedy:
    return Remedy(label, {"problem": fields})


def _approved(problem: NetProblem, wanted: list[Remedy]) -> Iterator[Remedy]:
    """Those that change anything, one of each, and that theory does not expect to stay sick."""
    known = [problem]
    for remedy in wanted:
        try:
            changed = problem.replace(**remedy.changes["problem"])
        except FieldError:  # batch norm of single points
            continue
        if changed in known:
            continue
        known.append(changed)
        hope = expected(changed)
        if hope is None or not VANISHING < hope.ratio < EXPLODING:
            continue
        whole = [factor**problem.hidden for factor in (hope.signal, hope.grad)]
        if min(whole) > SHORT and max(whole) < LOUD:
            why = tr("theory: ×{factor} per layer at the start", factor=f"{hope.factor:.2g}")
            yield Remedy(remedy.label, remedy.changes, why)


def _gated(problem: SequenceProblem) -> list[Remedy]:
    why = tr("gates keep the gradient from one time step to the next")
    cells = ("lstm", "gru") if problem.cell == "elman" else ()
    return [Remedy(cell.upper(), {"problem": {"cell": cell}}, why) for cell in cells]


def _slower(run: Run) -> list[Remedy]:
    optimizer, lr = run.trial.optimizer, base_rate(run.trial.optimizer) / SLOWER
    try:
        slower = _with_rate(optimizer, lr)
    except FieldError:
        return []
    why = tr("steps a tenth as long")
    return [Remedy(f"lr {lr:g}", {"optimizer": slower}, why)] if slower else []


def _with_rate(optimizer: Optimizer, lr: float) -> dict[str, Any]:
    """The fields of the optimizer with another lr, of one that it wraps where it has none itself."""
    if "lr" in optimizer.fields():
        optimizer.replace(lr=lr)
        return {"lr": lr}
    for key in targets.inner(optimizer):
        own = getattr(optimizer, key)
        return {key: own.replace(**_with_rate(own, lr))}
    return {}


def _clipped(run: Run) -> list[Remedy]:
    if run.trial.gradient.clip_norm or not run.count:
        return []
    norm = float(np.linalg.norm(run.norms(0)))
    limit = min(1.0, norm) if isinstance(run.trial.problem, DataProblem) else norm / SLOWER
    if not (limit > 0 and math.isfinite(limit)):
        return []
    limit = float(f"{limit:.0e}")
    why = tr("keeps the direction of a gradient that is longer, and takes its length")
    return [Remedy(tr("clipped at {limit}", limit=f"{limit:g}"), {"gradient": {"clip_norm": limit}}, why)]
