"""Activations: values and slopes of PyTorch, exact, finite for any input."""

from math import erfc, sqrt

import numpy as np
import pytest

from optlab.nets import ACTIVATIONS, OF_VALUE
from tests.core import plain_net

pytestmark = pytest.mark.filterwarnings("ignore:overflow")  # as in the engine: e⁻ᶻ may be inf where 1 / inf is 0
every = pytest.mark.parametrize("name", ACTIVATIONS)
KINKS = {"hard_sigmoid": (-3.0, 3.0), "relu": (0.0,), "leaky_relu": (0.0,), "selu": (0.0,), "softplus": (20.0,)}
"""Where the slope jumps; softplus is cut as in PyTorch."""


def computed(name, x, dtype="float64"):
    value = np.array(x, dtype)
    slope = np.full_like(value, np.nan)
    ACTIVATIONS[name].forward(value, slope)
    return value, slope


def test_values_and_slopes_are_those_of_pytorch(golden):
    tables = golden("nets")["activations"]
    assert len(tables) == 10
    for table in tables:
        value, slope = computed(table["name"], table["x"])
        for own, theirs in ((value, table["y"]), (slope, table["dy_dx"])):
            np.testing.assert_allclose(own, theirs, rtol=table["rtol"], atol=table["atol"], err_msg=table["name"])


@every
def test_values_are_those_by_the_book(name):
    x = np.linspace(-8, 8, 4001)
    np.testing.assert_allclose(computed(name, x)[0], plain_net.ACTIVATIONS[name](x), rtol=1e-12, atol=1e-15)


@every
def test_slopes_are_central_differences(name):
    x = np.random.default_rng(0).uniform(-25, 25, 3000)
    x = x[np.abs(np.subtract.outer(x, KINKS.get(name, ()))).min(axis=1, initial=1) > 1e-3]
    ends = [computed(name, x + h)[0] for h in (1e-5, -1e-5)]
    np.testing.assert_allclose(computed(name, x)[1], (ends[0] - ends[1]) / 2e-5, atol=1e-8)


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_huge_sums_stay_finite_and_no_slope_is_steeper_than_it_says(name, dtype):
    x = np.concatenate((np.linspace(-20, 20, 40_001), [0.0, -0.0, 1e-30, -88, -89, -710, 710, 1e4, -1e4, 1e30, -1e30]))
    value, slope = computed(name, x, dtype)
    assert np.isfinite(value).all() and np.isfinite(slope).all()
    steepest = ACTIVATIONS[name].steepest
    assert 0.9999 * steepest < slope.max() < steepest * (1 + 1e-6)
    np.testing.assert_allclose(value[:40_001], computed(name, x[:40_001])[0], rtol=3e-6, atol=3e-7)


@every
def test_shapes_of_any_size_are_filled_in_pieces(name):
    rng = np.random.default_rng(0)
    for shape in ((3,), (0, 5), (2, 3, 4), (3, 40, 200), (2, 1, 9000), (1, 6000)):
        x = rng.standard_normal(shape)
        value, slope = computed(name, x)
        flat = [array.reshape(shape) for array in computed(name, x.ravel())]
        np.testing.assert_array_equal(value, flat[0])
        np.testing.assert_array_equal(slope, flat[1])


@every
def test_rows_of_a_larger_array_are_changed_in_place(name):
    full = np.ones((2, 4, 3))
    full[:, :3] = np.linspace(-1, 1, 18).reshape(2, 3, 3)
    expected = computed(name, full[:, :3])[0]
    ACTIVATIONS[name].forward(full[:, :3], np.empty((2, 3, 3)))
    np.testing.assert_array_equal(full[:, :3], expected)
    assert (full[:, 3] == 1).all()


def test_the_normal_distribution_of_gelu_is_exact_into_its_tail():
    x = -np.linspace(0, 30, 3001)[1:]
    exact = [0.5 * erfc(-z / sqrt(2)) for z in x]
    np.testing.assert_allclose(computed("gelu", x)[0] / x, exact, rtol=1e-10)
    np.testing.assert_allclose(computed("gelu", x[:600])[0] / x[:600], exact[:600], rtol=3e-14)
    np.testing.assert_allclose(computed("gelu", x[:600], "float32")[0] / x[:600], exact[:600], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("name", OF_VALUE)
def test_a_slope_of_the_value_can_be_taken_later(name):
    x = np.linspace(-30, 30, 601)
    value, slope = x.copy(), np.empty_like(x)
    OF_VALUE[name].apply(value)
    OF_VALUE[name].slope(value, slope)
    for own, both in zip((value, slope), computed(name, x), strict=True):
        np.testing.assert_array_equal(own, both)
