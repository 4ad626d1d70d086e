"""Runs of shipped experiments, and what is measured of them."""

from dataclasses import replace
from itertools import zip_longest

import numpy as np

from optlab.engine.experiment_file import changed, load_experiment
from optlab.engine.planning import plan
from optlab.paths import bundled

EXPERIMENTS = bundled("assets") / "experiments"


def run_seeds(host, name, *sets):
    """The ended runs of a shipped experiment, a list by trial."""
    return run_experiment(load_experiment(EXPERIMENTS / f"{name}.toml", host.catalogue, sets))


def play(host, name, *sets, lengths=()):
    """The answers that a lesson calls right, and what each of its steps runs from five seeds: runs by trial.

    `lengths` are the runs' steps by lesson step, where less than all of them is enough.
    """
    experiment = load_experiment(EXPERIMENTS / f"{name}.toml", host.catalogue, ("seeds=[0,1,2,3,4]", *sets))
    played = []
    for step, length in zip_longest(experiment.lesson.steps, lengths):
        experiment = changed(experiment, step.set, host.catalogue)  # what a step changes stays so, as in the window
        own = tuple(trial for trial in experiment.trials if trial.label in step.trials)
        played.append(run_experiment(replace(experiment, trials=own, steps=length or experiment.steps)))
    return [step.right for step in experiment.lesson.steps if step.ask], *played


def run_experiment(experiment):
    """The ended runs of an experiment, a list by trial."""
    runs = {trial.label: [] for trial in experiment.trials}
    for batch in plan(experiment):
        batch.advance(experiment.steps)
        for run in batch.runs:
            runs[run.label].append(run)
    return runs


def run(host, name, *sets):
    """The finished runs of a shipped experiment with one seed, by trial."""
    runs = {label: run for label, (run,) in run_seeds(host, name, *sets).items()}
    assert statuses(runs.values()) == {"done"}
    return runs


def statuses(runs):
    return {run.status for run in runs}


def median(runs, measure):
    """The median of a measure over runs."""
    return np.median([measure(run) for run in runs])


def end(run):
    """The mean of the last losses."""
    return run.column("loss")[-20:].mean()
