"""A lesson is data in an experiment file: read with an error that names the key, and written back as it was."""

import tomllib

import pytest

from optlab.engine.experiment_file import build_experiment, changed, dump_experiment, parse_experiment
from optlab.fields import FieldError

TEXT = """
title = "Why"
steps = 10
[problem]
name = "ravine"
[optimizer]
name = "sgd"
lr = 0.01
[[trial]]
label = "slow"
[[trial]]
label = "fast"
optimizer = { lr = 0.015 }
[lesson]
question = "Which one is faster?"
knobs = ["optimizer.lr", "problem.condition"]
hidden = ["verdict"]
plots = ["loss", "rate"]
words = ["learning rate", "学习率"]
next = "zig-zag"
[[lesson.step]]
ask = "Which one is faster?"
answers = ["slow", "fast", "unsure"]
right = "fast"
trials = ["slow", "fast"]
explain = "The fast one."
[[lesson.step]]
set = ["optimizer.lr=0.001", "trial.fast.optimizer.lr=0.002"]
explain = "Both are slow."
"""


@pytest.fixture(scope="module")
def catalogue(lab):
    return lab.catalogue


def test_a_lesson_reads_back_as_it_was_written(catalogue):
    experiment = parse_experiment(TEXT, catalogue)
    lesson = experiment.lesson
    assert lesson.question == "Which one is faster?" and lesson.next == "zig-zag"
    assert [step.right for step in lesson.steps] == ["fast", ""]
    assert parse_experiment(dump_experiment(experiment, catalogue), catalogue) == experiment


def test_a_step_can_change_the_experiment_before_it_runs(catalogue):
    experiment = parse_experiment(TEXT, catalogue)
    after = changed(experiment, experiment.lesson.steps[1].set, catalogue)
    assert [trial.optimizer.lr for trial in after.trials] == [0.001, 0.002]
    assert after.lesson == experiment.lesson


def test_a_knob_of_another_problem_is_dropped_and_the_others_stay(catalogue):
    experiment = parse_experiment(TEXT, catalogue)
    after = changed(experiment, ["problem.name=rosenbrock"], catalogue)
    assert after.lesson.knobs == ("optimizer.lr",) and after.lesson.steps == experiment.lesson.steps
    other = experiment.with_base("problem", after.base.problem)  # as a form does it
    assert parse_experiment(dump_experiment(other, catalogue), catalogue).lesson == after.lesson


WRONG = {
    'question = "Which one is faster?"': ("question = 3", "lesson.question: expected a line of at most 200 signs"),
    'hidden = ["verdict"]': ('hidden = ["loss"]', "lesson.hidden: expected names of about, verdict, plots, got 'loss'"),
    'knobs = ["optimizer.lr", "problem.condition"]': (
        'knobs = ["optimizer.beta"]',
        "lesson.knobs: expected fields of the experiment such as problem.hidden, got 'optimizer.beta'",
    ),
    'right = "fast"': ('right = "neither"', "lesson.step.right: expected one of at least two answers, got 'neither'"),
    'trials = ["slow", "fast"]': (
        'trials = ["quick"]', "lesson.step.trials: expected labels of trials: slow, fast, got 'quick'",
    ),
    'explain = "Both are slow."': ("", "lesson.step.explain: expected a text of at most 4000 signs, got None"),
    'next = "zig-zag"': ('following = "zig-zag"', "lesson.following: unknown key"),
    "optimizer.lr=0.001": ("optimizer.lr=-1", "optimizer.lr: expected 1e-06 to"),
}  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_in_a_lesson_is_named_by_its_key(catalogue, line):
    other, words = WRONG[line]
    assert TEXT.count(line) >= 1
    with pytest.raises(FieldError) as caught:
        parse_experiment(TEXT.replace(line, other, 1), catalogue)
    assert str(caught.value).startswith(words)


def test_a_lesson_without_steps_is_refused(catalogue):
    table = tomllib.loads(TEXT)
    del table["lesson"]["step"]
    with pytest.raises(FieldError, match=r"lesson\.step: expected 1 to 12 tables"):
        build_experiment(table, catalogue)
