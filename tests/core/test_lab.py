"""A notebook gets the lab without Qt: load an experiment, run it, get arrays."""

import csv
import signal
import subprocess
import sys

import numpy as np
import pytest

import optlab
from optlab.engine.headless import compute
from optlab.engine.planning import plan
from optlab.fields import FieldError

SMALL = ["problem.hidden=2", "problem.width=6", "seeds=[0,1]"]


@pytest.fixture(scope="module")
def results():
    return optlab.run(optlab.load("vanishing-gradient", SMALL), steps=30)


def test_runs_come_by_number_by_name_and_by_trial_and_seed(results):
    assert results.names[:3] == ["sigmoid · 0", "sigmoid · 1", "ReLU + He · 0"] and len(results) == 10
    assert results[2] is results["ReLU + He · 0"] is results["ReLU + He", 0]
    assert [item.seed for item in results[:2]] == [0, 1]


def test_one_seed_leaves_the_trial_its_own_name():
    assert optlab.run("ravine", steps=5)["Nesterov"].label == "Nesterov"


def test_an_unknown_run_or_column_says_what_was_meant(results):
    with pytest.raises(KeyError, match=r"did you mean 'tanh · [01]'"):
        results["tanh"]
    with pytest.raises(FieldError, match="did you mean 'loss'"):
        results[0].column("los")
    with pytest.raises(FieldError, match="did you mean 'ravine'"):
        optlab.load("ravin")


def test_arrays_are_those_of_the_run_and_copies(results):
    item = results[0]
    assert item.norms().shape == (31, 6) and item.layers == ("W1", "b1", "W2", "b2", "W3", "b3")
    assert np.array_equal(item.norms()[:, 2], item.column("grad_norm.W2"))
    assert np.array_equal(item.norms("update_ratio")[:-1, 0], item.column("update_ratio.W1")[:-1])
    item.loss[:] = 0
    assert item.loss.all()


def test_the_summary_says_what_became_of_each_run(results):
    row = results.table()[0]
    assert (row.trial, row.seed, row.optimizer, row.lr, row.status, row.steps) == (
        "sigmoid", 0, "momentum", 0.01, "done", 30,
    )  # fmt: skip
    assert row.loss == results[0].loss[-1] and 0 < row.ratio < 1
    assert "sigmoid · 0" in repr(results) and "done" in repr(results) and "loss" in repr(results[0])


def test_the_same_experiment_gives_the_same_bits_as_the_engine(results):
    batches = plan(results.experiment)
    for batch in batches:
        batch.advance(30)
    other = {(run.label, run.seed): run.rows() for batch in batches for run in batch.runs}
    for item in results:
        assert np.array_equal(item.run.rows(), other[item.label, item.seed], equal_nan=True)


def test_the_table_of_all_runs_can_be_written(results, tmp_path):
    assert results.to_csv(tmp_path / "runs.csv") == 10 * 31
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 10 * 31 + 1


def test_progress_rises_to_all_steps_of_all_runs():
    heard = []
    optlab.run("ravine", steps=500, progress=lambda done, asked: heard.append((done, asked)))
    assert heard == sorted(heard) and heard[-1] == (2500, 2500)


def test_progress_counts_runs_that_ended_early_as_done():
    heard = []
    experiment = optlab.load("ravine", ["optimizer.lr=5"])
    assert optlab.run(experiment, progress=lambda *now: heard.append(now))[0].status == "diverged"
    assert heard[-1] == (1500, 1500)


def test_ctrl_c_keeps_what_was_recorded():
    def press(_done, _asked):
        signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    results = optlab.run("vanishing-gradient", steps=10**6, progress=press)
    assert results.interrupted and {item.status for item in results} == {"stopped"}
    assert all(len(item.loss) > 1 for item in results)
    assert len({item.row.steps for item in results}) == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_run_without_an_end_goes_until_it_is_stopped():
    asked = []

    def press(done, total):
        asked.append(total)
        if done > 1000:
            signal.raise_signal(signal.SIGINT)

    results = optlab.run("ravine", steps=0, progress=press)
    assert results.interrupted and set(asked) == {0}


def test_a_progress_that_fails_ends_the_runs():
    def fail(_done, _asked):
        raise ZeroDivisionError

    batches = plan(optlab.load("ravine"))
    with pytest.raises(ZeroDivisionError):
        compute(batches, fail)
    ended = [run.status for batch in batches for run in batch.runs]
    assert ended == ["stopped"] * 5


@pytest.mark.parametrize("steps", [-1, 1.5, True, "9", 10**10])
def test_steps_that_are_no_number_of_steps_are_refused(steps):
    with pytest.raises(FieldError, match="steps: expected a whole number 0 to 1000000000"):
        optlab.run("ravine", steps=steps)


def test_a_file_is_loaded_by_its_path(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\nproblem = { name = "ravine" }\noptimizer = { name = "adam" }\n')
    assert optlab.load(file).title == optlab.load(str(file)).title == "Mine"


def test_import_optlab_loads_nothing_heavy():
    code = "import optlab, sys; print([m for m in ('numpy', 'PySide6', 'typer', 'rich', 'polars') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_the_lab_needs_neither_qt_nor_polars():
    code = (
        "import optlab, sys; optlab.run('ravine', steps=5)\n"
        "print([m for m in ('PySide6', 'pyqtgraph', 'typer', 'rich', 'polars') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_an_unknown_attribute_is_one():
    with pytest.raises(AttributeError, match="no attribute 'rnu'"):
        optlab.rnu  # noqa: B018


def test_a_notebook_tunes_equally_and_hears_how_far_it_is():
    told = []
    tuning = optlab.tune(optlab.load("ravine", ["steps=40"]), (1e-3, 1.0, 4), [0], told.append)
    assert [place.rank for place in tuning.places] == [1, 2, 3, 4, 5] and told[-1] == pytest.approx(1)
    assert "lr not tuned" in repr(optlab.run("ravine", steps=5))
    assert "lr not tuned" not in repr(optlab.run(tuning.tuned(), steps=40))
