"""What the shipped experiments claim."""

import itertools
from itertools import pairwise

import numpy as np
import pytest

from optlab.engine.batch import plan
from optlab.engine.experiment_file import dump_experiment, load_experiment, parse_experiment
from optlab.paths import bundled

FILES = sorted((bundled("assets") / "experiments").glob("*.toml"))


def run_seeds(host, name, *sets):
    """The finished runs of a shipped experiment, a list by trial."""
    experiment = load_experiment(bundled("assets") / "experiments" / f"{name}.toml", host.catalogue, sets)
    runs = {trial.label: [] for trial in experiment.trials}
    for batch in plan(experiment):
        batch.advance(experiment.steps)
        for run in batch.runs:
            runs[run.label].append(run)
    assert {run.status for group in runs.values() for run in group} == {"done"}
    return runs


def run(host, name, *sets):
    """The finished runs of a shipped experiment with one seed, by trial."""
    return {label: run for label, (run,) in run_seeds(host, name, *sets).items()}


def median(runs, measure):
    """The median of a measure over runs."""
    return np.median([measure(run) for run in runs])


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


FIVE = "seeds=[0,1,2,3,4]"


def test_every_sigmoid_layer_costs_the_gradient_a_factor(host):
    def left(run):
        return run.at(0, "grad_norm.W2") / run.at(0, f"grad_norm.W{run.trial.problem.hidden}")

    shares = {label: median(runs, left) for label, runs in run_seeds(host, "depth", FIVE, "steps=1").items()}
    for depth, share in ((5, 1e-2), (10, 1e-5), (20, 4e-12), (30, 1e-18)):
        assert share / 3 < shares[f"{depth} layers"] < share * 3
        assert 0.2 < shares[f"{depth} layers"] ** (1 / (depth - 2)) < 0.25
    assert shares["30 layers, ReLU + He"] > 0.1


def test_deep_sigmoid_networks_stay_at_chance_and_deep_relus_learn(host):
    runs = run_seeds(host, "depth", "seeds=[0,1,2]", "steps=400")
    deep = runs.pop("30 layers, ReLU + He")
    for group in runs.values():
        assert np.abs([run.column("loss")[100:].mean() - np.log(2) for run in group]).max() < 0.005
    assert median(deep, lambda run: run.column("loss")[-20:].mean()) < 0.01


@pytest.fixture(scope="module")
def layerwise(host):
    return run_seeds(host, "layerwise-lr", FIVE)


def test_a_rate_for_each_layer_undoes_what_the_sigmoids_do(layerwise):
    ends = {label: median(group, lambda run: run.column("loss")[-20:].mean()) for label, group in layerwise.items()}
    assert ends["sigmoid, one rate"] > 0.68 and ends["sigmoid, 4 × per layer"] < 0.01
    assert ends["ReLU, one rate"] < ends["ReLU, thawed from the top"] < 0.01 < 0.3 < ends["ReLU, output alone"]

    def lowest(series):
        return lambda run: np.median(run.column(f"{series}.W1")[:50]) / np.median(run.column(f"{series}.W5")[:50])

    plain, scaled = layerwise["sigmoid, one rate"], layerwise["sigmoid, 4 × per layer"]
    assert median(plain, lowest("grad_norm")) < 0.01 and median(scaled, lowest("grad_norm")) < 0.01
    assert median(plain, lowest("update_ratio")) < 0.1 < 1 < median(scaled, lowest("update_ratio"))


def test_each_layer_that_thaws_brings_the_loss_down(layerwise):
    runs = layerwise["ReLU, thawed from the top"]
    before = [median(runs, lambda run, t=t: run.column("loss")[t - 50 : t].mean()) for t in range(250, 1501, 250)]
    assert all(late < 0.7 * early for early, late in pairwise(before))
    assert all((run.column("update_ratio.W3")[:750] == 0).all() for run in runs)
    assert all((run.column("update_ratio.W3")[750:1500] > 0).all() for run in runs)


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


def test_gradient_descent_stays_where_its_steps_are_just_stable(host):
    runs = run_seeds(host, "edge-of-stability", "seeds=[0,1,2]")

    def sharp(first, last, measure=np.median):
        return lambda run: measure([v for t, v in zip(*run.series("sharpness"), strict=True) if first < t <= last])

    def rises(run):
        return np.mean(np.diff(run.column("loss")) > 0)

    large, small, halved, momentum = runs.values()
    assert all(7 < median(group, sharp(-1, 0)) < 9 for group in runs.values())
    assert 9.5 < median(large, sharp(1500, 2000)) < 10.8 and 18 < median(small, sharp(1500, 2000)) < 22  # 2 / lr
    assert median(large, rises) > 0.2 and median(large, lambda run: run.column("loss")[-1]) < 0.03
    assert median(halved, sharp(800, 1000)) < 10.8 and median(halved, sharp(1900, 2000)) > 18
    assert 20 < median(momentum, sharp(0, 2000, np.max)) < 1.2 * 38
