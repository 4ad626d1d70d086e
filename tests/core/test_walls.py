"""A step out of a landscape's domain goes on, stops at the wall, comes back mirrored or ends the run."""

import numpy as np
import pytest

from optlab.api import FieldError, Landscape
from optlab.engine.walls import Walls

DOWN = {"name": "saddle", "at": [0.0, 0.1]}  # y doubles its distance every few steps, the wall is at 3


def fall(compute, experiment, outside, lr=0.1, **top):
    trial = {"problem": {**DOWN, "outside": outside}, "optimizer": {"name": "sgd", "lr": lr}}
    return compute(experiment(trial, steps=40, **top))[0]


def test_free_runs_go_on_beyond_the_walls(experiment, compute):
    run = fall(compute, experiment, "free")
    assert run.status == "done" and run.column("y")[-1] > 100


def test_clipped_runs_stand_at_the_wall(experiment, compute):
    free, run = fall(compute, experiment, "free").column("y"), fall(compute, experiment, "clip").column("y")
    inside = free <= 3
    np.testing.assert_array_equal(run[inside], free[inside])
    assert 10 < inside.sum() < 30 and (run[~inside] == 3).all()


def test_reflected_runs_come_back_by_as_much_as_they_went_too_far(experiment, compute):
    free, run = fall(compute, experiment, "free").column("y"), fall(compute, experiment, "reflect").column("y")
    first = int(np.argmax(free > 3))
    np.testing.assert_array_equal(run[:first], free[:first])
    assert run[first] == pytest.approx(6 - free[first], rel=1e-15)
    assert (np.abs(run) <= 3).all() and len(np.unique(run)) > 35


@pytest.mark.parametrize("chunk", [1, 7, 10**9])
def test_runs_that_stop_end_with_the_first_step_outside(experiment, compute, chunk):
    trials = [
        {"problem": {**DOWN, "outside": "stop"}, "optimizer": {"name": "sgd", "lr": lr}} for lr in (0.1, 1e-4, 0.2)
    ]
    e = experiment(*trials, steps=40)
    runs, free = compute(e, chunk), fall(compute, experiment, "free").column("y")
    assert [run.status for run in runs] == ["stopped", "done", "stopped"]
    y = runs[0].column("y")
    np.testing.assert_array_equal(y, free[: len(y)])
    assert (y[:-1] <= 3).all() and y[-1] > 3
    assert runs[0].message == f"left the domain at step {len(y) - 1}: y = {y[-1]:.4g}"
    assert runs[2].count < runs[0].count < runs[1].count == 41


def test_a_run_that_leaves_with_its_last_step_has_left(experiment, compute):
    whole = fall(compute, experiment, "stop").count - 1
    trial = {"problem": {**DOWN, "outside": "stop"}, "optimizer": {"name": "sgd", "lr": 0.1}}
    assert compute(experiment(trial, steps=whole))[0].message.startswith(f"left the domain at step {whole}:")
    assert compute(experiment(trial, steps=whole - 1))[0].status == "done"


def test_a_run_that_diverges_as_it_leaves_has_diverged(experiment, compute):
    assert fall(compute, experiment, "stop", bound=9.0).status == "diverged"


@pytest.mark.parametrize(("outside", "then"), [("clip", [4, np.nan]), ("reflect", [np.nan, np.nan])])
def test_what_is_not_a_number_stays_so_and_an_infinite_step_can_only_be_clipped(component, outside, then):
    point = np.array([[np.inf, np.nan]])
    with np.errstate(invalid="ignore"):
        Walls(component("problem", "ravine")(outside=outside), point).keep(point)
    np.testing.assert_array_equal(point, [then])


@pytest.mark.parametrize("outside", ["clip", "reflect", "stop"])
def test_walls_treat_every_run_of_a_batch_as_if_alone(experiment, compute, outside):
    trials = [
        {"problem": {**DOWN, "outside": outside, "jitter": 0.5}, "optimizer": {"name": "momentum", "lr": lr}}
        for lr in (0.01, 0.03)
    ]
    runs = compute(experiment(*trials, seeds=[0, 1], steps=60))
    for k, trial in enumerate(trials):
        for seed in (0, 1):
            (alone,) = compute(experiment(trial, seeds=[seed], steps=60))
            assert np.array_equal(alone.rows(), runs[2 * k + seed].rows(), equal_nan=True)
            assert alone.status == runs[2 * k + seed].status


def test_a_scaled_step_is_kept_inside_and_so_is_the_average(experiment, compute):
    update = {"layers": [{"match": "x", "lr": 50.0}], "average": "ema", "beta": 0.5}
    run = fall(compute, experiment, "clip", update=update)
    assert run.status == "done" and np.abs(run.column("y")).max() <= 3


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_mirrored_points_are_inside_however_far_they_were_and_others_untouched(component, dtype):
    walls = Walls(component("problem", "ravine")(outside="reflect"), np.zeros((1, 2), dtype))
    points = np.random.default_rng(0).normal(0, 1, (1000, 2)) * np.logspace(-8, 12, 1000)[:, None]
    points = np.asfortranarray(points, dtype)
    low, high = np.array([-10, -4], dtype), np.array([4, 4], dtype)
    before, inside = points.copy(), (points >= low) & (points <= high)
    walls.keep(points)
    assert 100 < inside.sum() < 1900
    np.testing.assert_array_equal(points[inside], before[inside])
    assert ((points >= low) & (points <= high)).all()
    near = np.array([[4.25, -5.5], [32.5, 12.5]], dtype)
    walls.keep(near)
    np.testing.assert_allclose(near, [[3.75, -2.5], [3.5, -3.5]], atol=1e-6)


def test_a_plugin_names_another_policy_in_one_word():
    class Box(Landscape):
        """A box.

        Source: none.
        """

        name, domain, outside = "box", ((0.0, 1.0), (0.0, 1.0)), "clip"

        def terms(self, x, y):
            return x + y, 1.0, 1.0

    assert Box().outside == "clip" and Box(outside="free").changed() == {"outside": "free"}
    assert list(Box.fields()) == ["at", "jitter", "outside"]
    with pytest.raises(FieldError, match=r"Odd\.outside: expected one of free, clip, reflect, stop"):

        class Odd(Landscape):
            outside = "bounce"
