"""Runs of shipped experiments, and what is measured of them."""

import numpy as np

from optlab.engine.batch import plan
from optlab.engine.experiment_file import load_experiment
from optlab.paths import bundled


def run_seeds(host, name, *sets):
    """The ended runs of a shipped experiment, a list by trial."""
    experiment = load_experiment(bundled("assets") / "experiments" / f"{name}.toml", host.catalogue, sets)
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
