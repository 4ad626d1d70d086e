"""What the lessons teach: every answer that is called right is the one that five seeds give."""

import re
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.experiment_file import load_experiment
from optlab.host.host import load_plugins
from optlab.store.library import FIRST
from tests.contract.runs import EXPERIMENTS, end, median, play

HOST = load_plugins(shipped_only=True)
SHIPPED = {file.stem: load_experiment(file, HOST.catalogue) for file in sorted(EXPERIMENTS.glob("*.toml"))}
LESSONS = {name: experiment for name, experiment in SHIPPED.items() if experiment.lesson}


def test_the_first_lesson_leads_to_all_others():
    name, seen = FIRST, []
    while name:
        assert name in LESSONS and name not in seen, f"{seen[-1:]} is followed by {name}"
        seen.append(name)
        name = LESSONS[name].lesson.next
    assert set(seen) == set(LESSONS) and len(seen) >= 16


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_can_be_played(name):
    """Its knobs turn in every trial, every trial runs once, its first step asks, and it is found in both languages."""
    experiment, lesson = LESSONS[name], LESSONS[name].lesson
    assert 2 <= len(lesson.knobs) <= 4 and lesson.steps[0].ask
    for kind, key in (knob.split(".") for knob in lesson.knobs):
        assert all(key in trial.part(kind).fields() for trial in experiment.trials), f"{kind}.{key}"
    assert {label for step in lesson.steps for label in step.trials} == {trial.label for trial in experiment.trials}
    assert all(step.trials for step in lesson.steps)
    for known in ("[a-z]", "[\u4e00-\u9fff]"):
        assert any(re.search(known, word) for word in lesson.words)


def test_every_lesson_is_claimed_from_its_numbers():
    tests = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_lessons*.py"))
    assert set(re.findall(r'play\(\s*host, "([\w-]+)"', tests)) == set(LESSONS)


def share(run, row=None):
    """The gradient of the first weights over that of the last: at a row, or the median."""
    names = [name for name in run.layers if name.startswith("W")]
    first, last = (run.column(f"grad_norm.{name}") for name in (names[0], names[-1]))
    return np.median(first / last) if row is None else first[row] / last[row]


def test_the_first_of_twelve_sigmoid_layers_gets_nothing_and_adam_moves_it_in_vain(host):
    lengths = (150, 600, 150, 150, 1)
    right, deep, twin, shallow, adam, others = play(host, "vanishing-gradient", lengths=lengths)

    def moves(run):
        return np.median(run.column("update_ratio.W1")[1:150])

    def stays(group):
        return max(np.abs(run.column("loss")[50:150].mean() - np.log(2)) for run in group) < 0.005

    sigmoid, relu = deep["sigmoid"], twin["ReLU + He"]
    assert stays(sigmoid) and stays(shallow["sigmoid"]) and stays(adam["sigmoid"])
    assert 1e-8 < median(sigmoid, share) < 1e-7 and 1e-3 < median(shallow["sigmoid"], share) < 1e-2
    assert median(sigmoid, moves) < 1e-9 < 1e-4 < median(relu, moves)
    assert 0.1 < median(relu, lambda run: share(run, 0)) < 0.5 and median(relu, end) < 0.1
    assert median(adam["sigmoid"], moves) > 1e5 * median(sigmoid, moves) and median(adam["sigmoid"], share) < 1e-6
    assert all(median(group, lambda run: share(run, 0)) > 0.9 for group in others.values())
    assert right == ["No", "Yes", "No", "Yes"]
