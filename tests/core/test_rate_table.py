"""The rate table: what a run will use, step by step or epoch by epoch, and answers that are checked against it."""

from dataclasses import replace

import numpy as np
import pytest

from optlab.engine.experiment_file import build_experiment, load_experiment
from optlab.engine.planning import plan
from optlab.engine.rate_table import UNENDING, is_right, rate_columns
from optlab.host import load_plugins
from optlab.paths import bundled

CATALOGUE = load_plugins(shipped_only=True).catalogue


def columns(by_epoch=False, steps=40, **trials):
    regression = {"name": "linear_regression", "samples": 200, "batch": 50}
    top = {"problem": regression, "optimizer": {"name": "sgd", "lr": 0.1}, "steps": steps}
    tables = [{"label": label, **trial} for label, trial in trials.items()]
    experiment = build_experiment({**top, "trial": tables}, CATALOGUE)
    return experiment, rate_columns(experiment, by_epoch)


def test_the_table_holds_what_a_run_records():
    step = {"schedule": {"name": "step", "every": 3, "unit": "epochs"}}
    experiment, found = columns(step=step, cosine={"schedule": {"name": "cosine"}})
    for column, run in zip(found, [r for batch in plan(experiment) for r in ran(batch)], strict=True):
        assert (column.values == run.column("lr")[:40]).all() and column.t.tolist() == list(range(40))
        assert column.label == run.label and column.epoch == 4 and not column.note


def ran(batch):
    batch.advance(40)
    return batch.runs


def test_a_row_of_an_epoch_is_its_first_step():
    _, (column,) = columns(True, 42, a={"schedule": {"name": "exponential", "gamma": 0.9, "unit": "epochs"}})
    assert column.t.tolist() == list(range(0, 42, 4))
    np.testing.assert_allclose(column.values, 0.1 * 0.9 ** np.arange(11), rtol=1e-14)


def test_a_run_without_an_end_has_rows_too():
    _, (column,) = columns(steps=0, a={})
    assert len(column.t) == UNENDING and (column.values == 0.1).all()


def test_values_that_react_to_the_loss_come_from_the_run():
    reduce = {"schedule": {"name": "plateau", "patience": 0, "threshold": 0.9}}
    experiment, (column,) = columns(a=reduce)
    assert column.reacts and column.values[0] == 0.1 and np.isnan(column.values[1:]).all()
    assert column.note == "a reacts to the loss: its values come while the run goes."
    (batch,) = plan(experiment)
    batch.advance(10)
    values, (run,) = column.filled(batch.runs[0]), batch.runs
    assert (values[:10] == run.column("lr")[:10]).all() and values[9] < 0.1
    assert np.isnan(values[11:]).all() and np.isnan(column.values[1:]).all()


def test_steps_that_were_not_recorded_stay_unknown():
    experiment, (column,) = columns(a={"schedule": {"name": "plateau", "patience": 0, "threshold": 0.9}})
    (batch,) = plan(replace(experiment, record=3))
    batch.advance(10)
    assert np.flatnonzero(~np.isnan(column.filled(batch.runs[0]))).tolist() == [0, 3, 6, 9]


def test_a_schedule_that_fails_says_so_and_leaves_the_others():
    _, found = columns(bad={"schedule": {"name": "cosine"}}, good={})
    assert not any(column.note for column in found)
    experiment, _ = columns(bad={"schedule": {"name": "cosine"}}, good={})
    schedule = experiment.trials[0].schedule
    object.__setattr__(schedule, "factor", lambda t, steps: -np.ones(len(t)))
    bad, good = rate_columns(experiment, False)
    assert bad.note.startswith("bad: ") and "expected a number of 0 to 1e9" in bad.note
    assert np.isnan(bad.values).all() and (good.values == 0.1).all()


RIGHT = ["0.09", "0.0904508", "0.09045", "0,0905", "９．０５e-2", "0.090", "0.0909", " 9.0e-2 "]
WRONG = ["0.1", "0.0910", "0.089", "nan", "inf", "a tenth", "-0.0905", "0.9"]


@pytest.mark.parametrize("text", RIGHT)
def test_what_lies_close_or_is_rounded_well_is_right(text):
    assert is_right(text, 0.09045084971874738) is True


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_wrong(text):
    assert is_right(text, 0.09045084971874738) is False


def test_nothing_typed_or_nothing_known_is_neither():
    assert is_right(" ", 0.1) is None and is_right("0.1", float("nan")) is None
    assert is_right("0", 0.0) is True and is_right("1e-9", 0.0) is False
    assert is_right("0.02", 0.0247) is False and is_right("0.025", 0.0247) is True


def test_the_answers_of_the_lesson_stand_in_its_table():
    experiment = load_experiment(bundled("assets") / "experiments" / "schedules-by-hand.toml", CATALOGUE)
    found = {column.label: column.values for column in rate_columns(experiment, True)}
    right = [step.right for step in experiment.lesson.steps]
    asked = {0: ("step decay", 25), 2: ("cosine, 10 epochs", 2), 3: ("polynomial, power 2", 15),
             6: ("hold, then exponential", 20)}  # fmt: skip
    assert all(is_right(right[place], float(found[label][epoch])) for place, (label, epoch) in asked.items())
    assert np.count_nonzero(found["step decay"] != found["step decay, counted from 1"]) == int(right[1])
    assert int(np.argmax(found["exponential"] < 0.05)) == int(right[4])
    assert len(set(found["StepLR(30)"])) == 1
