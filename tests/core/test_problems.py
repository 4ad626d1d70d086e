"""What the shipped problems are there to show."""

import numpy as np
import pytest


def last(run, name="loss"):
    return run.at(run.count - 1, name)


def test_the_quadratic_has_the_curvatures_it_declares(component):
    rng = np.random.default_rng(0)
    for spectrum in ("ratios", "steps"):
        bowl, _ = component("problem", "quadratic")(condition=50.0, spectrum=spectrum).data(rng)
        curvatures = np.linalg.eigvalsh(bowl)
        assert curvatures.min() == pytest.approx(1) and curvatures.max() == pytest.approx(50)


def test_heavy_tails_have_rarer_and_larger_noise(component):
    make = component("problem", "quadratic")
    normal, heavy = (make(noise=1.0, tails=t).data(np.random.default_rng(0))[1] for t in ("normal", "heavy"))
    assert np.abs(heavy).max() > 4 * np.abs(normal).max()


def test_descent_on_hilbert_ends_with_a_small_loss_far_from_the_answer(experiment, compute):
    (run,) = compute(experiment({"problem": "hilbert", "optimizer": {"name": "sgd", "lr": 0.3}}, steps=2000))
    assert last(run) < 1e-4
    assert last(run, "error") > 0.1


def test_matrix_factorisation_falls_in_stairs_to_zero(experiment, compute):
    problem = {"name": "matrix_factorisation", "scale": 1e-4}
    (run,) = compute(experiment({"problem": problem, "optimizer": {"name": "sgd", "lr": 2.0}}, steps=3000))
    loss = run.column("loss")
    assert loss[-1] < 1e-10 * loss[0]
    flat = np.abs(np.diff(np.log(loss))) < 1e-3
    assert flat[:20].all() and not flat.all()


def test_adam_walks_the_wrong_way_on_the_counterexample(experiment, compute):
    problem = {"name": "amsgrad_counterexample", "c": 3.0}
    adam = {"name": "adam", "lr": 0.01, "beta1": 0.0, "beta2": 0.1}
    trials = [{"problem": problem, "optimizer": optimizer} for optimizer in (adam, {"name": "sgd", "lr": 0.01})]
    wrong, right = compute(experiment(*trials, steps=1500))
    assert last(wrong, "x1") > 0.9
    assert last(right, "x1") < -0.9


def test_degree_nine_overfits_and_a_penalty_mends_it(experiment, compute):
    trial = {"problem": "polynomial_regression", "optimizer": {"name": "adam", "lr": 0.02}}
    medians = []
    for change in ({}, {"gradient": {"l2": 0.02}}):
        runs = compute(experiment({**trial, **change}, steps=4000, seeds=[0, 1, 2, 3, 4]))
        medians.append(np.median([last(run, "test_loss") for run in runs]))
    assert medians[1] < 0.7 * medians[0]


def test_adagrad_learns_rare_features_that_plain_descent_leaves(experiment, compute):
    trials = [{"problem": "sparse_features", "optimizer": {"name": name, "lr": 0.3}} for name in ("sgd", "adagrad")]
    plain, adaptive = compute(experiment(*trials, steps=100))
    assert last(plain, "error_rare") > 3 * last(plain, "error_frequent")
    assert last(adaptive, "error_rare") < 0.3 * last(plain, "error_rare")


@pytest.mark.parametrize("name", ["logistic_regression", "softmax_regression"])
def test_a_linear_classifier_learns(experiment, compute, name):
    trial = {"problem": {"name": name, "batch": 0}, "optimizer": {"name": "sgd", "lr": 0.5}}
    (run,) = compute(experiment(trial, steps=300))
    assert last(run) < 0.6 * run.at(0, "loss")
