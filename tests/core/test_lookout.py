"""The lookout: views ask it and never wait, and in the end it says what looking says."""

import threading

import numpy as np
import pytest

from optlab.engine.inside import Inside, in_turn
from optlab.engine.lookout import Lookout
from optlab.engine.session import Session

NET = {"problem": {"name": "moons", "hidden": 2, "width": 8, "batch": 16}, "optimizer": {"name": "momentum", "lr": 0.1}}


@pytest.fixture
def entry(experiment):
    session = Session()
    (entry,) = session.start(experiment(NET, steps=60))
    assert session.runner is not None and session.runner.join(20)
    return entry


@pytest.fixture
def lookout():
    made = Lookout()
    yield made
    made.forget(set())
    assert made.wait(20)


def whole(lookout, ask):
    """What it answers in the end, as a view that asks with every frame sees it."""
    while True:
        seen, found = lookout.count, ask()
        if not lookout.busy and lookout.count == seen:
            return found
        assert lookout.wait(20)


@pytest.mark.parametrize("name", ["hidden_grad", "param_norm", "grad_noise", "test_loss"])
def test_a_series_is_what_looking_measures(entry, lookout, name):
    steps, values = whole(lookout, lambda: lookout.series(entry, name))
    wanted, measured = Inside(entry.run, entry.batch).series(name, budget=60)
    assert steps.tolist() == wanted.tolist() == list(range(61))
    np.testing.assert_array_equal(values, measured)


def test_asking_never_waits(entry, lookout):
    begun, go_on = threading.Event(), threading.Event()

    def slow(inside):
        begun.set()
        assert go_on.wait(20)
        return "late", True

    assert lookout.ask(entry, "slow", 1, slow) is None and begun.wait(20)
    assert lookout.ask(entry, "slow", 1, slow) is None and lookout.busy
    go_on.set()
    assert whole(lookout, lambda: lookout.ask(entry, "slow", 1, slow)) == "late"


def test_an_answer_is_asked_for_again_when_there_is_more_to_see(entry, lookout):
    asked = []

    def question(inside):
        asked.append(inside)
        return len(asked), True

    for version, answer in ((1, 1), (1, 1), (2, 2)):
        assert whole(lookout, lambda v=version: lookout.ask(entry, "n", v, question)) == answer
    assert lookout.ask(entry, "n", 3, question) == 2  # the one before, until the new one is there
    assert asked[0] is asked[1]


def test_a_part_is_shown_and_nothing_goes_on_unasked(entry, lookout):
    asked = []

    def question(inside):
        asked.append(inside)
        return len(asked), False

    lookout.ask(entry, "part", 1, question)
    assert lookout.wait(20) and lookout.ask(entry, "part", 1, question) == 1
    assert lookout.wait(20) and len(asked) == 2


def test_what_a_plugin_raises_is_a_sentence_and_others_are_answered(entry, lookout):
    def question(inside):
        raise ValueError("no such layer")

    assert whole(lookout, lambda: lookout.ask(entry, "bad", 1, question)) is None
    assert lookout.fault(entry) == "ValueError: no such layer"
    assert len(whole(lookout, lambda: lookout.series(entry, "param_norm"))[0]) == 61


def test_a_run_that_is_gone_is_forgotten(entry, lookout):
    begun, go_on = threading.Event(), threading.Event()

    def slow(inside):
        begun.set()
        assert go_on.wait(20)
        return "late", True

    lookout.ask(entry, "slow", 1, slow)
    assert begun.wait(20)
    lookout.forget(set())
    go_on.set()
    assert lookout.wait(20) and lookout.count == 0
    assert lookout._insides == lookout._answers == {}


def test_the_portrait_of_the_cursor_comes_first(entry, lookout):
    inside = Inside(entry.run, entry.batch)
    assert inside.portraits(17.5, budget=0)[0].tolist() == [17]
    steps, portraits = whole(lookout, lambda: lookout.portraits(entry, 17.5))
    assert steps.tolist() == list(range(61))
    _, probe = inside.probe(17)
    layer = probe.bound.hidden()[1]
    assert portraits[17].names == ("h1", "h2")
    assert portraits[17].mean[1] == pytest.approx(layer.value.mean(), rel=1e-12)


def test_steps_are_looked_at_ever_finer():
    assert in_turn(list(range(0, 90, 10)), 35) == [30, 80, 0, 40, 20, 60, 10, 50, 70]
    assert in_turn([5]) == [5] and in_turn([]) == []


def test_a_network_too_large_for_snapshots_is_looked_at_where_it_stands(entry, lookout):
    entry.batch.snapshots.kept = ()
    steps, values = whole(lookout, lambda: lookout.series(entry, "param_norm"))
    assert steps.tolist() == [60] and values.shape == (1, 6)
