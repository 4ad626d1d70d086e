"""What holds for every shipped schedule."""

from dataclasses import replace

import numpy as np
import pytest

from optlab.engine.experiment_file import build_experiment
from optlab.engine.mini_batches import steps_per_epoch
from optlab.engine.planning import plan
from optlab.engine.rates import known_values, reactive_state

STEPS, EPOCH = 500, 7
UNITS = {"steps": 1.0, "epochs": 1 / EPOCH, "share": 1 / STEPS}


def in_unit(schedule, unit):
    """The schedule counted in another unit."""
    return schedule.replace(unit=unit) if schedule.timed else schedule


@pytest.fixture(params=UNITS)
def counted(request, schedule):
    """Each schedule in each unit."""
    return in_unit(schedule, request.param)


def lr(schedule, t, steps=STEPS):
    return schedule.at(t, steps, EPOCH)["lr"]


def test_factors_are_finite_and_not_negative_to_the_end_and_past_it(counted):
    for factors in counted.at(np.arange(2 * STEPS), STEPS, EPOCH).values():
        assert np.isfinite(factors).all() and (factors >= 0).all()


def test_factors_have_the_shape_of_the_steps(counted):
    for shape in ((), (1,), (7,), (3, 4)):
        for factors in counted.at(np.zeros(shape, int), STEPS, EPOCH).values():
            assert np.shape(factors) == shape


def test_one_step_at_a_time_equals_the_table(counted):
    table = counted.at(np.arange(STEPS), STEPS, EPOCH)
    for name, values in table.items():
        singles = [float(counted.at(np.array(t), STEPS, EPOCH)[name]) for t in range(0, STEPS, 3)]
        np.testing.assert_allclose(values[::3], singles, rtol=1e-14, atol=1e-300)  # NumPy's power of many and of one


def test_the_table_is_new_each_time_and_the_steps_stay(schedule):
    t = np.arange(STEPS)
    first = lr(schedule, t)
    kept = first.copy()
    first[:] = 7.0
    assert (t == np.arange(STEPS)).all()
    np.testing.assert_array_equal(lr(schedule, t), kept)


def test_a_schedule_that_needs_no_end_ignores_it(schedule):
    t = np.arange(STEPS)
    if schedule.endless:
        np.testing.assert_array_equal(lr(schedule, t, 0), lr(schedule, t))


def test_a_run_of_one_step_and_an_epoch_longer_than_the_run_are_served(counted):
    for steps in (1, 2, 3):
        for factors in counted.at(np.arange(steps), steps, 5).values():
            assert np.isfinite(factors).all() and (factors >= 0).all()


def run_of(host, schedule, problem, momentum, steps):
    """A run of the engine with that schedule."""
    table = {"problem": problem, "optimizer": {"name": "momentum", "lr": 0.003, "momentum": momentum}}
    base = build_experiment({"steps": steps, **table}, host.catalogue)
    trial = base.trials[0].with_part("schedule", schedule)
    (batch,) = plan(replace(base, trials=(trial,)))
    batch.advance(steps)
    assert batch.runs[0].status == "done", batch.runs[0].message
    return trial, batch.runs[0]


def test_the_preview_equals_what_the_run_records(counted, host):
    problem = {"name": "linear_regression", "samples": 210, "features": 2, "batch": 30}
    trial, run = run_of(host, counted, problem, 0.5, 60)
    assert steps_per_epoch(trial.problem) == 7
    np.testing.assert_array_equal(run.column("lr")[:-1], known_values(trial, np.arange(60), 60)["lr"])


def assert_steps_used(run):
    """On ½ (100 x² + y²) without momentum each step is −lr g, with the lr of its row."""
    for name, curvature in (("x", 1.0), ("y", 100.0)):
        x, rates = run.column(name), run.column("lr")[:-1]
        np.testing.assert_allclose(x[1:], x[:-1] * (1 - rates * curvature), rtol=1e-12, atol=1e-15)


RAVINE = {"name": "ravine", "condition": 100.0}


def test_the_rate_of_a_row_is_the_rate_that_its_step_used(schedule, host):
    _, run = run_of(host, schedule, RAVINE, 0.0, 40)
    assert_steps_used(run)


def test_the_rate_of_a_row_is_the_rate_that_its_step_used_where_the_loss_makes_it(reactive, host):
    _, run = run_of(host, reactive.replace(every=1, patience=1, threshold=0.2), RAVINE, 0.0, 40)
    assert len(set(run.column("lr"))) > 1
    assert_steps_used(run)


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
