"""The verdict: what the gradient norms say about a run, in a sentence with its numbers."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optlab.engine.run import Run
from optlab.i18n import tr
from optlab.layout import Array
from optlab.net_problem import NetProblem
from optlab.sequence_problem import SequenceProblem

VANISHING = 1e-3
EXPLODING = 1e3
ROWS = 20
"""Rows whose median is judged, so that one mini-batch does not change the sentence."""

TIME_STEPS = "hidden_grad."
"""The series of ∂L/∂h by time step of a recurrent network."""


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
    names, norms, step = _flow(run, index)
    ratio, factor = ratio_and_factor(norms) if len(norms) else (np.nan, np.nan)
    if not np.isfinite(ratio):  # a run that diverges has norms that are no numbers
        return _plain(run, index)
    words = {
        "label": run.label, "step": _spaced(step), "first": names[0], "last": names[-1],
        "ratio": f"{ratio:.0e}", "factor": f"{factor:.2g}", "limit": f"{VANISHING:.0e}",
    }  # fmt: skip
    kind = "vanishing" if ratio < VANISHING else "exploding" if ratio > EXPLODING else "healthy"
    if kind == "healthy":
        words["ratio"] = f"{ratio:.2g}"
    through_time = isinstance(run.trial.problem, SequenceProblem)
    text = _through_time(kind, words) if through_time else _through_layers(kind, words)
    if kind == "healthy":
        return Verdict(kind, "neutral", tr("Healthy gradient"), text)
    head = tr("Vanishing gradient") if kind == "vanishing" else tr("Exploding gradient")
    return Verdict(kind, "warning", head, text, remedies(run))


def _through_layers(kind: str, words: dict[str, str]) -> str:
    if kind == "vanishing":
        return tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, about ×{factor} per layer: "
            "its weights stand still.", **words,
        )  # fmt: skip
    if kind == "exploding":
        return tr(
            "{label} · at step {step} {first} gets {ratio} times {last}’s gradient, about ×{factor} per layer.", **words
        )
    return tr(
        "{label} · at step {step} {first} gets {ratio} of {last}’s gradient: every layer hears the loss.", **words
    )


def _through_time(kind: str, words: dict[str, str]) -> str:
    if kind == "vanishing":
        return tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, about ×{factor} per time step: "
            "what came first is not learned from.", **words,
        )  # fmt: skip
    if kind == "exploding":
        return tr(
            "{label} · at step {step} {first} gets {ratio} times {last}’s gradient, about ×{factor} per time step.",
            **words,
        )
    return tr(
        "{label} · at step {step} {first} gets {ratio} of {last}’s gradient: every time step hears the loss.", **words
    )


def _plain(run: Run, index: int | None) -> Verdict:
    """For a run without layers to compare: where it stands."""
    last = run.count - 1 if index is None else min(index, run.count - 1)
    if last < 0:
        return NONE
    words = {"label": run.label, "step": _spaced(int(run.at(last, "step"))), "loss": f"{run.at(last, 'loss'):.3g}"}
    return Verdict("none", "neutral", "", tr("{label} · loss {loss} at step {step}", **words))


def stations(run: Run) -> list[str]:
    """What the gradient passes on its way back, from first to last.

    Weight layers; or the time steps of a recurrent network, where its series `hidden_grad` is recorded.
    """
    if not isinstance(run.trial.problem, SequenceProblem):
        return [name for name in run.layers if name.startswith("W")]
    columns = run.watched.columns if run.watched else ()
    return [name.removeprefix(TIME_STEPS) for name in columns if name.startswith(TIME_STEPS)]


def first_over_last(run: Run, index: int | None = None) -> tuple[str, str, float, float] | None:
    """First and last station, the ratio of their norms and the factor from one to the next that makes it.

    None where there are not two of them, or nothing was recorded.
    """
    names, norms, _ = _flow(run, index)
    return (names[0], names[-1], *ratio_and_factor(norms)) if len(norms) else None


def ratio_and_factor(norms: Array) -> tuple[float, float]:
    """Norm of the first layer over the last, and the factor per layer that makes it; 0 where the first gets nothing."""
    first, last = np.float64(norms[0]), np.float64(norms[-1])
    with np.errstate(all="ignore"):
        ratio = first / last if first else np.float64(0.0)
        return float(ratio), float(ratio ** (1 / max(1, len(norms) - 1)))


def _flow(run: Run, index: int | None) -> tuple[list[str], Array, int]:
    """The stations of the gradient, its norms there, empty where nothing was recorded, and the step they are of.

    Norms of layers are medians of the last rows; those of time steps are of the same points at every step.
    """
    names, last = stations(run), run.count - 1 if index is None else min(index, run.count - 1)
    if last < 0 or len(names) < 2:
        return names, np.empty(0), 0
    step = int(run.at(last, "step"))
    if run.watched is None or not isinstance(run.trial.problem, SequenceProblem):
        rows = run.rows(max(0, last + 1 - ROWS), last + 1)
        return names, np.median(rows[:, [run.history.index[f"grad_norm.{name}"] for name in names]], axis=0), step
    steps = run.watched.column(run.row, "step")
    k = int(np.searchsorted(steps, step, side="right")) - 1
    if k < 0:
        return names, np.empty(0), 0
    row = run.watched.row(run.row, k)
    return names, row[[run.watched.index[TIME_STEPS + name] for name in names]], int(steps[k])


def remedies(run: Run) -> tuple[Remedy, ...]:
    """Changes worth trying beside a sick network."""
    problem = run.trial.problem
    if isinstance(problem, SequenceProblem) and problem.cell == "elman":
        return tuple(Remedy(cell.upper(), {"problem": {"cell": cell}}) for cell in ("gru", "lstm"))
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
