"""What the shipped experiments claim."""

import itertools

import numpy as np
import pytest

from optlab.engine.experiment_file import dump_experiment, load_experiment, parse_experiment
from optlab.paths import bundled
from tests.contract.runs import run

FILES = sorted((bundled("assets") / "experiments").glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_an_experiment_says_what_to_watch_and_round_trips(file, host):
    experiment = load_experiment(file, host.catalogue)
    assert experiment.title and len(experiment.about) > 100 and "\n" not in experiment.about
    assert parse_experiment(dump_experiment(experiment, host.catalogue), host.catalogue) == experiment


def ratio(run, row):
    norms = dict(zip(run.layers, run.norms(row), strict=True))
    return norms["W1"] / norms["W13"]


def test_a_deep_sigmoid_network_stays_at_chance_and_its_cures_learn(host):
    runs = run(host, "vanishing-gradient")
    losses = {label: run.column("loss") for label, run in runs.items()}
    assert np.abs(losses["sigmoid"][50:] - np.log(2)).max() < 0.01
    ratios = [ratio(runs["sigmoid"], row) for row in range(100, 1500, 100)]  # one mini-batch may be three times off
    assert np.median(ratios) < 3e-7 and max(ratios) < 1e-5
    ends = {label: loss[-20:].mean() for label, loss in losses.items()}
    assert ends["ReLU + He"] < 0.05 and ends["tanh + residual"] < 0.05 < ends["tanh"] < 0.6
    assert ends["sigmoid + batch norm"] < 0.3
    assert all(0.01 < ratio(runs[label], 0) < 100 for label in ends if label != "sigmoid")


def test_both_ways_read_the_digits(host):
    losses = {label: run.column("loss") for label, run in run(host, "digits", "steps=500").items()}
    assert all(abs(loss[0] - np.log(10)) < 0.3 and loss[-20:].mean() < 0.03 for loss in losses.values())


def test_momentum_and_adam_arrive_where_gradient_descent_still_crawls(host):
    ends = {label: run.column("loss")[-1] for label, run in run(host, "ravine").items()}
    assert ends["Nesterov"] < 1e-8 and ends["momentum"] < 1e-8 and ends["Adam"] < 1e-8
    assert ends["gradient descent"] > 1e-4
    assert ends["RMSProp"] > 1e-2


def test_every_schedule_ends_on_a_lower_floor_than_the_constant(host):
    ends = {label: run.column("loss")[-20:].mean() for label, run in run(host, "schedules").items()}
    constant = ends.pop("constant")
    assert len(ends) == 6 and all(end < constant / 5 for end in ends.values())


def test_gradients_vanish_and_explode_through_time_and_clipping_cures_what_explodes(host):
    runs = run(host, "rnn-through-time")
    losses = {label: run.column("loss") for label, run in runs.items()}
    ends = {label: loss[-200:].mean() for label, loss in losses.items()}
    assert abs(ends["radius 0.5"] - 1 / 6) < 0.02 and ends["radius 1.3"] > 0.19
    assert ends["radius 1.3, clipped"] < 0.1 and ends["GRU"] < 0.01 and ends["LSTM"] < 0.01
    assert losses["radius 1.3"][0] == losses["radius 1.3, clipped"][0]
    back = {label: [run.series(f"hidden_grad.t{t}")[1][0] for t in range(1, 31)] for label, run in runs.items()}
    assert all(2 * early < late for early, late in itertools.pairwise(back["radius 0.5"]))
    assert back["radius 0.5"][0] < 3e-9 * back["radius 0.5"][-1] and back["radius 1.3"][0] > 2 * back["radius 1.3"][-1]
    for label in ("GRU", "LSTM"):
        first, last = (runs[label].series(f"hidden_grad.t{t}")[1] for t in (1, 30))
        assert np.median(first / last) > 0.01
    norms = {label: np.linalg.norm([run.norms(k) for k in range(run.count)], axis=1) for label, run in runs.items()}
    longest = {label: norm.max() / np.median(norm) for label, norm in norms.items()}
    assert longest["radius 1.3"] > 100 and all(longest[label] < 60 for label in ("radius 0.5", "GRU", "LSTM"))
    shares = {label: run.series("saturated.t15")[1][-1] for label, run in runs.items()}
    assert shares["radius 1.3"] > 0.9 and shares["radius 1.3, clipped"] < 0.2
    clipped = runs["radius 1.3, clipped"]
    assert max(np.linalg.norm(clipped.norms(k, "clipped_norm")) for k in range(clipped.count)) < 0.5001
