"""What holds for every shipped optimizer."""

import tracemalloc

import numpy as np
import pytest

from optlab.engine.oracle import give_oracle, is_batched
from optlab.engine.rates import base_rate
from optlab.fields import Real
from optlab.layout import Layout
from optlab.optimizer import make_state

CURVATURE = np.array([0.5, 1.0, 2.0, 3.0])


def drive(optimizer, params, grads_of, rates, steps):
    """Take `steps` steps in place; `grads_of(x, t)` is the gradient, `rates` a float or a column."""
    state = make_state(optimizer, params, Layout({"x": (params.shape[1],)}), np.zeros(len(params), params.dtype))
    go_on(optimizer, params, state, grads_of, rates, range(1, steps + 1))
    return state


def go_on(optimizer, params, state, grads_of, rates, times):
    """Take the steps `times`; the loss is half of ⟨x, gradient⟩, as that of a quadratic is."""

    def oracle(at, out):
        out[:] = grads_of(at, state.t)
        return 0.5 * (at * out).sum(axis=1)

    def signs(out):
        out[:] = 1 - 2 * ((np.arange(out.shape[1]) + state.t) % 2)

    give_oracle(optimizer, state, oracle, lambda at, v, out: np.multiply(CURVATURE, v, out), signs)
    for t in times:
        state.t, state.lr = t, rates
        grads = np.asarray(grads_of(params, t), params.dtype)
        state.loss[:] = 0.5 * (params * grads).sum(axis=1)
        grads.flags.writeable = False
        optimizer.step(params, grads, state)


def bowl(x, t):
    return CURVATURE * x


def test_step_moves_params_and_never_writes_grads(optimizer):
    params = np.ones((1 + is_batched(optimizer), 4))
    drive(optimizer, params, bowl, base_rate(optimizer), 3)
    assert np.isfinite(params).all() and (params != 1).all()


def test_step_lowers_a_quadratic(optimizer):
    params = np.ones((1, 4))
    drive(optimizer, params, bowl, base_rate(optimizer), 500)
    share = 0.9 if "lr" not in optimizer.changed() else 1.0  # Keras' lr of 0.001 for Adadelta hardly moves anything
    assert (CURVATURE * params**2).sum() < share * CURVATURE.sum()


def test_steps_grow_above_the_stable_curvature_and_shrink_below_it(optimizer):
    edge = optimizer.stable_curvature(np.array([0.05]))
    if edge is None:
        return
    assert edge.shape == (1,)
    for share, grows in ((0.99, False), (1.01, True)):
        params = np.ones((1, 1))
        drive(optimizer, params, lambda x, t, share=share: share * edge * x, 0.05, 1000)
        assert (abs(params) > 1e3 if grows else abs(params) < 1e-3).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_step_allocates_no_array_of_the_params_size(unbounded, dtype):
    optimizer, size = unbounded, 100_000
    params, grads = np.ones((1, size), dtype), np.full((1, size), 0.5, dtype)
    state = make_state(optimizer, params, Layout({"x": (size,)}), np.zeros(1, dtype))
    state.lr, state.loss[:] = base_rate(optimizer), 1.0
    oracle = lambda at, out: (np.copyto(out, grads), state.loss)[1]  # noqa: E731
    give_oracle(optimizer, state, oracle, lambda at, v, out: np.copyto(out, v), lambda out: out.fill(1.0))
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
def test_runs_stacked_in_columns_equal_single_runs(stackable, dtype, tolerance, order):
    optimizer = stackable
    values = {key: spread(f) for key, f in optimizer.fields().items() if isinstance(f, Real)}
    start = np.random.default_rng(0).standard_normal((3, 4))
    noise = np.random.default_rng(1).standard_normal((40, 3, 4))
    many = np.array(start, dtype, order=order)
    columns = {key: np.array(column)[:, None] for key, column in values.items()}
    rates = columns.get("lr", base_rate(optimizer))
    drive(optimizer.stacked(columns), many, lambda x, t: CURVATURE * x + noise[t - 1], rates, 40)
    for k in range(3):
        single = optimizer.replace(**{key: column[k] for key, column in values.items()})
        one = np.array(start[k : k + 1], dtype, order=order)
        drive(single, one, lambda x, t, k=k: CURVATURE * x + noise[t - 1, k], base_rate(single), 40)
        assert one.dtype == many.dtype
        np.testing.assert_allclose(many[k], one[0], rtol=tolerance, atol=tolerance)


def test_a_state_that_is_copied_goes_on_with_the_same_bits(optimizer):
    params = np.ones((1, 4))
    state = drive(optimizer, params, bowl, base_rate(optimizer), 5)
    copy, other = params.copy(), make_state(optimizer, params, state.layout, np.zeros(1))
    for name, array in state.arrays().items():
        other.arrays()[name][:] = array
    for x, memory in ((params, state), (copy, other)):
        go_on(optimizer, x, memory, bowl, base_rate(optimizer), range(6, 10))
    np.testing.assert_array_equal(params, copy)
