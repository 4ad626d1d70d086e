"""From runs to the rows of the runs table."""

import math

from optlab.component import Component
from optlab.engine.evidence import stations
from optlab.engine.session import Entry
from optlab.engine.verdict import first_over_last
from optlab.gui.desk import Desk
from optlab.gui.run_model import RunRow
from optlab.i18n import tr
from optlab.net_problem import NetProblem


def problem_title(problem: Component) -> str:
    """The problem's name, and the size of its network (width × hidden layers)."""
    if isinstance(problem, NetProblem):
        return f"{problem.heading()} · MLP {problem.width}×{problem.hidden}"
    return problem.heading()


def row_of(desk: Desk, entry: Entry, rate: float) -> RunRow:
    """The row of one run; `rate` is its speed in steps per second."""
    run, look = entry.run, desk.look(entry)
    lr = entry.batch.rate(run)
    optimizer = run.trial.optimizer.heading()
    left = (run.steps - run.step) / rate if run.steps and rate > 0 and run.status == "running" else None
    loss = run.at(run.count - 1, "loss")
    return RunRow(
        key=str(entry.key), colour=look.colour, dash=look.dash, visible=entry.visible, pinned=entry.pinned,
        outdated=entry.outdated,
        label=entry.name, badge=desk.verdict(entry).badge, problem=problem_title(run.trial.problem),
        optimizer=optimizer if math.isnan(lr) else f"{optimizer} · lr {lr:g}",
        schedule=run.trial.schedule.heading(), status=run.status, sentence=run.message,
        progress=_progress(entry), time_left=left, loss=loss if run.count else None, ratio_text=_ratio(desk, entry),
    )  # fmt: skip


def ratio_title(desk: Desk) -> str:
    """The title of the ratio's column: `W1 / W13`, where all runs have the same layers."""
    ends = {_ends(entry) for entry in desk.entries}
    return " / ".join(ends.pop() or (tr("first"), tr("last"))) if len(ends) == 1 else tr("first / last")


def _ends(entry: Entry) -> tuple[str, str] | None:
    names = stations(entry.run)
    return (names[0], names[-1]) if len(names) > 1 else None


def _progress(entry: Entry) -> float:
    run = entry.run
    return min(1.0, run.step / run.steps) if run.steps else 0.0


def _ratio(desk: Desk, entry: Entry) -> str:
    found = first_over_last(entry.run, None if desk.cursor is None else desk.row(entry))
    if found is None:
        return ""
    ratio = found[2]
    return "0" if ratio == 0 else f"{ratio:.0e}" if ratio < 0.01 or ratio >= 100 else f"{ratio:.2g}"
