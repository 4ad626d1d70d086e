"""What holds for every shipped optimizer."""

import tracemalloc

import numpy as np
import pytest

from optlab.fields import Real
from optlab.layout import Layout
from optlab.optimizer import make_state

CURVATURE = np.array([0.5, 1.0, 2.0, 3.0])


def drive(optimizer, params, grads_of, rates, steps):
    """Take `steps` steps in place; `grads_of(x, t)` is the gradient, `rates` a float or a column."""
    state = make_state(optimizer, params, Layout({"x": (params.shape[1],)}), np.zeros(len(params), params.dtype))
    for t in range(1, steps + 1):
        grads = np.asarray(grads_of(params, t), params.dtype)
        grads.flags.writeable = False
        state.t, state.lr = t, rates
        optimizer.step(params, grads, state)
    return state


def bowl(x, t):
    return CURVATURE * x


def test_step_moves_params_and_never_writes_grads(optimizer):
    params = np.ones((2, 4))
    drive(optimizer, params, bowl, optimizer.lr, 3)
    assert np.isfinite(params).all() and (params != 1).all()


def test_step_lowers_a_quadratic(optimizer):
    params = np.ones((1, 4))
    drive(optimizer, params, bowl, optimizer.lr, 500)
    assert (CURVATURE * params**2).sum() < 0.9 * CURVATURE.sum()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_step_allocates_no_array_of_the_params_size(optimizer, dtype):
    size = 100_000
    params, grads = np.ones((1, size), dtype), np.full((1, size), 0.5, dtype)
    state = make_state(optimizer, params, Layout({"x": (size,)}), np.zeros(1, dtype))
    state.lr = optimizer.lr
    for state.t in (1, 2):
        optimizer.step(params, grads, state)
    tracemalloc.start()
    for state.t in (3, 4):
        optimizer.step(params, grads, state)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < params.nbytes / 10


def spread(field):
    """Three values of a real field: one towards its lower bound, its default, and one towards its upper bound."""
    if field.log:
        return [max(field.default / 10, field.lo), field.default, min(10 * field.default, field.hi)]
    return [
        field.default + share * (bound - field.default) for bound, share in ((field.lo, 0.8), (0, 0), (field.hi, 0.4))
    ]


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-4)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_runs_stacked_in_columns_equal_single_runs(optimizer, dtype, tolerance, order):
    values = {key: spread(f) for key, f in optimizer.fields().items() if isinstance(f, Real)}
    start = np.random.default_rng(0).standard_normal((3, 4))
    noise = np.random.default_rng(1).standard_normal((40, 3, 4))
    many = np.array(start, dtype, order=order)
    columns = {key: np.array(column)[:, None] for key, column in values.items()}
    drive(optimizer.stacked(columns), many, lambda x, t: CURVATURE * x + noise[t - 1], columns["lr"], 40)
    for k in range(3):
        single = optimizer.replace(**{key: column[k] for key, column in values.items()})
        one = np.array(start[k : k + 1], dtype, order=order)
        drive(single, one, lambda x, t, k=k: CURVATURE * x + noise[t - 1, k], single.lr, 40)
        assert one.dtype == many.dtype
        np.testing.assert_allclose(many[k], one[0], rtol=tolerance, atol=tolerance)


def test_a_state_that_is_copied_goes_on_with_the_same_bits(optimizer):
    params = np.ones((1, 4))
    state = drive(optimizer, params, bowl, optimizer.lr, 5)
    copy, other = params.copy(), make_state(optimizer, params, state.layout, np.zeros(1))
    for name, array in state.arrays().items():
        other.arrays()[name][:] = array
    for x, memory in ((params, state), (copy, other)):
        for t in range(6, 10):
            memory.t, memory.lr = t, optimizer.lr
            optimizer.step(x, bowl(x, t), memory)
    np.testing.assert_array_equal(params, copy)
