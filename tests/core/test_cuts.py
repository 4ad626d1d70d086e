"""Where a reactive schedule cut the learning rate, and why: recorded with the step, of every run, wherever it goes."""

import numpy as np
import pytest

import optlab
from optlab.engine.planning import plan
from optlab.engine.replay import Replay
from optlab.host import load_plugins

BRAKE = '''
"""A plugin of the tests."""
from optlab.api import Array, ReactiveSchedule, State, hookimpl

class Brake(ReactiveSchedule):
    """Halve the rate at every tenth step. Source: none."""
    name = "brake"
    def update(self, metric: Array, t: int, state: State) -> None:
        if t % 10 == 9:
            state.factor *= 0.5
    def reason(self, run: int, state: State) -> str:
        return f"run {run} is at {state.factor[run]:g}"

@hookimpl
def register_schedules():
    return [Brake]
'''
PLATEAU = {"name": "plateau", "factor": 0.3, "patience": 4, "threshold": 0.01}
NOISY = {"problem": "sphere", "optimizer": {"name": "sgd", "lr": 0.1}, "gradient": {"noise": 0.3}}


def fallen(run):
    """Steps and values at which the recorded rate fell."""
    lr = run.column("lr")
    steps = np.flatnonzero(np.diff(lr) < 0) + 1
    return [(int(t), lr[t]) for t in steps]


def told(run):
    return [(event.t, event.value) for event in run.events]


@pytest.fixture
def noisy(experiment, compute):
    """`noisy(steps=…)`: three runs of one batch whose loss is noisy."""

    def make(schedule=PLATEAU, chunk=10**9, **top):
        e = experiment({**NOISY, "schedule": schedule}, **{"steps": 300, "seeds": [0, 1, 2], **top})
        return compute(e, chunk)

    return make


def test_cuts_stand_exactly_where_the_recorded_rate_falls(noisy):
    runs = noisy()
    assert all(told(run) == fallen(run) for run in runs)
    assert min(len(told(run)) for run in runs) > 3 and len({tuple(told(run)) for run in runs}) > 1


@pytest.mark.parametrize("chunk", [1, 7, 256])
def test_cuts_do_not_depend_on_the_pace(noisy, chunk):
    assert [run.events for run in noisy(chunk=chunk)] == [run.events for run in noisy()]


def test_the_numbers_of_a_reason_are_those_of_the_recorded_loss(noisy):
    run = noisy()[0]
    best, accepted = np.inf, []
    for loss in run.column("loss"):
        best = loss if loss < best - 0.01 * abs(best) or np.isinf(best) else best
        accepted.append(best)
    lr = run.column("lr")
    for event in run.events:
        share = lr[event.t] / lr[event.t - 1]
        assert event.reason == (
            f"5 checks no better than {accepted[event.t - 1]:.4g} by 1 %: lr × {share:.3g} = {lr[event.t]:.4g}"
        )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"drop_on": "reached"}, "4 checks no better than "),
        ({"threshold_mode": "abs", "threshold": 0.25}, " by 0.25: lr"),
        ({"mode": "max"}, "5 checks no better than "),
    ],
)
def test_a_reason_says_what_was_asked_for(noisy, fields, words):
    run = noisy({**PLATEAU, **fields})[0]
    assert all(words in event.reason for event in run.events) and run.events
    assert " than -" not in run.events[0].reason


@pytest.mark.parametrize("name", ["constant", "cosine", "step"])
def test_schedules_that_do_not_react_make_no_cuts(noisy, name):
    assert all(run.events == [] for run in noisy({"name": name}))


def test_a_plateau_within_a_warm_up_cuts_what_the_warm_up_leaves(noisy):
    runs = noisy({"name": "warmup", "over": 50.0, "of": PLATEAU})
    for run in runs:
        assert told(run) == fallen(run) and run.events[0].t > 50


def test_a_cut_after_the_last_step_was_never_in_force(noisy):
    whole = noisy()[0].events
    assert noisy(steps=whole[1].t)[0].events == whole[:1]


def test_runs_that_end_early_leave_the_cuts_of_the_others_as_they_are(experiment, compute):
    tables = [{**NOISY, "schedule": PLATEAU, "optimizer": {"name": "sgd", "lr": lr}} for lr in (5.0, 0.1, 5.0, 0.2)]
    top = {"steps": 600, "bound": 1e3}
    together = compute(experiment(*tables, **top))
    assert [run.status for run in together] == ["diverged", "done", "diverged", "done"]
    assert len({id(run.history) for run in together}) == 1
    for table, run in zip(tables, together, strict=True):
        assert told(run) == told(compute(experiment(table, **top))[0])
        assert all(event.t <= run.step for event in run.events)


def test_a_rate_that_is_changed_by_hand_has_no_reason_and_the_cuts_go_on_from_it(experiment):
    (batch,) = plan(experiment({**NOISY, "schedule": PLATEAU}, steps=300))
    batch.advance(20)
    batch.set_rate(batch.runs[0], 0.05)
    batch.advance(280)
    by_hand, *cuts = sorted(batch.runs[0].events, key=lambda event: bool(event.reason))
    assert (by_hand.t, by_hand.value, by_hand.reason) == (20, 0.05, "") and all(event.reason for event in cuts)
    lr = batch.runs[0].column("lr")
    assert [event.value for event in cuts] == [lr[event.t] for event in cuts]


def test_a_replay_lets_the_schedule_cut_again(experiment):
    (batch,) = plan(experiment({**NOISY, "schedule": PLATEAU}, steps=300))
    batch.advance(300)
    run = batch.runs[0]
    moment = Replay(run, batch.dtype).moment(run.events[1].t, float("inf"))
    assert moment.lr == run.events[1].value


def test_a_process_of_its_own_tells_the_reasons_too(tmp_path):
    file = tmp_path / "brake.py"
    file.write_text(BRAKE)
    host = load_plugins([file], shipped_only=True)
    e = optlab.load("ravine", ["schedule.name=brake", "steps=25", "seeds=[0,1]"], host=host)
    run = optlab.run(e, host=host).runs[1]
    assert [(event.t, event.value) for event in run.events] == fallen(run)
    assert [event.reason for event in run.events] == [
        "run 1 is at 0.5: lr × 0.5 = 0.00925", "run 1 is at 0.25: lr × 0.5 = 0.004625",
    ]  # fmt: skip
