"""The replay: a run computed again to one of its steps, to the bit, with what its optimizer held there."""

import time

import numpy as np
import pytest

from optlab.engine.experiment_file import build_experiment
from optlab.engine.inside import Inside
from optlab.engine.planning import plan
from optlab.engine.replay import Replay, parted
from optlab.host import load_plugins

CATALOGUE = load_plugins(shipped_only=True).catalogue
NET = {"name": "moons", "hidden": 2, "width": 6, "batch": 32}
CASES = {
    "momentum": {"problem": NET, "optimizer": {"name": "momentum", "lr": 0.1}},
    "cosine": {"problem": NET, "optimizer": {"name": "adam", "lr": 0.1}, "schedule": {"name": "cosine"}},
    "plateau": {"problem": {"name": "ravine"}, "optimizer": {"name": "adam", "lr": 0.1},
                "schedule": {"name": "plateau", "patience": 0, "threshold": 0.5}},
    "noise": {"problem": {"name": "rosenbrock"}, "optimizer": {"name": "rmsprop", "lr": 0.01},
              "gradient": {"noise": 0.1, "clip_norm": 1.0, "l2": 0.1, "decay": 0.1}},
    "oracle": {"problem": {"name": "ravine"}, "optimizer": {"name": "sam"}},
}  # fmt: skip


def ran(case, steps=90, change=None):
    table = {**CASES[case], "steps": steps, "seeds": [3], "trial": [{"label": case}]}
    (batch,) = plan(build_experiment(table, CATALOGUE))
    if change is not None:
        batch.advance(change[0])
        batch.set_rate(batch.runs[0], change[1])
    batch.advance(steps)
    return batch.runs[0], batch


def moment(run, batch, step):
    return Replay(run, batch.dtype).moment(step, time.perf_counter() + 60)


@pytest.mark.parametrize("case", CASES)
def test_a_step_is_what_the_run_recorded(case):
    run, batch = ran(case)
    found = moment(run, batch, 70)
    assert found.t == 71 and found.loss == run.at(70, "loss") and found.lr == run.at(70, "lr")
    assert parted(run, found) is None
    inside = Inside(run, batch)
    for step, x in ((70, found.before["x"]), (71, found.after["x"])):
        assert inside.stand(step) == step and (inside.params[0] == x).all()


def test_a_change_of_lr_while_the_run_went_is_replayed():
    run, batch = ran("momentum", change=(40, 0.01))
    assert [moment(run, batch, step).lr for step in (39, 40)] == [0.1, 0.01]
    assert parted(run, moment(run, batch, 80)) is None


def test_a_run_that_went_otherwise_is_found_out():
    run, batch = ran("momentum", change=(40, 0.01))
    run.history.events.clear()
    assert parted(run, moment(run, batch, 30)) is None and parted(run, moment(run, batch, 80)) == run.at(80, "loss")


def test_the_numbers_fill_the_rule_of_adam():
    run, batch = ran("cosine")
    found = moment(run, batch, 12)
    corrected = found.corrected(type(run.trial.optimizer))
    assert [text for text, _ in corrected.values()] == ["m̂ = m / (1 − β₁ᵗ)", "v̂ = v / (1 − β₂ᵗ)"]
    m, v = (found.after[name] / corrected[name][1] for name in "mv")
    np.testing.assert_allclose(
        found.before["x"] - found.lr * m / (np.sqrt(v) + found.fields["eps"]), found.after["x"], rtol=1e-12
    )
    beta = found.fields["beta1"]
    np.testing.assert_allclose(found.after["m"], beta * found.before["m"] + (1 - beta) * found.grads, rtol=1e-12)


def test_it_goes_on_from_where_it_is_and_begins_again_for_a_step_before():
    run, batch = ran("noise")
    inside = Inside(run, batch)
    first = inside.moment(50, 60.0)
    assert inside.moment(50, 0.0) is first
    assert inside.moment(60, 60.0).t == 61 and inside.moment(10, 60.0).t == 11
    assert isinstance(inside.moment(80, -1.0), int), "no time: how far it is"
