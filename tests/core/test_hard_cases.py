"""The contract bears its hard cases: each runs through the engine, and does what its method says."""

import numpy as np
import pytest

from optlab.engine.planning import plan


def test_a_reactive_schedule_hears_the_loss_of_every_step(experiment, compute):
    (run,) = compute(
        experiment({"problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.021}, "schedule": "case_halving"})
    )
    loss, lr = run.column("loss")[:-1], run.column("lr")[:-1]
    rises = np.concatenate(([0, 0], np.cumsum(np.diff(loss) > 0)[:-1]))  # before step t the loss of t − 1 is known
    assert rises[-1] > 0
    assert np.array_equal(lr, 0.021 * 0.5**rises)


@pytest.mark.parametrize("chunk", [1, 7])
def test_a_reactive_schedule_does_not_care_how_the_work_is_cut(experiment, compute, chunk):
    e = experiment({"problem": "himmelblau", "optimizer": {"name": "sgd", "lr": 0.02}, "schedule": "case_halving"})
    assert np.array_equal(compute(e)[0].rows(), compute(e, chunk)[0].rows(), equal_nan=True)


def test_reactive_runs_of_one_batch_have_rates_of_their_own(experiment, compute):
    optimizers = [{"name": "sgd", "lr": lr} for lr in (0.001, 0.021)]
    runs = compute(experiment(*({"problem": "ravine", "optimizer": o, "schedule": "case_halving"} for o in optimizers)))
    assert runs[0].history is runs[1].history
    assert runs[0].at(49, "lr") == 0.001
    assert runs[1].at(49, "lr") < 0.021


def test_a_schedule_of_other_fields_moves_them(experiment, compute, lab):
    (run,) = compute(experiment({"problem": "ravine", "optimizer": "adam", "schedule": "case_cycle"}, steps=40))
    adam = lab.catalogue.find("optimizer", "adam", "")
    schedule = lab.catalogue.find("schedule", "case_cycle", "")()
    x, m, v = np.array([[-9.0, 2.0]]), 0.0, 0.0
    for t in range(40):
        factors = schedule.factors(np.array([t]), 40)
        beta1, lr = adam().beta1 * factors["beta1"][0], 1e-3 * factors["lr"][0]
        g = x * [1, 100]
        m, v = beta1 * m + (1 - beta1) * g, 0.999 * v + 0.001 * g * g
        x = x - lr * m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8)
    assert run.at(40, "x") == pytest.approx(x[0, 0], abs=1e-12)
    assert run.at(40, "y") == pytest.approx(x[0, 1], abs=1e-12)


def test_a_scheduled_field_leaves_the_component_as_it_was(experiment, compute):
    e = experiment({"problem": "ravine", "optimizer": "adam", "schedule": "case_cycle"})
    compute(e)
    assert e.trials[0].optimizer.beta1 == 0.9


def test_a_schedule_of_a_field_that_is_not_there_fails_with_both_names(experiment, compute):
    (run,) = compute(experiment({"problem": "ravine", "optimizer": "sgd", "schedule": "case_cycle"}))
    assert run.status == "failed"
    assert "case_cycle: expected an optimizer with a field beta1 to schedule, got sgd" in run.message


def test_an_oracle_is_an_evaluation_more_of_the_same_step(experiment, compute):
    sam = {"name": "case_sam", "lr": 0.001, "rho": 0.1}
    plain, run = compute(experiment({"problem": "ravine", "optimizer": "sgd"}, {"problem": "ravine", "optimizer": sam}))
    assert list(plain.column("evaluations")[:3]) == [1, 2, 3]
    assert list(run.column("evaluations")[:3]) == [1, 3, 5]
    x = np.array([-9.0, 2.0])
    g = x * [1, 100]
    worse = x + 0.1 * g / np.linalg.norm(g)
    assert [run.at(1, "x"), run.at(1, "y")] == pytest.approx(x - 0.001 * worse * [1, 100], rel=1e-12)


def test_an_oracle_sees_the_mini_batch_and_the_noise_of_its_step(experiment, compute):
    problem = {"name": "linear_regression", "batch": 32}
    still = {"name": "case_sam", "rho": 0.0}
    pairs = [
        {"problem": problem, "optimizer": o, "gradient": {"noise": 0.5, "clip_norm": 0.3}}
        for o in (still, {"name": "sgd", "lr": 0.01})
    ]
    sam, sgd = compute(experiment(*pairs))
    assert np.array_equal(sam.column("loss"), sgd.column("loss"))


def test_curvature_is_of_the_penalised_loss_and_counts_two_evaluations(experiment, compute):
    sophia = {"name": "sophia", "lr": 0.01, "every": 3, "gamma": 1.0, "beta2": 0.0, "clip": 1e3, "beta1": 0.0}
    trial = {"problem": "ravine", "optimizer": sophia, "gradient": {"l2": 1.0}}
    (run,) = compute(experiment({**trial, "optimizer": {**sophia, "weight_decay": 0.0}}))
    assert list(run.column("evaluations")[:6]) == [1, 4, 5, 6, 9, 10]
    x, y = run.at(1, "x"), run.at(1, "y")  # then h is the diagonal of the Hessian, (1 + 1, 100 + 1): Newton's step
    assert [run.at(2, "x"), run.at(2, "y")] == pytest.approx([x * 0.99, y * 0.99], rel=1e-8)


def test_random_signs_belong_to_seed_and_step(experiment, compute):
    trial = {"problem": {"name": "rosenbrock", "jitter": 0.5}, "optimizer": {"name": "sophia", "lr": 0.02}}
    runs = compute(experiment(trial, seeds=[0, 1, 2]))
    assert runs[0].history is runs[2].history
    (alone,) = compute(experiment(trial, seeds=[1]), 7)
    assert runs[1].column("loss") == pytest.approx(alone.column("loss"), rel=1e-9)


def test_random_signs_stay_with_their_run_when_others_have_left(experiment, compute):
    def sophia(lr):
        optimizer = {"name": "sophia", "lr": lr, "clip": 100.0}
        return {"problem": {"name": "rosenbrock", "jitter": 0.5}, "optimizer": optimizer}

    runs = compute(experiment(sophia(10.0), sophia(2e-4), seeds=[0, 1], steps=600))
    assert [run.status for run in runs] == ["diverged", "diverged", "done", "done"]
    (alone,) = compute(experiment(sophia(2e-4), seeds=[1], steps=600))
    assert runs[3].column("loss") == pytest.approx(alone.column("loss"), rel=1e-9)


def test_an_unbatched_method_counts_each_runs_own_evaluations(experiment, compute):
    e = experiment({"problem": {"name": "rosenbrock", "jitter": 0.5}, "optimizer": "case_backtracking"}, seeds=[0, 1])
    assert len(plan(e)) == 2
    counts = [run.column("evaluations") for run in compute(e)]
    assert counts[0][-1] > 100
    assert not np.array_equal(counts[0], counts[1])


@pytest.mark.parametrize("inner", ["sgd", "adam", "case_sam", "case_averaged"])
def test_a_wrapper_goes_around_any_optimizer(experiment, compute, inner):
    wrapped = {"name": "case_lookahead", "inner": {"name": inner, "lr": 0.001}}
    alone, around = compute(
        experiment(
            {"problem": "ravine", "optimizer": {"name": inner, "lr": 0.001}},
            {"problem": "ravine", "optimizer": wrapped},
        )
    )
    assert around.status == "done"
    assert around.at(0, "lr") == 0.001
    if inner != "case_averaged":
        assert np.array_equal(around.column("x")[:5], alone.column("x")[:5])
        assert around.at(5, "x") == pytest.approx(-9 + 0.5 * (alone.at(5, "x") + 9), rel=1e-12)


def test_a_wrapper_goes_around_a_wrapper(experiment, compute):
    inner = {"name": "case_lookahead", "inner": {"name": "adam", "lr": 0.1}}
    (run,) = compute(
        experiment({"problem": "ravine", "optimizer": {"name": "case_lookahead", "inner": inner}}, steps=200)
    )
    assert (run.status, run.at(0, "lr")) == ("done", 0.1)
    assert run.at(200, "loss") < run.at(0, "loss")


def test_a_wrapper_around_an_unbatched_method_is_not_batched(experiment):
    wrapped = {"name": "case_lookahead", "inner": "case_backtracking"}
    assert len(plan(experiment({"problem": "rosenbrock", "optimizer": wrapped}, seeds=[0, 1, 2]))) == 3


def test_state_of_other_shapes_is_kept_by_run_and_layer(experiment, compute):
    problem = {"name": "spirals", "hidden": 1, "width": 5, "batch": 64}
    e = experiment({"problem": problem, "optimizer": "case_whitening"}, seeds=[0, 1, 2], steps=200)
    runs = compute(e)
    for run in runs:
        assert run.at(200, "loss") < run.at(0, "loss")
    (alone,) = compute(experiment({"problem": problem, "optimizer": "case_whitening"}, seeds=[1], steps=200))
    assert runs[1].column("loss") == pytest.approx(alone.column("loss"), rel=1e-9)


def test_loss_and_path_are_taken_where_the_view_is(experiment, compute):
    (run,) = compute(experiment({"problem": "ravine", "optimizer": {"name": "case_averaged", "lr": 0.015}}))
    points = np.array([[-9.0 * (1 - 0.015) ** t, 2.0 * (1 - 1.5) ** t] for t in range(51)])
    means = np.cumsum(points, axis=0) / np.arange(1, 52)[:, None]
    assert run.column("x") == pytest.approx(means[:, 0], rel=1e-9)
    assert run.column("y") == pytest.approx(means[:, 1], abs=1e-9)
    assert run.column("loss") == pytest.approx(0.5 * (means[:, 0] ** 2 + 100 * means[:, 1] ** 2), rel=1e-6)
    assert list(run.column("evaluations")[:3]) == [1, 2, 3]


def test_a_viewed_run_does_not_care_how_the_work_is_cut(experiment, compute):
    e = experiment({"problem": "ravine", "optimizer": "case_averaged"})
    assert np.array_equal(compute(e)[0].rows(), compute(e, 7)[0].rows(), equal_nan=True)


@pytest.mark.parametrize(("optimizer", "looks"), [("sgd", 1), ("case_sam", 1), ("case_averaged", 2)])
def test_what_a_problem_remembers_changes_once_a_step(experiment, compute, optimizer, looks):
    (run,) = compute(
        experiment({"problem": "case_remembering", "optimizer": {"name": optimizer, "lr": 0.01}}, steps=20)
    )
    # a look beside the step, for an oracle or a view, sees the memory of its step and leaves no trace in it
    assert list(run.column("loss") // 100) == list(range(looks, looks + 21))


def test_tracks_are_recorded_beside_the_loss(experiment, compute):
    (run,) = compute(experiment({"problem": "case_remembering", "optimizer": "sgd"}))
    assert run.history.columns[4:6] == ("distance", "angle")
    assert np.hypot(*run_points(run)) == pytest.approx(run.column("distance"))


def run_points(run):
    return run.column("distance") * np.cos(run.column("angle")), run.column("distance") * np.sin(run.column("angle"))


def test_mini_batches_are_permutations_epoch_by_epoch_without_the_short_rest(experiment, compute, lab):
    heard = lab.catalogue.find("problem", "case_ledger", "").heard
    heard.clear()
    compute(experiment({"problem": "case_ledger", "optimizer": "sgd"}, steps=60))
    epochs = np.array(heard[:60]).reshape(20, 9)
    assert all(len(set(epoch)) == 9 for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) > 10


def test_runs_of_one_seed_see_the_same_mini_batches(experiment, compute, lab):
    heard = lab.catalogue.find("problem", "case_ledger", "").heard
    heard.clear()
    compute(experiment({"problem": "case_ledger", "optimizer": "sgd"}, {"problem": "case_ledger", "optimizer": "adam"}))
    assert np.array_equal(heard[:51], heard[51:])
    heard.clear()
    compute(experiment({"problem": "case_ledger", "optimizer": "sgd"}, seeds=[0, 1]))
    assert not np.array_equal(heard[0][0], heard[0][1])


def test_a_run_that_ends_early_freezes_while_the_others_go_on(experiment, compute):
    trials = [{"problem": "ravine", "optimizer": {"name": "sgd", "lr": lr}} for lr in (0.01, 0.2, 0.005)]
    e = experiment(*trials, steps=600)
    (batch,) = plan(e)
    batch.advance(300)
    frozen, where = batch.runs[1].rows(), batch.point(batch.runs[1])
    batch.advance(300)
    assert [run.status for run in batch.runs] == ["done", "diverged", "done"]
    assert [run.count for run in batch.runs] == [601, len(frozen), 601]
    assert np.array_equal(batch.runs[1].rows(), frozen, equal_nan=True)
    assert np.array_equal(batch.point(batch.runs[1]), where)
    assert [frozen[-1, k] for k in (4, 5)] == list(where)
    (alone,) = compute(experiment(trials[2], steps=600))
    assert np.array_equal(alone.rows(), batch.runs[2].rows(), equal_nan=True)


def test_float32_norms_survive_where_their_squares_do_not(experiment, compute):
    (run,) = compute(experiment({"problem": "case_faint", "optimizer": "sgd"}, dtype="float32"))
    assert run.at(0, "grad_norm.W1") == pytest.approx(6e-30, rel=1e-5)
    assert run.at(0, "grad_norm.b1") == pytest.approx(3e-42 * 2**0.5, rel=1e-3)


def test_a_landscape_without_a_gradient_is_differentiated_exactly(experiment, compute):
    (run,) = compute(experiment({"problem": "case_bowl", "optimizer": {"name": "sgd", "lr": 0.5}}, steps=3))
    assert list(run.column("x")) == [1.0, 0.5, 0.25, 0.125]
