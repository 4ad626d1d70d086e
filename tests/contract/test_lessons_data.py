"""What the lessons about lines and polynomials through points teach, from five seeds."""

import numpy as np
import pytest

from optlab.engine.streams import stream
from tests.contract.runs import end, median, play


def least_squares(run):
    """The best line through the run's points: its intercept, and its loss."""
    data = run.trial.problem.data(stream(run.seed, "data"))
    x, y = np.column_stack((data.x, np.ones(len(data.x)))), data.y.ravel()
    line = np.linalg.lstsq(x, y, rcond=None)[0]
    return line[1], np.square(x @ line - y).mean()


def within(run):
    """The step after which the loss is within 1 % of the best."""
    return np.argmax(run.column("loss") < 1.01 * least_squares(run)[1])


def test_a_line_is_fitted_soon_by_steps_that_sum_and_late_by_steps_that_average(host):
    right, *played = play(host, "linear-regression")
    groups = {label: group for step in played for label, group in step.items()}
    quick = ("gradient descent", "momentum", "momentum, averaging", "averaging, 10 × lr", "Adam")
    for run in (run for label in quick for run in groups[label]):
        assert end(run) == pytest.approx(least_squares(run)[1], rel=1e-6)
    still = {k: median(groups[k], lambda run: np.ptp(run.column("loss")[-100:])) for k in ("gradient descent", "SGD")}
    assert still["gradient descent"] < 1e-12 and still["SGD"] > 0.1
    steps = {label: [within(run) for run in groups[label]] for label in quick}
    assert 13 <= min(steps["gradient descent"]) <= max(steps["gradient descent"]) <= 16
    times = np.median(steps["momentum, averaging"]) / np.median(steps["momentum"])
    assert 8 < times < 11
    for one, other in zip(groups["momentum"], groups["averaging, 10 × lr"], strict=True):
        assert np.allclose(one.column("loss"), other.column("loss"), rtol=0, atol=1e-14)
    assert min(steps["Adam"]) > max(steps["gradient descent"])
    for run, full in zip(groups["no intercept"], groups["gradient descent"], strict=True):
        height, best = least_squares(run)
        assert end(run) - best == pytest.approx(height**2)
        assert np.allclose(run.column("grad_norm.W1"), full.column("grad_norm.W1"), atol=1e-12)
    assert right == ["Gradient descent's", "10 times", "No", "Only the loss"]


def on_test(group, measure=lambda losses: losses[-1]):
    """The median of the test loss at the end, or of what is measured of it."""
    return median(group, lambda run: measure(run.column("test_loss")))


def test_a_model_learns_the_noise_once_it_has_the_means_and_the_time(host):
    right, whole, few, helped, rates, late, powers = play(
        host, "overfitting-polynomial", lengths=(2000, 2000, 2000, 2000, 10000, 5000)
    )
    (degree9,) = whole.values()
    assert 20 < on_test(degree9, np.argmin) < 300 and on_test(degree9) > 3 * on_test(degree9, np.min)
    degrees = {label: on_test(group) for label, group in few.items()}
    assert degrees["degree 3"] < 0.04 < 0.2 < degrees["degree 2"] and median(few["degree 2"], end) > 0.2
    cures = {label: on_test(group) for label, group in helped.items()}
    assert list(cures.values()) == pytest.approx([0.24, 0.09, 0.006], rel=0.15)
    small, large = rates["a fifth of the rate"], rates["gradient descent"]
    assert 0.4 < on_test(small) < 0.6 < 0.9 < on_test(large) < 1.1 and median(small, end) > median(large, end)
    assert on_test(late["a fifth of the rate"]) == pytest.approx(on_test(large), rel=0.01)
    assert 0.05 < on_test(powers["gradient descent"]) < 0.08
    assert right == [
        "No", "No", min(cures, key=cures.get), "0.01", "at 1.0, as with the large rate", "No",
    ]  # fmt: skip
