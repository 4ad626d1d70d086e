"""Losses: exact, stable, and refusing targets that do not fit."""

import numpy as np
import pytest

from optlab.nets import LOSSES
from tests.core import plain_net

every = pytest.mark.parametrize("name", LOSSES)


class Network:
    def __init__(self, loss, smoothing):
        self.loss, self.smoothing = loss, smoothing


def example(name, rng, runs=2, points=6):
    outputs = {"binary": 1, "softmax": 4}.get(name.partition("_")[0], 3)
    z = 1.5 * rng.standard_normal((runs, outputs, points))
    y = rng.standard_normal((points, outputs)) if outputs == 3 else rng.integers(0, max(2, outputs), points)
    return z, y


@every
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_values_are_those_by_the_book_and_gradients_their_differences(name, smoothing):
    z, y = example(name, np.random.default_rng(0))
    cost, book = LOSSES[name].smoothed(smoothing), Network(name, smoothing)
    wanted = np.broadcast_to(cost.targets(y, z.shape[1]).T, z.shape)
    grad, loss = z.copy(), np.empty(len(z))
    cost.evaluate(grad, wanted, loss)
    np.testing.assert_allclose(loss, [plain_net.loss(book, one.T, y) for one in z], rtol=1e-12)
    for index in np.ndindex(z.shape):
        ends = []
        for sign in (1, -1):
            moved = z.copy()
            moved[index] += sign * 1e-6
            ends.append(plain_net.loss(book, moved[index[0]].T, y))
        assert abs((ends[0] - ends[1]) / 2e-6 - grad[index]) < 1e-8


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_losses_of_huge_outputs_stay_finite(name, dtype):
    z, y = example(name, np.random.default_rng(0))
    z = (z * 1e4).astype(dtype)
    wanted = np.broadcast_to(LOSSES[name].targets(y, z.shape[1]).T, z.shape).astype(dtype)
    loss = np.empty(len(z), dtype)
    LOSSES[name].evaluate(z, wanted, loss)
    assert np.isfinite(loss).all() and np.isfinite(z).all()


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("binary", "ln 2", np.log(2)), ("softmax", "ln 4", np.log(4)), ("binary_mse", "0.25", 0.25),
        ("binary_mae", "0.5", 0.5), ("softmax_mse", "0.188", 3 / 16),
    ],
)  # fmt: skip
def test_the_loss_of_chance_is_that_of_outputs_of_zero(name, label, value):
    z, y = example(name, np.random.default_rng(0))
    loss = np.empty(len(z))
    LOSSES[name].evaluate(np.zeros_like(z), np.broadcast_to(LOSSES[name].targets(y, z.shape[1]).T, z.shape), loss)
    np.testing.assert_allclose(loss, value)
    assert LOSSES[name].chance(z.shape[1]) == (label, pytest.approx(value))
    assert LOSSES["mse"].chance(1) is LOSSES["huber"].chance(1) is None


def test_an_error_of_probabilities_stops_teaching_where_the_answer_is_surely_wrong():
    steps = {}
    for name in ("binary", "binary_mse"):
        z, loss = np.array([[[-12.0]]]), np.empty(1)
        LOSSES[name].evaluate(z, np.ones((1, 1, 1)), loss)
        steps[name] = abs(z.item())
    assert steps["binary"] > 0.99 and steps["binary_mse"] < 2e-5


def test_targets_that_do_not_fit_are_refused():
    for name, y, outputs, text in (
        ("softmax", np.array([0, 3]), 3, "expected classes 0 to 2, got 0 to 3"),
        ("softmax_mse", np.array([-1, 2]), 3, "expected classes 0 to 2, got -1 to 2"),
        ("binary", np.zeros((4, 2)), 1, "expected 1 columns, got 2"),
        ("binary", np.array([0.0, 2.0]), 1, "expected 0 to 1, got 0 to 2"),
        ("huber", np.zeros((4, 3)), 2, "expected 2 columns, got 3"),
    ):
        with pytest.raises(ValueError, match=text):
            LOSSES[name].targets(y, outputs)
