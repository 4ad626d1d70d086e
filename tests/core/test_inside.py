"""Looking into a run: at every step what the run was there, and the same as was recorded."""

import numpy as np
import pytest

from optlab.engine.headless import compute
from optlab.engine.inside import Inside
from optlab.engine.planning import plan

NET = {
    "problem": {"name": "moons", "hidden": 2, "width": 8, "batch": 32},
    "optimizer": {"name": "momentum", "lr": 0.1},
}


@pytest.fixture
def batch(experiment):
    made = plan(experiment(NET, steps=40, every=1, seeds=[0, 1], series=["accuracy", "saturated", "sharpness"]))[0]
    compute([made])
    return made


def forget_what_was_recorded(run):
    run.watched = None
    return run


@pytest.mark.parametrize("name", ["accuracy", "saturated", "sharpness"])
def test_what_is_measured_afterwards_is_what_was_recorded(batch, name):
    run = batch.runs[1]
    steps, recorded = Inside(run, batch).series(name)
    found, values = Inside(forget_what_was_recorded(run), batch).series(name, budget=60)
    assert found.tolist() == steps.tolist() == list(range(41))
    rtol = 1e-6 if name == "sharpness" else 1e-12  # from differences of gradients
    np.testing.assert_allclose(values, recorded, rtol=rtol, atol=1e-9)


def test_it_stands_where_the_run_stood(batch):
    inside = Inside(batch.runs[0], batch)
    assert inside.stand(0) == 0
    start = inside.params.copy()
    assert inside.stand(17.6) == 17 and (inside.params != start).any()
    assert inside.stand() == 40
    np.testing.assert_array_equal(inside.params[0], batch.point(batch.runs[0]))
    steps, path = inside.path()
    assert len(steps) == len(path) == 41 and (path[0] == start).all()


def test_a_small_budget_measures_the_rest_later(batch):
    inside = Inside(forget_what_was_recorded(batch.runs[0]), batch)
    lengths = [len(inside.series("saturated", budget=0)[0]) for _ in range(50)]
    assert lengths[0] == 1 and lengths[-1] == 41 and sorted(lengths) == lengths


def test_the_probe_sees_the_hidden_layers_and_changes_nothing(batch):
    run = batch.runs[0]
    before = batch.point(run)
    t, probe = Inside(run, batch).probe(10)
    assert t == 10 and [layer.name for layer in probe.bound.hidden()] == ["h1", "h2"]
    assert np.isfinite(probe.loss).all()
    np.testing.assert_array_equal(before, batch.point(run))


def test_before_the_first_step_there_is_nothing_to_see(experiment):
    made = plan(experiment(NET))[0]
    inside = Inside(made.runs[0], made)
    assert inside.stand() is None and inside.probe() is None and inside.steps() == []
