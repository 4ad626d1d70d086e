"""What is recorded beside the loss: measured right, every k steps, and without moving anything."""

import numpy as np
import pytest

from optlab.engine.headless import compute
from optlab.engine.planning import plan
from optlab.engine.snapshots import MOST, Snapshots
from optlab.engine.watch import known
from optlab.fields import FieldError
from optlab.store.csv_table import write_csv

NET = {"problem": {"name": "moons", "hidden": 2, "width": 8, "batch": 32}, "optimizer": {"name": "momentum", "lr": 0.1}}
ALL = [
    "accuracy", "test_loss", "test_accuracy", "activation_mean", "activation_spread", "saturated", "dead",
    "hidden_grad", "param_norm", "sharpness", "grad_noise",
]  # fmt: skip


@pytest.fixture
def run(experiment):
    def start(trial=NET, steps=60, **top):
        batches = plan(experiment(trial, steps=steps, **top))
        compute(batches)
        runs = [run for batch in batches for run in batch.runs]
        assert all(run.status == "done" for run in runs), [run.message for run in runs]
        return runs

    return start


def test_recording_more_changes_no_bit_of_the_run(run):
    plain, watched = run()[0], run(series=ALL, every=7)[0]
    np.testing.assert_array_equal(plain.rows(), watched.rows())


def test_series_are_recorded_every_few_steps_and_at_the_end(run):
    steps, values = run(series=["test_accuracy"], every=25)[0].series("test_accuracy")
    assert steps.tolist() == [0, 25, 50, 60]
    assert ((values >= 0) & (values <= 1)).all() and values[-1] > 0.8


@pytest.mark.parametrize("name", ALL)
def test_a_run_of_a_batch_measures_what_it_measures_alone(run, name):
    both, alone = run(series=[name], seeds=[0, 1], steps=20), run(series=[name], seeds=[1], steps=20)
    column = both[1].watched.columns[-1]
    np.testing.assert_allclose(both[1].series(column)[1], alone[0].series(column)[1], rtol=1e-6, atol=1e-9)


def test_param_norms_are_those_of_the_params_before_the_step(run):
    one = run(series=["param_norm"], every=10)[0]
    start = np.zeros(one.trial.problem.layout().size)
    one.trial.problem.start(start, np.random.Generator(np.random.PCG64(np.random.SeedSequence(0, spawn_key=(0,)))))
    expected = one.trial.problem.layout().norms(start[None])[0]
    found = [one.series(f"param_norm.{layer}")[1][0] for layer in one.layers]
    np.testing.assert_allclose(found, expected)


def test_sharpness_of_a_quadratic_is_its_largest_curvature(run):
    trial = {"problem": {"name": "ravine", "condition": 100.0}, "optimizer": {"name": "sgd", "lr": 0.001}}
    _, values = run(trial, series=["sharpness"], every=5, steps=20)[0].series("sharpness")
    np.testing.assert_allclose(values, 100.0, rtol=1e-5)


def test_a_network_of_dead_units_is_said_to_be_dead(run):
    trial = {**NET, "problem": {**NET["problem"], "activation": "relu"}, "optimizer": {"name": "momentum", "lr": 3.0}}
    one = run(trial, series=["dead", "saturated"], steps=200)[0]
    assert one.series("dead.h1")[1][0] < 0.5 and one.series("dead.h2")[1][-1] > 0.9
    assert one.series("saturated.h2")[1][-1] >= one.series("dead.h2")[1][-1]


def test_a_gradient_far_below_the_square_root_of_float32_is_recorded(run):
    problem = {"name": "adding", "length": 60, "units": 8, "points": 40, "batch": 0, "radius": 0.3}
    one = run({"problem": problem, "optimizer": "sgd"}, series=["hidden_grad"], steps=1, dtype="float32")[0]
    first, last = (one.series(f"hidden_grad.t{t}")[1][0] for t in (1, 60))
    assert 0 < first < 1e-28 < last


def test_full_batches_have_no_noise_to_record(component):
    assert "grad_noise" not in known(component("problem", "ravine")())


def test_an_unknown_series_is_refused_with_what_was_meant(experiment):
    from optlab.engine.session import check

    with pytest.raises(FieldError, match="moons has no 'test_acuracy'; did you mean 'test_accuracy'"):
        check(experiment(NET, series=["test_acuracy"]))


def test_the_file_has_a_column_for_each_and_blanks_between(run, tmp_path):
    write_csv(tmp_path / "a.csv", run(series=["accuracy", "saturated"], every=20, steps=40))
    head, *rows = (tmp_path / "a.csv").read_text().splitlines()
    names = head.split(",")
    assert names[-3:] == ["accuracy", "saturated.h1", "saturated.h2"]
    filled = [k for k, row in enumerate(rows) if row.split(",")[-3]]
    assert filled == [0, 20, 40]


def test_snapshots_spread_evenly_over_a_run_of_any_length():
    kept = Snapshots()
    for t in range(0, 5000, 50):
        kept.take(t, np.arange(t, t + 50)[:, None, None] * np.ones((1, 2, 3)), np.array([0, 2]), {})
    steps = [snapshot.t for snapshot in kept.kept]
    assert MOST // 2 <= len(steps) <= MOST and set(np.diff(steps)) == {kept.every} and steps[0] == 0
    snapshot, place = kept.at(2, 1000)
    assert place == 1 and snapshot.t <= 1000 < snapshot.t + kept.every and (snapshot.params == snapshot.t).all()
    assert kept.at(1, 1000) is None


@pytest.mark.parametrize(("steps", "every"), [(0, 1), (40, 1), (127, 1), (128, 2), (1500, 16)])
def test_a_run_of_known_length_takes_only_the_snapshots_that_stay(steps, every):
    kept = Snapshots(steps)
    kept.take(0, np.zeros((steps + 1, 1, 2)), np.array([0]), {})
    assert kept.every == every and len(kept.kept) == steps // every + 1 <= MOST


def test_huge_networks_are_not_kept():
    kept = Snapshots()
    kept.take(0, np.broadcast_to(0.0, (1, 1, 1 << 22)), np.array([0]), {})
    assert kept.kept == ()
