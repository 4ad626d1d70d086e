"""The portrait of hidden layers: few numbers that say how many are spread."""

import numpy as np
import pytest

from optlab import nets
from optlab.nets.net import Hidden
from optlab.nets.portrait import QUANTILES, quantiles, shares


def hidden(value, slope=None, grad=None, name="h1"):
    value = np.asarray(value, float)[None]
    grad = np.ones_like(value) if grad is None else np.asarray(grad, float)[None]
    return Hidden(name, value, None if slope is None else np.asarray(slope, float)[None], grad)


def test_quantiles_give_the_shares_of_any_bins():
    values = np.random.default_rng(0).normal(3.0, 2.0, 50_000)
    edges = np.linspace(-6.0, 12.0, 31)
    found = shares(quantiles(values)[None], edges)[0]
    np.testing.assert_allclose(found, np.histogram(values, edges)[0] / len(values), atol=0.01)


def test_values_that_many_units_share_lie_in_one_bin():
    values = np.concatenate((np.zeros(600), np.linspace(0.5, 1.0, 400)))
    found = shares(quantiles(values)[None], np.array([-0.1, 0.1, 0.45, 1.1]))[0]
    np.testing.assert_allclose(found, [0.6, 0.0, 0.4], atol=1 / QUANTILES)


def test_numbers_that_are_none_have_no_share():
    assert quantiles(np.array([np.nan, 1.0, np.inf])).tolist() == [1.0] * QUANTILES
    assert np.isnan(quantiles(np.array([np.nan]))).all()


def test_a_portrait_says_what_layers_hold():
    value = np.random.default_rng(1).uniform(-1, 1, (4, 100))
    grad = np.full((4, 100), -1e-3)
    grad[0] = 0.0
    slope = np.ones((4, 100))
    slope[:2] = [[0.0], [0.01]]
    found = nets.portrait([hidden(value, slope, grad), hidden(3 * value, name="h2")])
    assert found.names == ("h1", "h2") and found.values.shape == found.grads.shape == (2, QUANTILES)
    assert found.mean.tolist() == pytest.approx([value.mean(), 3 * value.mean()])
    assert found.spread.tolist() == pytest.approx([value.std(), 3 * value.std()])
    assert (found.saturated[0], found.dead[0], found.zeros[0]) == (0.5, 0.25, 0.25)
    np.testing.assert_allclose(found.grads, [[-3.0] * QUANTILES, [0.0] * QUANTILES], atol=1e-12)
    assert np.isnan([found.saturated[1], found.dead[1]]).all()


def test_a_layer_without_any_gradient_has_a_portrait():
    found = nets.portrait([hidden(np.ones((2, 3)), grad=np.zeros((2, 3)))])
    assert found.zeros[0] == 1.0 and np.isnan(found.grads).all()
    assert nets.portrait([]).values.shape == (0, QUANTILES)
