"""SAM and Lookahead around other optimizers: their definitions, by hand."""

import numpy as np
import pytest

CURVATURE = np.array([1.0, 100.0])  # of the ravine
START = np.array([-9.0, 2.0])


def points(run):
    return np.stack([run.column("x"), run.column("y")], axis=1)


def on_the_ravine(experiment, compute, optimizer, steps=4):
    (run,) = compute(experiment({"problem": "ravine", "optimizer": optimizer}, steps=steps))
    assert run.status == "done", run.message
    return run


@pytest.mark.parametrize("adaptive", [False, True])
def test_sam_steps_along_the_gradient_of_the_worst_point_nearby(experiment, compute, adaptive):
    inner = {"name": "momentum", "lr": 0.001, "momentum": 0.9}
    run = on_the_ravine(experiment, compute, {"name": "sam", "rho": 0.5, "adaptive": adaptive, "inner": inner})
    x, v = START, 0.0
    for t in range(4):
        assert points(run)[t] == pytest.approx(x, rel=1e-12)
        g = CURVATURE * x
        size = np.abs(x) if adaptive else 1.0
        worse = x + 0.5 * size**2 * g / np.linalg.norm(size * g)
        v = 0.9 * v + CURVATURE * worse
        x = x - 0.001 * v
    assert points(run)[4] == pytest.approx(x, rel=1e-12)


def test_sam_counts_two_evaluations_a_step_and_records_the_loss_where_it_stands(experiment, compute):
    run = on_the_ravine(experiment, compute, {"name": "sam", "inner": {"name": "sgd", "lr": 0.001}})
    assert run.column("evaluations").tolist() == [1, 3, 5, 7, 9]
    assert run.column("loss") == pytest.approx(0.5 * (CURVATURE * points(run) ** 2).sum(axis=1), rel=1e-12)


def test_sam_without_a_distance_is_the_optimizer_inside(experiment, compute):
    inner = {"name": "adam", "lr": 0.1}
    alone = on_the_ravine(experiment, compute, inner)
    run = on_the_ravine(experiment, compute, {"name": "sam", "rho": 0.0, "inner": inner})
    assert np.array_equal(points(run), points(alone))


def test_sam_stands_still_where_there_is_no_slope(experiment, compute):
    problem = {"name": "ravine", "at": [0.0, 0.0]}
    (run,) = compute(experiment({"problem": problem, "optimizer": "sam"}, steps=3))
    assert (points(run) == 0).all()


def test_lookahead_follows_the_optimizer_inside_every_k_steps(experiment, compute):
    inner = {"name": "sgd", "lr": 0.015}
    run = on_the_ravine(experiment, compute, {"name": "lookahead", "every": 2, "alpha": 0.3, "inner": inner}, steps=6)
    x, slow = START, START
    for t in range(1, 7):
        x = x - 0.015 * CURVATURE * x
        if t % 2 == 0:
            x = slow = slow + 0.3 * (x - slow)
        assert points(run)[t] == pytest.approx(x, rel=1e-12)


def test_lookahead_that_follows_all_the_way_is_the_optimizer_inside(experiment, compute):
    inner = {"name": "adam", "lr": 0.1}
    alone = on_the_ravine(experiment, compute, inner, steps=20)
    run = on_the_ravine(experiment, compute, {"name": "lookahead", "alpha": 1.0, "inner": inner}, steps=20)
    assert points(run) == pytest.approx(points(alone), rel=1e-12)


def test_sam_inside_lookahead_still_asks_its_oracle(experiment, compute):
    sam = {"name": "sam", "inner": {"name": "sgd", "lr": 0.001}}
    run = on_the_ravine(experiment, compute, {"name": "lookahead", "inner": sam})
    assert run.column("evaluations").tolist() == [1, 3, 5, 7, 9]
