"""The session lists runs, starts and stops them, and never raises what a plugin did."""

import threading
import time
from dataclasses import replace

import pytest

from optlab.api import Array, Optimizer, State, flag, real
from optlab.engine.experiment_file import build_experiment
from optlab.engine.session import PATIENCE, Session, beside, check, forecast, notices
from optlab.engine.spec import Experiment
from optlab.fields import FieldError
from optlab.host import load_plugins
from tests.rude import AT_RUN

TRIALS = [
    {"label": "slow", "problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.001}},
    {"label": "fast", "problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.01}},
]


@pytest.fixture
def session():
    told = []
    made = Session(lambda hook, run: told.append((hook, run.label)))
    made.told = told
    yield made
    made.stop()


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.001)


def finished(session):
    assert session.runner.join(10)
    return session.entries


def test_a_started_experiment_has_an_entry_for_each_trial_and_seed(session, experiment):
    session.start(experiment(*TRIALS, seeds=[0, 1], steps=20))
    entries = finished(session)
    assert [e.name for e in entries] == ["slow · 0", "slow · 1", "fast · 0", "fast · 1"]
    assert [e.colour for e in entries] == [0, 0, 1, 1]
    assert len({e.key for e in entries}) == 4
    assert {e.run.status for e in entries} == {"done"}


def test_a_new_start_replaces_the_runs_that_are_not_pinned(session, experiment):
    first, second = session.start(experiment(*TRIALS, steps=5))
    first.pinned = True
    third, fourth = session.start(experiment(*TRIALS, steps=5))
    assert session.entries == [first, third, fourth]
    assert [e.colour for e in session.entries] == [0, 1, 2]
    assert second not in session.entries


def test_a_start_stops_what_goes_on(session, experiment):
    (first, _) = session.start(experiment(*TRIALS, steps=0))
    session.start(experiment(*TRIALS, steps=5))
    assert first.run.status == "stopped"
    assert len([t for t in threading.enumerate() if t.name == "optlab-worker"]) <= 1


def test_listeners_hear_of_every_start_and_end(session, experiment):
    session.start(experiment(*TRIALS, steps=5))
    finished(session)
    assert session.told[:2] == [("run_started", "slow"), ("run_started", "fast")]
    assert sorted(session.told[2:]) == [("run_finished", "fast"), ("run_finished", "slow")]


def test_a_trial_beside_catches_up_with_those_that_go(session, experiment):
    e = experiment(*TRIALS, steps=0)
    session.start(e, rate=2000.0)
    until(lambda: all(batch.t > 20 for batch in session.runner.batches))
    more = beside(e, e.trials[0], "slow")
    assert [t.label for t in more.trials] == ["slow", "fast", "slow 2"]
    (entry,) = session.add(more, "slow 2")
    session.runner.pause()
    assert entry in session.entries
    until(lambda: entry.run.status == "paused" and len({batch.t for batch in session.runner.batches}) == 1)
    assert session.stop()
    assert len({e.run.count for e in session.entries}) == 1


def test_a_trial_beside_runs_alone_when_the_others_have_ended(session, experiment):
    e = experiment(*TRIALS, steps=5)
    session.start(e)
    finished(session)
    session.add(beside(e, e.trials[0], "new"), "new")
    assert [entry.run.status for entry in finished(session)] == ["done"] * 3


def test_removed_entries_come_back_to_their_places(session, experiment):
    entries = list(session.start(experiment(*TRIALS, seeds=[0, 1], steps=5)))
    gone = session.remove({entries[0].key, entries[2].key})
    assert session.entries == [entries[1], entries[3]]
    session.restore(gone)
    assert session.entries == entries


def test_a_run_without_an_end_refuses_a_schedule_that_needs_one(experiment):
    with pytest.raises(FieldError, match="cosine: expected a number of steps, got a run without an end; set steps"):
        check(experiment({"problem": "ravine", "optimizer": "sgd", "schedule": "cosine"}, steps=0))
    check(experiment({"problem": "ravine", "optimizer": "sgd", "schedule": {"name": "cosine", "over": 9}}, steps=0))


@pytest.mark.parametrize(("record", "clip"), [(1, 0.0), (7, 0.0), (1, 1.0)])
def test_the_forecast_is_the_memory_of_the_run(session, experiment, monkeypatch, record, clip):
    monkeypatch.setattr("optlab.engine.history.BLOCK_BYTES", 0)  # blocks of 16 rows: nothing is held in advance
    trials = [{**t, "gradient": {"clip_norm": clip}} for t in TRIALS]
    e = experiment(*trials, seeds=[0, 1, 2], steps=1000, record=record)
    session.start(e)
    finished(session)
    held = session.entries[0].run.history.nbytes
    assert forecast(e) <= held <= forecast(e) * 1.2


def test_a_record_that_fills_the_memory_is_a_notice(experiment):
    e = experiment(*TRIALS, steps=10**8, record=2)
    size = f"{forecast(e) / 2**30:.1f}"
    assert notices(e) == [f"the run records {size} GB; a larger `record` than 2 records fewer steps"]
    assert notices(replace(e, record=10**6)) == notices(replace(e, steps=0)) == []


def test_a_run_without_an_end_has_no_forecast(experiment):
    assert forecast(experiment(*TRIALS, steps=0)) == 0


class Stuck(Optimizer):
    """Does not come back until it is let go. Source: none."""

    name = "stuck"
    lr: float = real(0.1)

    def step(self, params: Array, grads: Array, state: State) -> None:
        entered.set()
        released.wait(20)


entered, released = threading.Event(), threading.Event()


def test_a_step_that_hangs_is_left_to_itself_and_the_lab_goes_on(session, experiment):
    base = experiment(TRIALS[0]).trials[0].with_part("optimizer", Stuck())
    (entry,) = session.start(Experiment("", base, (base,), steps=5))
    assert entered.wait(5)
    worker = session.runner
    assert not session.stop(timeout=0.05)
    assert (entry.run.status, session.busy) == ("failed", False)
    assert entry.run.message.startswith("failed at step 0: TimeoutError: the step does not come back")
    assert session.told[-1] == ("run_finished", entry.run.label)
    session.start(experiment(*TRIALS, steps=5))
    finished(session)
    released.set()
    assert worker.join(5)
    assert entry.run.status == "failed"
    assert [e.run.status for e in session.entries] == ["done", "done"]


class Endless(Optimizer):
    """Goes on in Python at its second step. Source: none."""

    name = "endless"
    lr: float = real(0.1)
    eats: bool = flag(False)

    def step(self, params: Array, grads: Array, state: State) -> None:
        params -= state.lr * grads
        while state.t > 1 and not released.is_set():
            try:
                entered.set()
                time.sleep(0.001)
            except BaseException:
                if not self.eats:
                    raise


@pytest.mark.parametrize("eats", [False, True])
def test_a_step_that_goes_on_in_python_is_interrupted_and_one_that_eats_that_is_given_up(session, experiment, eats):
    entered.clear()
    released.clear()
    base = experiment(TRIALS[0]).trials[0].with_part("optimizer", Endless(eats=eats))
    (entry,) = session.start(Experiment("", base, (base,), steps=5))
    assert entered.wait(5)
    worker = session.runner
    assert session.stop(timeout=1.0) == (not eats)
    words = "failed at step 1: TimeoutError" if eats else "stopped at step 1, in the middle of the next one"
    assert entry.run.message.startswith(words)
    assert (entry.run.count, entry.run.status) == (1, words.split()[0])
    released.set()
    assert worker.join(5)
    session.start(experiment(*TRIALS, steps=5))
    finished(session)
    assert [e.run.status for e in session.entries] == ["done", "done"]


def test_a_worker_that_does_not_answer_is_left_at_once_and_given_up_later(session, experiment, monkeypatch):
    entered.clear()
    released.clear()
    base = experiment(TRIALS[0]).trials[0].with_part("optimizer", Stuck())
    (entry,) = session.start(Experiment("", base, (base,), steps=5))
    assert entered.wait(5)
    assert not session.leave() and session.leaving and session.busy
    session.tend()
    assert not entry.run.ended and session.leaving  # its time is not over
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + PATIENCE)
    session.tend()
    assert entry.run.status == "failed" and not session.busy
    released.set()


def test_no_plugin_raises_out_of_a_start(session):
    catalogue = load_plugins([AT_RUN], shipped_only=True).catalogue
    for kind, letter in (("problem", "p"), ("schedule", "s"), ("optimizer", "o")):
        names = [name for name in catalogue.names(kind) if name.startswith(letter) and name[1:].isdigit()]
        base = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, "steps": 20}
        table = {**base, "trial": [{"label": name, kind: {"name": name}} for name in names]}
        assert forecast(build_experiment(table, catalogue)) >= 0
        session.start(build_experiment(table, catalogue))
        assert {e.run.status for e in finished(session)} <= {"failed", "diverged", "done"}
