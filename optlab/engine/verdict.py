"""The verdict: what the gradient norms say about a run, in a sentence with its numbers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optlab.engine.run import Run
from optlab.i18n import tr
from optlab.layout import Array
from optlab.net_problem import NetProblem

VANISHING = 1e-3
EXPLODING = 1e3
ROWS = 20
"""Rows whose median is judged, so that one mini-batch does not change the sentence."""


@dataclass(frozen=True)
class Remedy:
    """One change of a trial, to be tried beside it: fields by kind."""

    label: str
    changes: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Verdict:
    """`kind` is vanishing, exploding, healthy, diverged, failed or none; `level` is how it is shown."""

    kind: str
    level: str
    head: str = ""
    text: str = ""
    remedies: tuple[Remedy, ...] = field(default_factory=tuple)

    @property
    def badge(self) -> str:
        """The mark beside the run's name; empty where nothing is wrong."""
        return {"vanishing": tr("▼ vanishing"), "exploding": tr("▲ exploding")}.get(self.kind, "")


NONE = Verdict("none", "neutral")


def judge(run: Run, index: int | None = None) -> Verdict:
    """What the norms of the rows up to `index` (the last one by default) say."""
    if run.status == "diverged" and index is None:
        return Verdict("diverged", "error", tr("Diverged"), f"{run.label} · {run.message}")
    if run.status == "failed":
        return Verdict("failed", "error", tr("Failed"), f"{run.label} · {run.message}")
    found = first_over_last(run, index)
    if found is None or not np.isfinite(found[2]):  # a run that diverges has norms that are no numbers
        return _plain(run, index)
    first, end, ratio, factor = found
    last = run.count - 1 if index is None else min(index, run.count - 1)
    words = {
        "label": run.label, "step": _spaced(int(run.at(last, "step"))), "first": first, "last": end,
        "ratio": f"{ratio:.0e}", "factor": f"{factor:.2g}", "limit": f"{VANISHING:.0e}",
    }  # fmt: skip
    if ratio < VANISHING:
        text = tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, about ×{factor} per layer: "
            "its weights stand still.", **words,
        )  # fmt: skip
        return Verdict("vanishing", "warning", tr("Vanishing gradient"), text, remedies(run))
    if ratio > EXPLODING:
        text = tr(
            "{label} · at step {step} {first} gets {ratio} times {last}’s gradient, about ×{factor} per layer.", **words
        )
        return Verdict("exploding", "warning", tr("Exploding gradient"), text, remedies(run))
    words["ratio"] = f"{ratio:.2g}"
    text = tr(
        "{label} · at step {step} {first} gets {ratio} of {last}’s gradient: every layer hears the loss.", **words
    )
    return Verdict("healthy", "neutral", tr("Healthy gradient"), text)


def _plain(run: Run, index: int | None) -> Verdict:
    """For a run without layers to compare: where it stands."""
    last = run.count - 1 if index is None else min(index, run.count - 1)
    if last < 0:
        return NONE
    words = {"label": run.label, "step": _spaced(int(run.at(last, "step"))), "loss": f"{run.at(last, 'loss'):.3g}"}
    return Verdict("none", "neutral", "", tr("{label} · loss {loss} at step {step}", **words))


def first_over_last(run: Run, index: int | None = None) -> tuple[str, str, float, float] | None:
    """First and last weight layer, the ratio of their norms (median of the last rows) and the factor per layer.

    None where there are not two of them, or nothing was recorded.
    """
    weights = [name for name in run.layers if name.startswith("W")]
    last = run.count - 1 if index is None else min(index, run.count - 1)
    if last < 0 or len(weights) < 2:
        return None
    return weights[0], weights[-1], *ratio_and_factor(_median_norms(run, weights, last))


def ratio_and_factor(norms: Array) -> tuple[float, float]:
    """Norm of the first layer over the last, and the factor per layer that makes it; 0 where the first gets nothing."""
    first, last = np.float64(norms[0]), np.float64(norms[-1])
    with np.errstate(all="ignore"):
        ratio = first / last if first else np.float64(0.0)
        return float(ratio), float(ratio ** (1 / max(1, len(norms) - 1)))


def _median_norms(run: Run, weights: list[str], last: int) -> Array:
    rows = run.rows(max(0, last + 1 - ROWS), last + 1)
    columns = [run.history.index[f"grad_norm.{name}"] for name in weights]
    median: Array = np.median(rows[:, columns], axis=0)
    return median


def remedies(run: Run) -> tuple[Remedy, ...]:
    """Changes worth trying beside a sick network."""
    problem = run.trial.problem
    if not isinstance(problem, NetProblem):
        return ()
    found = []
    if problem.activation != "relu" or problem.init != "he":
        found.append(Remedy("ReLU + He", {"problem": {"activation": "relu", "init": "he"}}))
    if problem.residual == "none":
        found.append(Remedy(tr("tanh + residual"), {"problem": {"activation": "tanh", "residual": "every"}}))
    return tuple(found)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u2009")
