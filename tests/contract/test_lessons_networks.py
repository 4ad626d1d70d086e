"""What the lessons about networks teach, from five seeds."""

import numpy as np
import pytest

from optlab.engine.verdict import judge
from tests.contract.runs import end, median, play, run_seeds

LN2 = np.log(2)


def through(group):
    """The median gradient of the first time step over that of the last: at the start, and over the run."""
    last = f"hidden_grad.t{group[0].trial.problem.length}"
    shares = [run.series("hidden_grad.t1")[1] / run.series(last)[1] for run in group]
    return np.median([share[0] for share in shares]), np.median([np.median(share) for share in shares])


def sizes(group, series):
    """The norm of the whole gradient, by run and step."""
    return np.array([np.linalg.norm([run.norms(k, series) for k in range(run.count)], axis=1) for run in group])


def kept(run, row):
    """The share of its gradient that each layer keeps."""
    return run.norms(row, "clipped_norm") / run.norms(row)


def test_clipping_by_norm_keeps_the_direction_and_cures_what_explodes_alone(host):
    right, off, norm, loose, tight, vanishing = play(host, "exploding-and-clipping", lengths=(1500,) * 4 + (600,))
    groups = {label: group for step in (off, norm, loose, tight) for label, group in step.items()}
    ends = {label: median(group, lambda run: run.column("loss")[-100:].mean()) for label, group in groups.items()}
    assert ends["by norm"] < 0.1 < ends["by value, 0.02"] < 0.13 < 1 / 6 < ends["by value, 0.1"] < 0.2 < ends["off"]
    start, later = through(groups["off"])
    assert 4 < start < 9 and later < 0.01
    raw = sizes(groups["off"], "grad_norm")
    assert 13 < raw.max(axis=1).min() < raw.max() < 35 and 1 < np.median(raw) < 1.4
    clipped = sizes(groups["by norm"], "clipped_norm")
    assert clipped.max() < 0.5001 and 0.7 < (clipped > 0.4999).mean() < 0.9
    assert all(np.ptp(kept(run, row)) < 1e-6 for run in groups["by norm"] for row in (0, 100, 500))
    first, bounded = kept(groups["by value, 0.1"][0], 0), sizes(groups["by value, 0.1"], "clipped_norm")
    assert first.max() > 2.5 * first.min() and 1.5 < bounded.max() < 1.8
    for group in vanishing.values():
        assert 5e-10 < through(group)[0] < 9e-10
        assert abs(median(group, lambda run: run.column("loss")[-100:].mean()) - 1 / 6) < 0.012
    learn = ["Yes" if ends[label] < 0.13 else "No" for label in ends]
    assert right == [*learn, "No"]


def share(run, row=0):
    """The gradient of the first layer over that of the last."""
    return run.at(row, "grad_norm.W1") / run.at(row, "grad_norm.W13")


def factor(run):
    """From one inner layer to the one before, at the start."""
    return (run.at(0, "grad_norm.W2") / run.at(0, "grad_norm.W12")) ** 0.1


def test_some_remedies_cure_deep_sigmoids_and_some_do_not(host):
    right, *played = play(host, "cures-and-non-cures", lengths=(500, 800, 100, 300, 300, 300))
    groups = {label: group for step in played for label, group in step.items()}
    starts, ends = ({k: median(group, f) for k, group in groups.items()} for f in (lambda run: run.at(0, "loss"), end))
    cures = ("ReLU + He", "leaky ReLU + He", "tanh", "batch norm")
    assert all(ends[label] < 0.1 and median(groups[label], share) > 0.3 for label in cures)
    assert max(ends["ReLU + He"], ends["leaky ReLU + He"]) < 0.005 < min(ends["tanh"], ends["batch norm"])
    assert 0.4 < ends["residual"] < 0.5 and starts["residual"] > 5 * LN2
    assert median(groups["residual"], share) > 1e5 * median(groups["sigmoid"], share)
    for label in ("sigmoid", "layer norm", "clipped", "ten times the lr", "Adam", "4 × lr per layer"):
        assert abs(ends[label] - LN2) < 0.01 and median(groups[label], share) < 1e-4, label
    for run in groups["clipped"]:
        left = np.array([kept(run, row) for row in range(100)])
        assert left.min() < 0.9 and np.ptp(left, axis=1).max() < 1e-6
    factors = {label: median(groups[label], factor) for label in ("layer norm", "sigmoid")}
    assert factors["layer norm"] == pytest.approx(0.4, abs=0.03) and factors["sigmoid"] == pytest.approx(0.23, abs=0.02)
    assert right == ["All four", "To about 0.45", "No", "Neither", "No", "No"]


def test_the_verdict_offers_the_remedies_that_cure_and_not_the_others(host):
    (sick,) = run_seeds(host, "cures-and-non-cures", "steps=1")["sigmoid"]
    assert [remedy.label for remedy in judge(sick).remedies] == ["ReLU + He", "batch norm", "residual"]
