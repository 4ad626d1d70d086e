"""What the shipped experiments claim."""

import numpy as np
import pytest

from optlab.engine.batch import plan
from optlab.engine.experiment_file import dump_experiment, load_experiment, parse_experiment
from optlab.paths import bundled

FILES = sorted((bundled("assets") / "experiments").glob("*.toml"))


def run(host, name, *sets):
    """The finished runs of a shipped experiment, by trial."""
    experiment = load_experiment(bundled("assets") / "experiments" / f"{name}.toml", host.catalogue, sets)
    runs = []
    for batch in plan(experiment):
        batch.advance(experiment.steps)
        runs += batch.runs
    assert {run.status for run in runs} == {"done"}
    return {run.trial.label: run for run in runs}


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
