"""Runs of a batch are the runs one by one, bit for bit again and again, and each ends for its own reason."""

import os
import subprocess
import sys

import numpy as np
import pytest

from optlab.engine.planning import plan
from optlab.engine.stacking import stack
from optlab.paths import bundled

OPTIMIZERS = ["sgd", "momentum", "rmsprop", "adam"]
LANDSCAPES = ["ravine", "rosenbrock", "himmelblau", "saddle"]
NETS = [
    {"name": "linear_regression", "batch": 64},
    {"name": "spirals", "hidden": 2, "width": 6, "batch": 64},
    {"name": "digits", "hidden": 1, "width": 8, "batch": 100},
]
RATES = (0.001, 0.0005, 0.002)


def of_rates(problem, optimizer):
    return [{"problem": problem, "optimizer": {"name": optimizer, "lr": lr}} for lr in RATES]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("problem", LANDSCAPES)
def test_a_batch_is_its_runs_one_by_one_on_landscapes(experiment, compute, problem, optimizer):
    together = experiment(*of_rates({"name": problem, "jitter": 0.1}, optimizer), seeds=[0, 7], steps=60)
    assert len(plan(together)) == 1
    runs = compute(together)
    for k, trial in enumerate(of_rates({"name": problem, "jitter": 0.1}, optimizer)):
        for seed in (0, 7):
            (alone,) = compute(experiment(trial, seeds=[seed], steps=60))
            assert np.array_equal(alone.rows(), runs[2 * k + (seed == 7)].rows(), equal_nan=True)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("problem", NETS, ids=lambda p: p["name"])
def test_a_batch_is_its_runs_one_by_one_on_networks(experiment, compute, problem, optimizer, dtype):
    runs = compute(experiment(*of_rates(problem, optimizer), seeds=[0, 7], steps=15, dtype=dtype))
    for k, trial in enumerate(of_rates(problem, optimizer)):
        (alone,) = compute(experiment(trial, seeds=[7], steps=15, dtype=dtype))
        close = {"rtol": 1e-9, "atol": 1e-12} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-6}
        np.testing.assert_allclose(alone.rows(), runs[2 * k + 1].rows(), **close)


def test_every_real_field_stacks_and_every_other_splits(experiment):
    same = {"problem": "ravine", "optimizer": {"name": "momentum", "momentum": 0.5, "dampening": 0.1}}
    real = {"problem": "ravine", "optimizer": {"name": "momentum", "momentum": 0.9, "dampening": 0.0}}
    flag = {"problem": "ravine", "optimizer": {"name": "momentum", "nesterov": True}}
    other = {"problem": "himmelblau", "optimizer": "momentum"}
    noisy = {"problem": "ravine", "optimizer": "momentum", "gradient": {"noise": 0.1}}
    assert [len(plan(experiment(same, t))) for t in (real, flag, other, noisy)] == [1, 2, 2, 2]


def test_stacked_fields_step_each_run_with_its_own(experiment, compute):
    fields = [{"momentum": 0.5, "dampening": 0.1}, {"momentum": 0.9, "dampening": 0.0}]
    trials = [{"problem": "ravine", "optimizer": {"name": "momentum", "lr": 0.01, **f}} for f in fields]
    together = compute(experiment(*trials))
    for trial, run in zip(trials, together, strict=True):
        assert np.array_equal(compute(experiment(trial))[0].rows(), run.rows(), equal_nan=True)


def test_runs_share_a_batch_whatever_their_table_schedules(experiment, compute):
    schedules = [{"name": "step", "every": 10}, {"name": "cosine"}, {"name": "constant"}]
    trials = [{"problem": "ravine", "optimizer": "sgd", "schedule": s} for s in schedules]
    runs = compute(experiment(*trials))
    assert len({id(run.history) for run in runs}) == 1
    for trial, run in zip(trials, runs, strict=True):
        assert np.array_equal(compute(experiment(trial))[0].rows(), run.rows(), equal_nan=True)


def test_large_batches_are_cut(experiment):
    big = {"problem": {"name": "digits", "width": 512}, "optimizer": "sgd"}
    sizes = [len(batch.runs) for batch in plan(experiment(big, seeds=[0, 1, 2]))]
    assert sum(sizes) == 3
    assert len(sizes) > 1


@pytest.mark.parametrize("problem", ["rosenbrock", *NETS], ids=str)
def test_the_same_experiment_gives_the_same_bits_again(experiment, compute, problem):
    e = experiment(
        {"problem": problem, "optimizer": "adam", "gradient": {"noise": 0.1, "clip_norm": 1.0}}, seeds=[3], steps=40
    )
    first = compute(e)[0].rows()
    for chunk in (1, 3, 1000):
        assert np.array_equal(first, compute(e, chunk)[0].rows(), equal_nan=True)


def test_the_pace_changes_no_bit_of_a_batch_from_which_runs_leave(experiment, compute):
    rates = (0.001, 0.3, 0.002, 0.4, 0.0015)
    trials = [
        {"problem": "himmelblau", "optimizer": {"name": "rmsprop", "lr": lr, "momentum": 0.99}, "schedule": "plateau"}
        for lr in rates
    ] + [{"problem": "himmelblau", "optimizer": {"name": "sgd", "lr": lr}} for lr in rates]
    e = experiment(*trials, steps=700, bound=1e6)
    runs = compute(e)
    assert {run.status for run in runs} == {"done", "diverged"}
    for run, again in zip(runs, compute(e, 13), strict=True):
        assert (run.status, run.message) == (again.status, again.message)
        assert np.array_equal(run.rows(), again.rows(), equal_nan=True)


@pytest.mark.parametrize("problem", ["rosenbrock", *NETS], ids=str)
def test_runs_that_differ_in_the_optimizer_start_at_the_same_point_on_the_same_mini_batch(experiment, compute, problem):
    runs = compute(experiment(*({"problem": problem, "optimizer": o} for o in OPTIMIZERS), steps=2))
    first = [(run.at(0, "loss"), *run.norms(0)) for run in runs]
    assert len(set(first)) == 1


def test_seeds_differ_in_start_data_and_mini_batches(experiment, compute):
    runs = compute(experiment({"problem": NETS[1], "optimizer": "sgd"}, seeds=[0, 1]))
    assert runs[0].at(0, "loss") != runs[1].at(0, "loss")


def test_seeds_of_a_landscape_differ_only_with_jitter(experiment, compute):
    for jitter, same in ((0.0, True), (0.1, False)):
        problem = {"name": "ravine", "jitter": jitter}
        runs = compute(experiment({"problem": problem, "optimizer": "sgd"}, seeds=[0, 1]))
        assert np.array_equal(runs[0].rows(), runs[1].rows(), equal_nan=True) == same


PLAIN = {"problem": NETS[1], "optimizer": "adam"}


@pytest.mark.parametrize(
    "other",
    [
        {**PLAIN, "gradient": {"clip_norm": 0.1}},
        {**PLAIN, "gradient": {"noise": 1.0}},
        {**PLAIN, "optimizer": "case_sam"},
        {**PLAIN, "optimizer": {"name": "sgd", "lr": 10.0}},
        {"problem": "case_remembering", "optimizer": "sgd"},
    ],
)
def test_another_trial_changes_nothing(experiment, compute, other):
    (alone,) = compute(experiment(PLAIN))
    assert np.array_equal(alone.rows(), compute(experiment(PLAIN, other))[0].rows(), equal_nan=True)


def test_clipping_far_above_the_gradient_changes_nothing_but_the_columns(experiment, compute):
    clipped = {**PLAIN, "gradient": {"clip_norm": 1e9}}
    plain, run = compute(experiment(PLAIN, clipped))
    for name in plain.history.columns:
        assert np.array_equal(plain.column(name), run.column(name), equal_nan=True)


@pytest.mark.parametrize("every", [3, 7, 50, 1000])
def test_recording_every_kth_step_records_the_same(experiment, compute, every):
    (full,) = compute(experiment(PLAIN, steps=40))
    (sparse,) = compute(experiment(PLAIN, steps=40, record=every), chunk=11)
    steps = sorted({*range(0, 40, every), 40})
    assert list(sparse.column("step")) == steps
    assert np.array_equal(sparse.rows(), full.rows()[steps], equal_nan=True)


def test_a_run_of_t_steps_has_t_plus_one_rows_and_the_last_made_no_step(experiment, compute):
    (run,) = compute(experiment(PLAIN, steps=9))
    assert list(run.column("step")) == list(range(10))
    blank = [name for name in run.history.columns if np.isnan(run.at(9, name))]
    assert blank == ["lr", *(name for name in run.history.columns if name.startswith("update_ratio"))]


def test_a_look_without_a_step_is_one_row(experiment):
    (batch,) = plan(experiment({"problem": {"name": "ravine", "at": [1.0, 1.0]}, "optimizer": "sgd"}, steps=0))
    batch.finish("done", "looked")
    assert batch.runs[0].count == 1
    assert batch.runs[0].at(0, "loss") == 50.5


def test_the_update_ratio_is_the_step_over_the_point(experiment, compute):
    (run,) = compute(experiment({"problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.001}}))
    x = np.column_stack((run.column("x"), run.column("y")))
    moved = np.linalg.norm(np.diff(x, axis=0), axis=1) / np.linalg.norm(x[:-1], axis=1)
    assert run.column("update_ratio.x")[:-1] == pytest.approx(moved, rel=1e-12)


def test_a_share_of_nothing_is_blank(experiment, compute):
    (run,) = compute(experiment(PLAIN, steps=2))
    assert np.isnan(run.at(0, "update_ratio.b1"))
    assert run.at(1, "update_ratio.b1") > 0


def test_a_loss_that_is_no_number_ends_the_run_with_step_and_advice(experiment, compute):
    (run,) = compute(experiment({"problem": "rosenbrock", "optimizer": {"name": "sgd", "lr": 9.0}}, bound=1e299))
    assert run.status == "diverged"
    assert run.message == f"loss is no longer finite at step {run.step}; lower lr or clip the gradient"
    assert run.count == run.step + 1


def test_a_loss_beyond_the_bound_ends_the_run_at_that_step(experiment, compute):
    (run,) = compute(experiment({"problem": "ravine", "optimizer": {"name": "sgd", "lr": 1.0}}, bound=1e6))
    loss = run.column("loss")
    assert (run.status, loss[-1] > 1e6, loss[:-1].max() <= 1e6) == ("diverged", True, True)
    assert run.message == (
        f"loss is {loss[-1]:.3g} at step {run.step}, beyond the bound 1e+06; lower lr or clip the gradient"
    )


def test_a_loss_that_falls_without_end_diverges_too(experiment, compute):
    saddle = {"name": "saddle", "outside": "free"}
    (run,) = compute(experiment({"problem": saddle, "optimizer": {"name": "sgd", "lr": 0.5}}, steps=100))
    assert run.status == "diverged"
    assert "loss is -" in run.message


def test_a_start_without_a_loss_is_told_from_divergence_and_named(experiment, compute):
    (run,) = compute(experiment({"problem": {"name": "ravine", "at": [1e200, 1.0]}, "optimizer": "sgd"}))
    text = "loss is not finite at the start (x = 1e+200, y = 1); start elsewhere"
    assert (run.status, run.message) == ("diverged", text)


def test_params_that_are_no_numbers_end_the_run_though_the_loss_is_one(experiment, compute, lab):
    bolt = {"problem": "case_faint", "optimizer": {"name": "sgd", "lr": 10.0}, "gradient": {"decay": 1000.0}}
    (run,) = compute(experiment(bolt, steps=500, dtype="float32"))
    assert run.status == "diverged"
    assert run.message == f"params are no longer finite at step {run.step}; lower lr or clip the gradient"
    assert np.isfinite(run.at(run.count - 1, "loss"))


DIVERGE = """
from optlab.engine.planning import plan
from optlab.engine.experiment_file import parse_experiment
from optlab.host import load_plugins

catalogue = load_plugins(shipped_only=True).catalogue
for problem in ("rosenbrock", "himmelblau", "linear_regression"):
    for dtype in ("float64", "float32"):
        top = f'steps = 200\\ndtype = "{dtype}"\\nbound = 1e299\\n[problem]\\nname = "{problem}"\\n'
        for batch in plan(parse_experiment(top + '[optimizer]\\nname = "sgd"\\nlr = 10.0', catalogue)):
            batch.advance(200)
            print([run.status for run in batch.runs])
"""


def test_nothing_reaches_the_terminal_when_runs_diverge():
    environment = {**os.environ, "PYTHONPATH": str(bundled("plugins").parent)}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", DIVERGE], capture_output=True, text=True, timeout=120, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("diverged") == 6


def test_the_lr_of_a_step_is_the_one_recorded_for_it(experiment):
    (batch,) = plan(experiment({"problem": "case_bowl", "optimizer": {"name": "sgd", "lr": 0.1}}))
    run = batch.runs[0]
    batch.advance(5)
    batch.set_rate(run, 0.5)
    assert batch.rate(run) == 0.5
    assert run.count == 5
    batch.advance(45)
    x, lr = run.column("x"), run.column("lr")
    assert list(lr[3:7]) == [0.1, 0.1, 0.5, 0.5]
    assert x[1:] == pytest.approx(x[:-1] * (1 - lr[:-1]), rel=1e-14)
    assert [(e.t, e.run, e.field, e.value) for e in run.events] == [(5, 0, "lr", 0.5)]


@pytest.mark.parametrize("lr", [float("nan"), -1.0, 1e9, "fast"])
def test_a_live_rate_that_does_not_fit_is_refused(experiment, lr):
    (batch,) = plan(experiment({"problem": "case_bowl", "optimizer": "sgd"}))
    with pytest.raises(ValueError, match=r"sgd\.lr: expected 1e-06 to 10, got"):
        batch.set_rate(batch.runs[0], lr)


def test_a_live_rate_changes_one_run_alone(experiment):
    (batch,) = plan(experiment({"problem": "case_bowl", "optimizer": {"name": "sgd", "lr": 0.1}}, seeds=[0, 1]))
    batch.advance(2)
    batch.set_rate(batch.runs[1], 0.2)
    batch.advance(2)
    assert [list(run.column("lr")) for run in batch.runs] == [[0.1] * 4, [0.1, 0.1, 0.2, 0.2]]
    assert batch.runs[0].events == []


def test_ended_runs_leave_the_loop(experiment):
    rates = [0.01, 0.5, 0.5, 0.5]
    trials = [{"problem": "ravine", "optimizer": {"name": "sgd", "lr": lr}} for lr in rates]
    (batch,) = plan(experiment(*trials, steps=600))
    batch.advance(300)
    assert batch._loop.params.shape[0] == 1
    assert (batch.ended, batch.open) == (3, True)


@pytest.mark.parametrize(
    "optimizer", ["adam", "rmsprop", "case_averaged", "case_sam", "case_lookahead", "case_whitening"]
)
def test_the_runs_that_stay_keep_their_state_when_others_leave(experiment, compute, optimizer):
    inner = {"inner": {"name": "adam", "lr": 0.01}} if optimizer == "case_lookahead" else {"lr": 0.01}
    problem = {"name": "spirals", "hidden": 1, "width": 4, "batch": 64, "noise": 0.0}
    gradient = {"noise": 0.01}
    good = {"problem": problem, "optimizer": {"name": optimizer, **inner}, "gradient": gradient, "schedule": "plateau"}
    e = experiment(good, seeds=list(range(8)), steps=400)
    (batch,) = plan(e)
    batch.advance(100)
    for run in batch.runs[1:4]:
        batch._end(run, "stopped", "")
    batch.advance(300)
    assert batch._loop.params.shape[0] == 5
    runs = compute(e)
    for k in (0, 4, 7):
        assert np.array_equal(batch.runs[k].rows(), runs[k].rows(), equal_nan=True)


def test_a_stacked_copy_leaves_the_components_alone(lab):
    adam = lab.catalogue.find("optimizer", "adam", "")
    one, two = adam(lr=0.1), adam(lr=0.2)
    stacked = stack([one, two])
    assert stacked.lr.tolist() == [[0.1], [0.2]]
    assert (one.lr, two.lr, stacked.beta1) == (0.1, 0.2, 0.9)
