"""The evidence: what is known of a run at one of its steps, from its norms and from what its hidden layers hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from optlab.engine.run import Run
from optlab.layout import Array
from optlab.net_problem import DataProblem
from optlab.nets import Network
from optlab.sequence_problem import SequenceProblem

ROWS = 20
"""Rows whose median is judged, so that one mini-batch does not change the sentence."""

MEMORY = 500
"""Rows among which the longest gradient is looked for."""

TIME_STEPS = "hidden_grad"
"""The series of ∂L/∂h by time step of a recurrent network."""

SHARES = ("dead", "saturated")
"""Series of the hidden layers that are judged."""

SQUASHING = ("sigmoid", "tanh", "hard_sigmoid", "softsign")
"""Activations that are flat at both ends; half of a rectifier's slopes are zero, and that is healthy."""


@dataclass(frozen=True)
class Inner:
    """What was measured of the hidden layers at `step`: values by name of the layer, by name of the series."""

    step: int
    values: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Evidence:
    """`norms (n,)` are those of the gradient at the stations `names`, from first to last, at `step`."""

    names: tuple[str, ...]
    norms: Array
    step: int
    loss: float
    start: float
    """The loss at the start, or that of guessing where that is lower: what a run has to leave behind."""
    through_time: bool = False
    alike: bool = False
    """Whether all stations but the first and the last have the same size."""
    length: float = 1.0
    """Norm of the whole gradient, after clipping."""
    jump: float = 1.0
    """The longest such gradient of the last rows over their median; of recurrent networks."""
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Norm of the first station over the last; 0 where the first gets nothing."""
        return ratio(self.norms)

    @property
    def most(self) -> float:
        """The largest norm of the inner stations."""
        return float(inner(self.norms, self.alike).max())

    @property
    def factor(self) -> float:
        """The factor from one station to the one before; of a perceptron between its inner layers, which are alike."""
        return factor(self.norms, self.alike)


def ratio(norms: Array) -> float:
    """The first over the last; 0 where the first is."""
    first, last = np.float64(norms[0]), np.float64(norms[-1])
    with np.errstate(all="ignore"):
        return float(first / last) if first else 0.0


def factor(norms: Array, alike: bool = False) -> float:
    """The factor from one to the one before that makes the ratio of first to last, or of the inner ones."""
    found = inner(norms, alike)
    with np.errstate(all="ignore"):
        return float(ratio(found) ** (1 / max(1, len(found) - 1)))


def inner(norms: Array, alike: bool) -> Array:
    """Without the first and the last, where the others are alike and enough."""
    return norms[1:-1] if alike and len(norms) > 4 else norms


def stations(run: Run) -> list[str]:
    """What the gradient passes on its way back, from first to last: weight layers, or the time steps of a sequence."""
    problem = run.trial.problem
    if isinstance(problem, SequenceProblem):
        return [f"t{t}" for t in range(1, problem.length + 1)]
    return [name for name in run.layers if name.startswith("W")]


def gather(run: Run, index: int | None = None, beside: Inner | None = None) -> Evidence | None:
    """The evidence at a recorded row, the last one by default; None where there is nothing to compare.

    `beside` is what was measured beside the run; what the run recorded itself comes first.
    """
    names, last = stations(run), run.count - 1 if index is None else min(index, run.count - 1)
    if last < 0 or len(names) < 2:
        return None
    rows, columns = run.rows(max(0, last + 1 - ROWS), last + 1), run.history.index
    step, through_time = int(rows[-1, 0]), isinstance(run.trial.problem, SequenceProblem)
    found = {name: _recorded(run, name, step) for name in (*SHARES, TIME_STEPS)}
    measured: Mapping[str, Mapping[str, float]] = beside.values if beside else {}
    shares = {name: values or measured.get(name, {}) for name, (values, _) in found.items()}
    if getattr(run.trial.problem, "activation", "") not in SQUASHING:
        del shares["saturated"]
    if through_time:
        step = found[TIME_STEPS][1] if found[TIME_STEPS][0] else beside.step if beside else step
        norms = np.array([shares[TIME_STEPS].get(name, np.nan) for name in names])
    else:
        norms = np.median(rows[:, [columns[f"grad_norm.{name}"] for name in names]], axis=0)
    if not np.isfinite(norms).all():  # a run that diverges has norms that are no numbers
        return None
    return Evidence(
        tuple(names), norms, step, float(np.median(rows[:, columns["loss"]])), _start(run), through_time,
        alike(_network(run)), float(np.median(np.linalg.norm(rows[:, _taken(run)], axis=1))),
        _jump(run, last) if through_time else 1.0, shares,
    )  # fmt: skip


def alike(net: object) -> bool:
    """Whether a network is a perceptron whose hidden layers have one size."""
    return isinstance(net, Network) and len(set(net.sizes[1:-1])) == 1


def _network(run: Run) -> object:
    problem = run.trial.problem
    return problem.network() if isinstance(problem, DataProblem) else None


def _start(run: Run) -> float:
    chance = run.trial.problem.chance()
    return min(run.at(0, "loss"), chance[1] if chance else np.inf)


def _recorded(run: Run, name: str, step: int) -> tuple[dict[str, float], int]:
    """The last recorded values of a series by hidden layer at or before `step`, and their step."""
    beside = run.watched
    columns = [c for c in beside.columns if c.startswith(f"{name}.")] if beside else []
    if beside is None or not columns:
        return {}, step
    steps = beside.column(run.row, "step")
    k = int(np.searchsorted(steps, step, side="right")) - 1
    if k < 0:
        return {}, step
    row = beside.row(run.row, k)
    return {c.removeprefix(f"{name}."): float(row[beside.index[c]]) for c in columns}, int(steps[k])


def _taken(run: Run) -> list[int]:
    """The columns of all layers' norms as steps took them: after clipping, where there is any."""
    index = run.history.index
    series = "clipped_norm" if f"clipped_norm.{run.layers[0]}" in index else "grad_norm"
    return [index[f"{series}.{name}"] for name in run.layers]


def _jump(run: Run, last: int) -> float:
    norms = np.linalg.norm(run.rows(max(0, last + 1 - MEMORY), last + 1, _taken(run)), axis=1)
    middle = float(np.median(norms))
    return float(np.max(norms)) / middle if middle > 0 else 1.0
