"""The recorder turns staged steps into rows: the steps that count, columns in order, tracks where there are any."""

import numpy as np
import pytest

from optlab.engine.history import History
from optlab.engine.recorder import DEEPEST, STAGED, Recorder, columns
from optlab.layout import Layout

LAYOUT = Layout({"W1": (2, 1), "b1": (1,)})


@pytest.fixture
def recorder(lab):
    problem = lab.catalogue.find("problem", "case_remembering", "")()
    history = History(columns(problem.tracks(), LAYOUT, clips=False), 2)
    grads = np.tile([3.0, 4.0, 2.0], (2, 1))
    made = Recorder(problem, LAYOUT, np.zeros((2, 3)), grads, clips=False, history=history, rows=np.arange(2))
    for k in range(made.depth + 1):
        made.points[k][:] = k + 1.0
    for k in range(made.depth):
        made.keep_grads[k]()
        made.losses[k][:] = k
    return made


@pytest.fixture
def moving(lab):
    """A recorder of two runs whose schedule moves a field."""
    problem = lab.catalogue.find("problem", "case_remembering", "")()
    history = History(columns(problem.tracks(), LAYOUT, True, ("optimizer.beta1",)), 2)
    like = np.zeros((2, 3))
    made = Recorder(problem, LAYOUT, like, like, clips=True, history=history, rows=np.arange(2))
    made.scheduled["optimizer.beta1"][:] = [[0.5, 0.25]] * np.arange(made.depth)[:, None]
    return made


def history_of(recorder):
    return recorder._history


def test_columns_are_in_the_order_of_the_file():
    assert columns(("x",), LAYOUT, clips=True) == (
        "step", "evaluations", "lr", "loss", "x", "grad_norm.W1", "grad_norm.b1", "clipped_norm.W1", "clipped_norm.b1",
        "update_ratio.W1", "update_ratio.b1",
    )  # fmt: skip


def test_scheduled_fields_are_the_last_columns():
    assert columns(("x",), Layout({"W1": (2, 1)}), False, ("optimizer.beta1", "gradient.decay"))[-4:] == (
        "grad_norm.W1", "update_ratio.W1", "optimizer.beta1", "gradient.decay",
    )  # fmt: skip


def test_a_scheduled_field_is_kept_by_step_and_run_and_blank_where_no_step_followed(moving):
    moving.flush(0, np.array([5, 5]), 2)
    moving.flush(5, np.array([1, 1]), 1, moved=False)
    history = history_of(moving)
    np.testing.assert_array_equal(history.column(0, "optimizer.beta1"), [0.0, 1.0, 2.0, np.nan])
    np.testing.assert_array_equal(history.column(1, "optimizer.beta1"), [0.0, 0.5, 1.0, np.nan])
    assert np.isnan(history.column(0, "update_ratio.b1")[-1])


def test_a_row_has_norms_by_layer_and_the_update_over_the_point(recorder):
    recorder.flush(0, np.array([2, 2]), 1)
    history = history_of(recorder)
    assert history.column(0, "grad_norm.W1").tolist() == [5.0, 5.0]
    assert history.column(0, "grad_norm.b1").tolist() == [2.0, 2.0]
    assert history.column(1, "update_ratio.W1").tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("t", "every", "steps"), [(0, 3, [0, 3, 6]), (4, 3, [6, 9, 12]), (7, 100, []), (10, 5, [10, 15])]
)
def test_every_kth_step_is_kept_wherever_a_stage_begins(recorder, t, every, steps):
    recorder.flush(t, np.array([9, 9]), every)
    assert history_of(recorder).column(0, "step").tolist() == steps


def test_each_run_keeps_the_steps_that_count(recorder):
    recorder.flush(4, np.array([3, 9]), 3)
    assert history_of(recorder).column(0, "step").tolist() == [6]
    assert history_of(recorder).column(1, "step").tolist() == [6, 9, 12]


def test_a_look_is_kept_on_any_step_and_is_blank_where_no_step_followed(recorder):
    recorder.flush(7, np.array([1, 1]), 100, moved=False)
    history = history_of(recorder)
    assert history.column(0, "step").tolist() == [7]
    assert np.isnan(history.column(0, "lr")).all()
    assert np.isnan(history.column(0, "update_ratio.b1")).all()


def test_a_plugin_that_cannot_measure_costs_its_tracks_and_not_the_rows(recorder, monkeypatch):
    def measure(self, params, out):
        raise ZeroDivisionError

    monkeypatch.setattr(type(recorder._problem), "measure", measure)
    with pytest.raises(ZeroDivisionError):
        recorder.flush(0, np.array([2, 2]), 1)
    history = history_of(recorder)
    assert history.column(0, "loss").tolist() == [0.0, 1.0]
    assert np.isnan(history.column(0, "distance")).all()


@pytest.mark.parametrize(("runs", "size", "depth"), [(1, 2, DEEPEST), (1, 10**6, 1), (1000, 2, 65)])
def test_the_stage_is_as_deep_as_its_numbers_allow(lab, runs, size, depth):
    problem = lab.catalogue.find("problem", "case_bowl", "")()
    history = History(("step",), runs)
    like = np.zeros((runs, size))
    assert Recorder(problem, LAYOUT, like, like, False, history, np.arange(runs)).depth == depth


@pytest.mark.parametrize("order", ["C", "F"])
def test_stages_have_the_storage_order_of_the_params(lab, order):
    problem = lab.catalogue.find("problem", "case_bowl" if order == "F" else "case_remembering", "")()
    like = np.zeros((4, 3))
    staged = Recorder(problem, LAYOUT, like, like, False, History(("step",), 4), np.arange(4)).points[0]
    assert staged.flags.f_contiguous == (order == "F")


@pytest.mark.parametrize("gradient", [{}, {"clip_norm": 0.01}])
def test_a_network_staged_step_by_step_has_the_rows_of_one_staged_in_blocks(experiment, compute, monkeypatch, gradient):
    problem = {"name": "circles", "hidden": 2, "width": 24, "batch": 32}
    trial = {"problem": problem, "optimizer": {"name": "adam", "lr": 0.01}, "gradient": gradient}
    blocks, rows = compute(experiment(trial, steps=40)), []
    for staged in (1, 2000):  # one step; a few
        monkeypatch.setitem(STAGED, "C", staged)
        rows.append(compute(experiment(trial, steps=40))[0].rows())
    for each in rows:
        np.testing.assert_allclose(each, blocks[0].rows(), rtol=1e-12)


def test_long_layers_are_summed_at_once_and_small_gradients_survive(lab):
    problem, layout = lab.catalogue.find("problem", "case_remembering", "")(), Layout({"W1": (40, 40), "W2": (40, 40)})
    history = History(columns(problem.tracks(), layout, clips=False), 2)
    params, grads = np.ones((2, 3200), np.float32), np.empty((2, 3200), np.float32)
    recorder = Recorder(problem, layout, params, grads, clips=False, history=history, rows=np.arange(2))
    for k, size in enumerate((1.0, 1e-25)):  # of a norm, the square of which float32 does not know
        grads[:] = size
        recorder.keep_grads[k]()
    grads[:] = np.nan
    recorder.flush(0, np.array([2, 2]), 1)
    assert history.column(1, "grad_norm.W2") == pytest.approx([40.0, 40e-25], rel=1e-6)


LARGE = {"name": "circles", "hidden": 20, "width": 64, "batch": 8, "points": 32, "test": 0.0}


@pytest.mark.parametrize("gradient", [{}, {"clip_norm": 0.01}])
def test_a_large_network_has_its_update_ratio_every_few_steps(experiment, compute, monkeypatch, gradient):
    trial = {"problem": LARGE, "optimizer": {"name": "adam", "lr": 0.01}, "gradient": gradient}
    (run,) = compute(experiment(trial, steps=23, every=5))
    assert not any(name.startswith("update_ratio") for name in run.history.columns)
    monkeypatch.setattr("optlab.engine.recorder.LARGE", 10**6)
    monkeypatch.setattr("optlab.engine.watch.LARGE", 10**6)
    (each,) = compute(experiment(trial, steps=23, every=5))
    for layer in ("W2", "b3"):
        steps, ratios = run.series(f"update_ratio.{layer}")
        assert steps.tolist() == [0, 5, 10, 15, 20, 23]
        np.testing.assert_allclose(ratios, each.column(f"update_ratio.{layer}")[steps.astype(int)], rtol=1e-12)


def test_the_deepest_and_widest_network_trains(experiment, compute):
    problem = {"name": "circles", "hidden": 100, "width": 512, "batch": 8, "test": 0.0, "points": 8}
    problem |= {"activation": "relu", "init": "he", "residual": "rezero"}
    trial = {"problem": problem, "optimizer": {"name": "adam", "lr": 0.001}}
    (run,) = compute(experiment(trial, steps=3, dtype="float32"))
    assert run.status == "done", run.message
    loss = run.column("loss")
    assert np.isfinite(loss).all() and loss[-1] < loss[0]
