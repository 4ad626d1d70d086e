"""Multipliers and freezing by layer, and averages of the weights: the same for every optimizer."""

import numpy as np
import pytest

from optlab.engine.session import check
from optlab.fields import FieldError

NET = {"name": "spirals", "hidden": 2, "width": 4, "batch": 32}
ADAM = {"name": "adam", "lr": 0.01}


def moved(run, layer):
    """How far the layer's step takes it, by step, relative to its size."""
    return run.column(f"update_ratio.{layer}")[:-1]


def test_a_frozen_layer_stays_and_the_others_learn(experiment, compute):
    update = {"layers": [{"match": "W1", "frozen": True}]}
    (run,) = compute(experiment({"problem": NET, "optimizer": ADAM, "update": update}, steps=5))
    assert (moved(run, "W1") == 0).all()
    assert (moved(run, "W2") > 0).all()


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_layers_thaw_one_after_the_other_at_their_steps(experiment, compute, chunk):
    rules = [{"match": "*1", "frozen": True, "until": 7}, {"match": "*2", "frozen": True, "until": 4, "lr": 0.5}]
    trial = {"problem": NET, "optimizer": {"name": "sgd", "lr": 0.1}, "gradient": {"decay": 0.1}}
    (run,) = compute(experiment({**trial, "update": {"layers": rules}}, steps=10), chunk)
    assert (moved(run, "W1") > 0).tolist() == [False] * 7 + [True] * 3
    assert (moved(run, "W2") > 0).tolist() == [False] * 4 + [True] * 6
    assert (moved(run, "W3") > 0).all()


def test_once_all_have_thawed_the_steps_are_those_of_no_rule(experiment, compute):
    trial = {"problem": {**NET, "batch": 0}, "optimizer": {"name": "sgd", "lr": 0.1}}
    rules = {"layers": [{"match": "*", "frozen": True, "until": 3}]}
    plain, late = compute(experiment(trial, {**trial, "update": rules}, steps=20))
    assert late.column("loss")[3:].tolist() == plain.column("loss")[:-3].tolist()


def test_the_last_rule_that_fits_holds_though_its_pattern_came_before(experiment, compute):
    rules = [{"match": "*", "frozen": True}, {"match": "W1"}, {"match": "*", "frozen": True}]
    (run,) = compute(experiment({"problem": NET, "optimizer": ADAM, "update": {"layers": rules}}, steps=3))
    assert (moved(run, "W1") == 0).all()


def test_thawed_layers_stay_so_when_the_loop_goes_on_with_fewer_runs(experiment, compute):
    trial = {
        "problem": {"name": "curve_regression", "activation": "relu"},
        "update": {"layers": [{"match": "W1", "frozen": True, "until": 5}]},
    }
    good, bad = compute(
        experiment(*({**trial, "optimizer": {"name": "sgd", "lr": lr}} for lr in (0.01, 10.0)), steps=300)
    )
    assert (good.status, bad.status) == ("done", "diverged")
    assert (moved(good, "W1") > 0).tolist() == [False] * 5 + [True] * 295


def test_a_multiplier_scales_the_first_step_of_any_optimizer(experiment, compute):
    update = {"layers": [{"match": "W*", "lr": 0.5}, {"match": "W2", "lr": 2.0}]}
    for optimizer in ({"name": "sgd", "lr": 0.1}, ADAM):
        trial = {"problem": NET, "optimizer": optimizer}
        plain, scaled = compute(experiment(trial, {**trial, "update": update}, steps=1))
        assert moved(scaled, "W1")[0] == pytest.approx(0.5 * moved(plain, "W1")[0], rel=1e-9)
        assert moved(scaled, "W2")[0] == pytest.approx(2.0 * moved(plain, "W2")[0], rel=1e-9)


def test_decay_follows_its_own_multiplier(experiment, compute):
    trial = {"problem": NET, "optimizer": {"name": "sgd", "lr": 0.1}, "gradient": {"decay": 0.5}}
    undecayed = {**trial, "update": {"layers": [{"match": "*", "decay": 0.0}]}}
    plain, none, off = compute(experiment(trial, undecayed, {**trial, "gradient": {"decay": 0.0}}, steps=3))
    assert none.column("loss").tolist() == off.column("loss").tolist()
    assert plain.column("loss").tolist() != off.column("loss").tolist()


def test_a_rule_that_fits_no_layer_is_refused_with_the_layers(experiment):
    with pytest.raises(FieldError, match=r"no layer is called 'W9'; .*W1"):
        check(experiment({"problem": NET, "optimizer": ADAM, "update": {"layers": [{"match": "W9"}]}}))


def points(run):
    return np.stack([run.column("x"), run.column("y")], axis=1)


TRIAL = {"problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.015}}


def test_ema_is_the_running_mean_of_the_points(experiment, compute):
    plain, mean = compute(experiment(TRIAL, {**TRIAL, "update": {"average": "ema", "beta": 0.8}}, steps=20))
    x, expected = points(plain), [points(plain)[0], points(plain)[1]]
    for point in x[2:]:
        expected.append(0.8 * expected[-1] + 0.2 * point)
    assert np.abs(points(mean) - np.array(expected)).max() < 1e-12


def test_swa_is_the_plain_mean_from_its_start(experiment, compute):
    update = {"average": "swa", "start": 5, "every": 3}
    plain, mean = compute(experiment(TRIAL, {**TRIAL, "update": update}, steps=12))
    x = points(plain)
    assert np.abs(points(mean)[:7] - x[:7]).max() == 0
    assert np.abs(points(mean)[12] - x[[6, 9, 12]].mean(axis=0)).max() < 1e-12


def test_overwriting_puts_the_average_into_the_weights(experiment, compute):
    update = {"average": "ema", "beta": 0.8, "overwrite": 4}
    kept, put = compute(
        experiment({**TRIAL, "update": {**update, "overwrite": 0}}, {**TRIAL, "update": update}, steps=9)
    )
    assert np.abs(points(kept)[:5] - points(put)[:5]).max() == 0  # the average is the same until the weights follow it
    x = points(put)[4]
    step = x - 0.015 * x * [1, 100]
    assert np.abs(points(put)[5] - (0.8 * x + 0.2 * step)).max() < 1e-12


def test_the_loss_is_taken_at_the_average(experiment, compute):
    (mean,) = compute(experiment({**TRIAL, "update": {"average": "ema"}}, steps=9))
    x, y = points(mean).T
    assert mean.column("loss") == pytest.approx(0.5 * (x**2 + 100 * y**2), rel=1e-12)
