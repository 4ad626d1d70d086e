"""What holds for every shipped schedule."""

import numpy as np

from optlab.engine.rates import reactive_state

STEPS = 500


def test_factors_are_finite_and_not_negative_to_the_end_and_past_it(schedule):
    factors = schedule.factor(np.arange(2 * STEPS), STEPS)
    assert np.isfinite(factors).all() and (factors >= 0).all()


def test_factors_have_the_shape_of_the_steps(schedule):
    for shape in ((), (1,), (7,), (3, 4)):
        assert np.shape(schedule.factor(np.zeros(shape, int), STEPS)) == shape


def test_one_step_at_a_time_equals_the_table(schedule):
    table = schedule.factor(np.arange(STEPS), STEPS)
    singles = [float(schedule.factor(np.array(t), STEPS)) for t in range(STEPS)]
    np.testing.assert_allclose(table, singles, rtol=1e-15)  # NumPy's power of many and of one differ in the last bit


def test_the_table_is_new_each_time_and_the_steps_stay(schedule):
    t = np.arange(STEPS)
    first = schedule.factor(t, STEPS)
    first[:] = 7.0
    assert (t == np.arange(STEPS)).all()
    assert (schedule.factor(t, STEPS) != 7.0).all()


def test_a_schedule_that_needs_no_end_ignores_it(schedule):
    t = np.arange(STEPS)
    if not schedule.needs_end:
        np.testing.assert_array_equal(schedule.factor(t, 0), schedule.factor(t, STEPS))


def losses(runs):
    rng = np.random.default_rng(0)
    return np.exp(-np.arange(STEPS)[:, None] / 50) + rng.standard_normal((STEPS, runs)) * np.linspace(0.01, 0.5, runs)


def test_reactive_factors_stay_finite_whatever_the_metric(reactive):
    metrics = losses(4)
    metrics[50:60, 1], metrics[70:90, 2], metrics[30:, 3] = np.nan, np.inf, -np.inf
    state = reactive_state(reactive, np.full(4, 0.1), np.zeros(4))
    assert (state.factor == 1).all()
    for t, metric in enumerate(metrics):
        before = metric.copy()
        reactive.update(metric, t, state)
        assert np.isfinite(state.factor).all() and (state.factor >= 0).all() and state.factor.shape == (4,)
        np.testing.assert_array_equal(metric, before)


def test_reactive_runs_of_a_batch_equal_single_runs(reactive):
    metrics = losses(3)
    many = reactive_state(reactive, np.full(3, 0.1), np.zeros(3))
    singles = [reactive_state(reactive, np.full(1, 0.1), np.zeros(1)) for _ in range(3)]
    for t, metric in enumerate(metrics):
        reactive.update(metric, t, many)
        for k, state in enumerate(singles):
            reactive.update(metric[k : k + 1], t, state)
        np.testing.assert_array_equal(many.factor, [state.factor[0] for state in singles])
    assert (many.factor < 1).any()
