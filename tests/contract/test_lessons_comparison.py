"""What the lesson about nine optimizers teaches, from five seeds at rates that were found equally."""

from dataclasses import replace

import numpy as np
import pytest

from optlab.engine.experiment_file import changed, load_experiment
from optlab.engine.spec import Grid
from optlab.engine.tuned import untuned
from optlab.engine.tuning import final_loss, tune
from tests.contract.runs import EXPERIMENTS, median, play


def test_nobody_is_first_on_more_than_two_of_five_problems(host):
    right, *played = play(host, "practice-comparison", lengths=(300, 300, 600, 300, 20, 500))
    ends = [{label: median(group, final_loss) for label, group in each.items()} for each in played]
    orders = [sorted(each, key=each.get) for each in ends]
    tuned = [orders[k] for k in (0, 2, 3, 4, 5)]
    assert [order[0] for order in tuned] == ["Nadam", "Adagrad", "Adagrad", "RMSProp", "Adam"]
    places = {label: np.mean([order.index(label) + 1 for order in tuned]) for label in tuned[0]}
    assert [places[label] for label in ("Nadam", "NAG", "Adam")] == pytest.approx([3.0, 3.0, 4.2])
    assert tuned[0][-1] == "SGD" and orders[1][0] == "RMSProp" and orders[1][-1] == "Adadelta"
    assert tuned[1][1:3] == ["NAG", "Nadam"] and sum(final_loss(run) > 1e-3 for run in played[2]["Nadam"]) == 2
    assert ends[2]["NAG"] > 1e10 * ends[2]["Adagrad"] and tuned[3].index("momentum") + 1 == 8
    by_seed = np.array([[final_loss(run) for run in played[0][label]] for label in played[0]])
    nadam = 1 + (by_seed < by_seed[list(played[0]).index("Nadam")]).sum(axis=0)
    assert (nadam.min(), nadam.max()) == (1, 5)
    times = ends[1]["SGD"] / ends[0]["SGD"]
    assert 25 < times < 35
    assert right == [
        tuned[0][0], "30 times", tuned[1][0], "Yes" if tuned[2][0] == "Nadam" else "No", tuned[3][0],
        f"{tuned[4].index('Nadam') + 1}",
    ]  # fmt: skip


def tuned_steps(host):
    """What the lesson runs at rates that it calls tuned."""
    experiment = load_experiment(EXPERIMENTS / "practice-comparison.toml", host.catalogue)
    for step in experiment.lesson.steps:
        experiment = changed(experiment, step.set, host.catalogue)
        if not untuned(experiment.trials, experiment.steps, experiment.tuned):
            yield experiment


def test_the_comparison_says_where_it_is_not_tuned(host):
    problems = [experiment.base.problem.name for experiment in tuned_steps(host)]
    assert problems == ["digits", "sparse_features", "ravine", "plateau_and_cliff", "rosenbrock"]


def test_the_rates_of_the_comparison_are_those_that_tuning_finds(host):
    digits, *others = tuned_steps(host)
    for experiment in others:
        found = tune(experiment, experiment.tuned.grid, experiment.seeds)
        assert found.tuned().trials == experiment.trials, experiment.base.problem.name
    rates = digits.tuned.grid.rates
    for trial in digits.trials:  # among its neighbours: the whole grid takes half a minute
        k = rates.index(trial.optimizer.lr)
        near = rates[max(0, k - 1) : k + 2]
        (score,) = tune(replace(digits, trials=(trial,)), Grid(near[0], near[-1], len(near)), digits.seeds).scores
        assert score.lr == pytest.approx(trial.optimizer.lr, rel=0.01), trial.label
