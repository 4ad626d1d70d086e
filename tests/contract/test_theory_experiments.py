"""What the experiments about theory and batch normalisation claim."""

import numpy as np
import pytest

from optlab.engine.verdict import judge
from tests.contract.runs import median, run_seeds

FIVE = "seeds=[0,1,2,3,4]"


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


def first_over_last(run, row=0):
    names = [name for name in run.layers if name.startswith("W")]
    return run.at(row, f"grad_norm.{names[0]}") / run.at(row, f"grad_norm.{names[-1]}")


def factor(run):
    """From one inner layer to the one before, at the start."""
    depth = run.trial.problem.hidden
    return (run.at(0, "grad_norm.W2") / run.at(0, f"grad_norm.W{depth}")) ** (1 / (depth - 2))


def test_batch_norm_cures_vanishing_and_explodes_at_the_start_without_residuals(host):
    runs = run_seeds(host, "batch-norm-truth", FIVE, "steps=1")
    ratios = {label: median(group, first_over_last) for label, group in runs.items()}
    assert ratios["sigmoid"] < 1e-18 and 3 < ratios["sigmoid + batch norm"] < 100
    assert 0.02 < ratios["ReLU"] < 1 < 100 < ratios["ReLU + batch norm"] < 500
    assert 0.02 < ratios["ReLU + batch norm + residual"] < 1
    assert median(runs["ReLU + batch norm"], factor) == pytest.approx(np.sqrt(np.pi / (np.pi - 1)), rel=0.05)
    kinds = {label: judge(group[0], 0).kind for label, group in runs.items()}
    assert kinds["sigmoid"] == "vanishing" and kinds["ReLU + batch norm"] == "exploding"
    assert {kinds[label] for label in runs} == {"vanishing", "exploding", "healthy"}


def test_batch_norm_makes_deep_sigmoids_learn_and_deep_relus_learn_later(host):
    runs = run_seeds(host, "batch-norm-truth", "seeds=[0,1,2]", "steps=200")
    early = {label: median(group, lambda run: run.column("loss")[100:121].mean()) for label, group in runs.items()}
    assert early["sigmoid"] > 0.68 > 0.3 > early["sigmoid + batch norm"]
    assert early["ReLU + batch norm + residual"] < 0.01 and 5 * early["ReLU"] < early["ReLU + batch norm"]
    assert median(runs["ReLU + batch norm"], lambda run: first_over_last(run, 50)) < 20
