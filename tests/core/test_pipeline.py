"""The gradient pipeline: noise, clipping, penalties, step; decay before it. Norms of before and after are recorded."""

import numpy as np
import pytest

from optlab.engine.gradient import CLIP_EPS, Gradient, Pipeline
from optlab.engine.streams import stream
from optlab.layout import Layout

LAYOUT = Layout({"W1": (2, 1), "b1": (1,)})
X = np.array([-9.0, 2.0])
G = X * [1, 100]


def first_step(experiment, compute, lr=0.01, **gradient):
    """Where gradient descent on the ravine is after one step, and its run."""
    (run,) = compute(
        experiment({"problem": "ravine", "optimizer": {"name": "sgd", "lr": lr}, "gradient": gradient}, steps=1)
    )
    return np.array([run.at(1, "x"), run.at(1, "y")]), run


def applied(gradient, grads, order="C"):
    grads = np.array(grads, order=order)
    pipeline = Pipeline(gradient, LAYOUT, grads, [stream(k, "noise") for k in range(len(grads))])
    pipeline.apply(np.ones_like(grads), grads)
    return grads


def test_clipping_by_value_cuts_each_component():
    assert applied(Gradient(clip_value=2.0), [[-5.0, 1.0, 3.0]]).tolist() == [[-2.0, 1.0, 2.0]]


def test_clipping_by_layer_shrinks_the_layers_that_are_too_long():
    clipped = applied(Gradient(clip_layer=1.0), [[3.0, 4.0, 0.5], [0.3, 0.4, 2.0]])
    assert clipped[0] == pytest.approx([3 / (5 + CLIP_EPS), 4 / (5 + CLIP_EPS), 0.5])
    assert clipped[1] == pytest.approx([0.3, 0.4, 2 / (2 + CLIP_EPS)])


@pytest.mark.parametrize("order", ["C", "F"])
def test_clipping_by_norm_shrinks_each_run_as_a_whole(order):
    clipped = applied(Gradient(clip_norm=1.0), [[2.0, 4.0, 4.0], [0.1, 0.2, 0.2]], order)
    assert clipped[0] == pytest.approx(np.array([2, 4, 4]) / (6 + CLIP_EPS))
    assert clipped[1].tolist() == [0.1, 0.2, 0.2]


def test_value_layer_and_norm_clip_in_that_order():
    g = Gradient(clip_value=3.0, clip_layer=2.0, clip_norm=1.0)
    expected = np.array([[3.0, 3.0, 3.0]])
    expected[:, :2] *= 2 / (np.sqrt(18) + CLIP_EPS)
    expected[:, 2:] *= 2 / (3 + CLIP_EPS)
    expected *= 1 / (np.linalg.norm(expected) + CLIP_EPS)
    assert applied(g, [[30.0, 30.0, 30.0]]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("order", ["C", "F"])
def test_adaptive_clipping_shrinks_each_unit_to_a_share_of_its_weights(order):
    layout = Layout({"W1": (2, 2), "b1": (2,)})
    x = np.array([[3.0, 0.0, 4.0, 0.0, 6.0, 8.0], [3.0, 0.0, 4.0, 0.0, 6.0, 8.0]], order=order)
    g = np.array([[30.0, 3.0, 40.0, 4.0, 6.0, 8.0], [0.3, 0.0, 0.4, 0.0, 0.3, 0.4]], order=order)
    pipeline = Pipeline(Gradient(clip_adaptive=0.1, clip_floor=0.5), layout, g, [stream(0, "noise")] * 2)
    pipeline.apply(x, g)
    assert g[0] == pytest.approx([0.3, 0.03, 0.4, 0.04, 0.6, 0.8])  # ‖x‖ of the units: 5 and 0, floored at 0.5; 10
    assert g[1].tolist() == [0.3, 0.0, 0.4, 0.0, 0.3, 0.4]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("word", "expected"), [("inputs", [-1, -2, 1, 2, 9]), ("outputs", [0.5, -0.5, -0.5, 0.5, 9])])
def test_centralizing_takes_the_mean_off_weights_and_leaves_vectors(order, word, expected):
    g = np.array([[1.0, 0.0, 3.0, 4.0, 9.0], [2.0, 1.0, 4.0, 5.0, 9.0]], order=order)
    pipeline = Pipeline(Gradient(centralize=word), Layout({"W1": (2, 2), "b1": (1,)}), g, [stream(0, "noise")] * 2)
    pipeline.apply(np.ones_like(g), g)
    assert g.tolist() == [expected, expected]


def test_a_centralized_gradient_is_recorded_beside_the_raw_one(experiment, compute):
    trial = {"problem": {"name": "spirals", "hidden": 1, "width": 4}, "optimizer": "sgd"}
    (run,) = compute(experiment({**trial, "gradient": {"centralize": "inputs"}}, steps=2))
    assert run.at(0, "clipped_norm.W1") < run.at(0, "grad_norm.W1")
    assert run.at(0, "clipped_norm.b1") == run.at(0, "grad_norm.b1")


def test_a_zero_gradient_stays_zero():
    for eps in (CLIP_EPS, 0.0):
        gradient = Gradient(clip_norm=1e-9, clip_layer=1e-9, clip_eps=eps)
        assert applied(gradient, [[0.0, 0.0, 0.0]]).tolist() == [[0.0] * 3]


def test_without_eps_the_clipped_norm_is_exactly_the_limit():
    clipped = applied(Gradient(clip_norm=1.0, clip_eps=0.0), [[2.0, 4.0, 4.0]])
    assert np.linalg.norm(clipped) == pytest.approx(1.0, rel=1e-15)


def test_penalties_add_their_gradients_after_clipping(experiment, compute):
    x, _ = first_step(experiment, compute, clip_norm=1.0, l2=0.5, l1=0.25)
    g = G / (np.linalg.norm(G) + CLIP_EPS) + 0.5 * X + 0.25 * np.sign(X)
    assert x == pytest.approx(X - 0.01 * g, rel=1e-13)


def test_decay_shrinks_the_params_before_the_step(experiment, compute):
    x, _ = first_step(experiment, compute, decay=2.0)
    assert x == pytest.approx(X * (1 - 0.01 * 2) - 0.01 * G, rel=1e-13)


def test_decay_follows_the_rate_of_each_step_and_run(experiment, compute):
    trials = [
        {"problem": "ravine", "optimizer": {"name": "sgd", "lr": lr}, "gradient": {"decay": 1.0}, "schedule": "cosine"}
        for lr in (0.001, 0.01)
    ]
    runs = compute(experiment(*trials, steps=20))
    for run in runs:
        x, lr = run.column("y"), run.column("lr")[:-1]
        assert x[1:] == pytest.approx(x[:-1] * (1 - lr) - lr * 100 * x[:-1], rel=1e-12)


def test_noise_comes_before_clipping(experiment, compute):
    x, run = first_step(experiment, compute, noise=50.0, clip_norm=1.0)
    noisy = G + 50.0 * stream(0, "noise").standard_normal(2)
    assert x == pytest.approx(X - 0.01 * noisy / (np.linalg.norm(noisy) + CLIP_EPS), rel=1e-12)
    assert run.at(0, "grad_norm.x") == pytest.approx(np.linalg.norm(noisy), rel=1e-13)
    assert run.at(0, "clipped_norm.x") == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("problem", ["ravine", {"name": "spirals", "hidden": 1, "width": 4}], ids=["F", "C"])
def test_each_run_has_noise_of_its_own_seed(experiment, compute, problem, dtype):
    trial = {"problem": problem, "optimizer": "sgd", "gradient": {"noise": 1.0}}
    both = compute(experiment(trial, seeds=[4, 5], dtype=dtype))
    (alone,) = compute(experiment(trial, seeds=[5], dtype=dtype))
    assert both[1].column("loss") == pytest.approx(alone.column("loss"), rel=1e-9 if dtype == "float64" else 1e-4)
    assert both[0].at(9, "loss") != both[1].at(9, "loss")


def test_the_recorded_loss_has_no_penalty(experiment, compute):
    _, plain = first_step(experiment, compute)
    _, run = first_step(experiment, compute, l2=10.0, l1=10.0)
    assert run.at(0, "loss") == plain.at(0, "loss")
    assert run.at(0, "grad_norm.x") == plain.at(0, "grad_norm.x")


def test_norms_of_before_and_after_clipping_are_recorded_up_to_the_last_row(experiment, compute):
    _, run = first_step(experiment, compute, clip_norm=1.0)
    assert run.column("grad_norm.x")[0] == pytest.approx(np.linalg.norm(G))
    assert run.column("clipped_norm.x") == pytest.approx([1.0, 1.0], abs=1e-6)
    assert run.at(1, "grad_norm.x") > 100


def test_without_clipping_there_is_no_column_for_it(experiment, compute):
    _, run = first_step(experiment, compute, noise=1.0)
    assert "clipped_norm.x" not in run.history.columns


def test_a_method_that_looks_at_the_loss_sees_the_penalties_too(experiment, compute):
    problem = {"name": "linear_regression", "batch": 0}
    start = {"problem": problem, "gradient": {"l2": 1.0}}
    (search,) = compute(experiment({**start, "optimizer": "lbfgs"}, steps=60))
    descent = {"name": "sgd", "lr": 0.1}
    (plain,) = compute(experiment({**start, "optimizer": descent}, steps=3000))
    assert search.column("loss")[-1] == pytest.approx(plain.column("loss")[-1], rel=1e-5)


def test_the_penalty_is_what_the_added_gradients_are_the_slope_of():
    x, h = np.array([[0.5, -2.0, 3.0]]), 1e-6
    shares = np.array([1.0, 0.0, 2.0])
    pipeline = Pipeline(Gradient(l2=0.3, l1=0.2), LAYOUT, x, [], shares)
    grads = np.zeros_like(x)
    pipeline.penalise(x, grads)
    for k, step in enumerate(h * np.eye(3)):
        slope = (pipeline.penalty(x + step) - pipeline.penalty(x - step))[0] / (2 * h)
        assert slope == pytest.approx(grads[0, k], abs=1e-8)
