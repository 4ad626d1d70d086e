"""The worker obeys at once, keeps all batches in step and the pace, and leaves nothing behind."""

import math
import threading
import time

import numpy as np
import pytest

from optlab.engine.planning import plan
from optlab.engine.run import STATUSES
from optlab.engine.runner import Runner
from optlab.engine.turn import Turn

SLICE = 0.05
TRIALS = [
    {"problem": "ravine", "optimizer": {"name": "sgd", "lr": 0.001}},
    {"problem": {"name": "spirals", "hidden": 2, "width": 8}, "optimizer": "adam"},
    {"problem": "himmelblau", "optimizer": "momentum"},
]
HEAVY = {"problem": {"name": "digits", "hidden": 3, "width": 128, "batch": 256}, "optimizer": "adam"}


def until(condition, seconds=10.0):
    """Wait for a condition; how long it took."""
    started = time.perf_counter()
    while not condition():
        assert time.perf_counter() - started < seconds, "it never came"
        time.sleep(0.001)
    return time.perf_counter() - started


@pytest.fixture
def runner(experiment):
    made = []

    def start(*trials, rate=math.inf, paused=False, steps=0, ended=None, **top):
        batches = plan(experiment(*(trials or TRIALS), steps=steps, **top))
        made.append(Runner(batches, rate, ended))
        made[-1].start(paused)
        return made[-1]

    yield start
    for each in made:
        each.stop()
        assert each.join(5)
    assert not [t for t in threading.enumerate() if t.name == "optlab-worker"]


def level(runner):
    return len({batch.t for batch in runner.batches if batch.open}) == 1


def moving(runner, n=1):
    until(lambda: all(batch.t >= n for batch in runner.batches))


def still(runner):
    until(lambda: all(run.status == "paused" for run in runner.runs))
    return [batch.t for batch in runner.batches]


def test_all_batches_are_done_after_their_steps(runner):
    r = runner(steps=300)
    assert r.join(20)
    assert [(run.status, run.message, run.step) for run in r.runs] == [("done", "done: 300 steps", 300)] * 3


@pytest.mark.parametrize("trials", [TRIALS, [HEAVY] * 2], ids=["light", "heavy"])
def test_pause_resume_step_and_stop_act_within_50_ms(runner, trials):
    r = runner(*trials)
    moving(r, 5)
    waits = []
    for _ in range(5):
        r.pause()
        waits.append(until(lambda: all(run.status == "paused" for run in r.runs)))
        before = r.batches[0].t
        r.step()
        waits.append(until(lambda b=before: r.batches[0].t == b + 1))
        r.resume()
        waits.append(until(lambda b=before: r.batches[0].t > b + 1))
    r.stop()
    waits.append(until(lambda: not r.alive))
    assert float(np.median(waits)) < SLICE
    assert {run.status for run in r.runs} == {"stopped"}


def test_paused_batches_stand_at_the_same_step_whatever_the_pace(runner):
    r = runner()
    for rate in (math.inf, 300.0, 50_000.0, math.inf, 2000.0):
        r.set_rate(rate)
        before = r.batches[0].t
        until(lambda b=before: r.batches[0].t > b)
        r.pause()
        t = still(r)
        assert level(r)
        assert still(r) == t
        r.resume()


def test_every_step_asked_for_while_paused_is_made_and_no_more(runner):
    r = runner(paused=True)
    still(r)
    for _ in range(20):
        r.step()
    until(lambda: all(batch.t == 20 for batch in r.batches))
    r.step(7)
    until(lambda: all(batch.t == 27 for batch in r.batches))
    r.step()
    until(lambda: all(batch.t == 28 for batch in r.batches))
    until(lambda: r._asked == 0)
    assert [batch.t for batch in r.batches] == [28] * 3


def test_a_step_right_after_pause_is_not_lost(runner):
    for _ in range(10):
        r = runner()
        moving(r)
        r.pause()
        r.step(3)
        until(lambda r=r: all(run.status == "paused" for run in r.runs))
        until(lambda r=r: r._asked == 0)
        assert level(r)
        r.stop()
        assert r.join(5)


def test_a_step_without_a_pause_asks_for_nothing(runner):
    r = runner(rate=20.0)
    moving(r)
    r.step(10_000)
    r.pause()
    assert max(still(r)) < 100


def test_stop_while_paused_ends_the_runs_with_a_last_look(runner):
    r = runner(paused=True)
    r.step(4)
    until(lambda: all(batch.t == 4 for batch in r.batches))
    r.stop()
    assert r.join(2)
    assert [(run.status, run.message, run.count) for run in r.runs] == [("stopped", "stopped at step 4", 5)] * 3


def test_stop_before_the_first_step_leaves_one_row(runner):
    r = runner(paused=True)
    r.stop()
    assert r.join(2)
    assert [(run.status, run.count) for run in r.runs] == [("stopped", 1)] * 3


def test_the_pace_is_kept(runner):
    def seconds():
        started = time.perf_counter()
        assert runner(rate=300.0, steps=150).join(5)
        return time.perf_counter() - started

    assert min(abs(seconds() - 0.5) for _ in range(3)) < 0.025  # 5 %; a breath of the machine is no fault of the worker


def test_a_pace_slower_than_a_nap_is_kept_too(runner):
    r = runner(rate=2.5)
    started = time.perf_counter()
    moving(r, 2)
    assert 0.7 < time.perf_counter() - started < 1.2


def test_after_a_pause_nothing_is_caught_up(runner):
    r = runner(rate=100.0)
    moving(r)
    r.pause()
    (before, *_) = still(r)
    ready = time.perf_counter() + 0.4
    until(lambda: time.perf_counter() > ready)
    resumed = time.perf_counter()
    r.resume()
    until(lambda: r.batches[0].t >= before + 10)
    assert time.perf_counter() - resumed > 0.08


def test_a_command_between_two_looks_is_not_slept_through(experiment):
    r = Runner(plan(experiment(*TRIALS)))
    r.pause()
    seen = r._commands
    r.step()
    waiting = threading.Thread(target=r._wait, args=(seen,), daemon=True)
    waiting.start()
    waiting.join(5)
    assert not waiting.is_alive()


def test_steps_asked_for_while_a_slice_ends_are_not_taken_for_done(experiment):
    r = Runner(plan(experiment(*TRIALS)))
    r.pause()
    r.step(3)
    r._spend(500, stepping=False)
    assert r._due() == (3, True)


def test_a_pace_makes_whole_steps(experiment):
    r = Runner(plan(experiment(*TRIALS)), rate=1e-9)
    r._credit = 3.7
    assert r._due() == (3, False)


def test_a_batch_that_fails_does_not_stop_the_others(runner):
    r = runner(*TRIALS, {"problem": "ravine", "optimizer": "sgd", "schedule": "case_cycle"}, steps=200)
    assert r.join(10)
    assert [run.status for run in r.runs] == ["done", "done", "done", "failed"]


def test_a_run_that_diverges_does_not_stop_the_others(runner):
    r = runner(*TRIALS, {"problem": "ravine", "optimizer": {"name": "sgd", "lr": 1.0}}, steps=200)
    assert r.join(10)
    assert sorted(run.status for run in r.runs) == ["diverged", "done", "done", "done"]


def test_batches_that_come_later_catch_up(runner, experiment):
    r = runner()
    moving(r, 500)
    r.pause()
    (t, *_) = still(r)
    assert r.add(plan(experiment(TRIALS[2], steps=0)))
    until(lambda: r.batches[-1].t == t)
    assert level(r)
    assert still(r)[-1] == t


def test_nothing_is_added_to_a_worker_that_has_ended(runner, experiment):
    r = runner(steps=5)
    assert r.join(5)
    assert not r.add(plan(experiment(TRIALS[0])))


def test_the_worker_stands_aside_while_the_window_draws_and_goes_on_after(experiment, monkeypatch):
    monkeypatch.setattr("optlab.engine.turn.LONGEST", 60.0)
    turn = Turn()
    runner = Runner(plan(experiment(*TRIALS, steps=0)), turn=turn)
    with turn:
        runner.start()
        until(lambda: all(batch.t for batch in runner.batches) and level(runner))
        with turn:  # what draws may draw more
            pass
        before = [batch.t for batch in runner.batches]
        time.sleep(0.1)
        assert [batch.t for batch in runner.batches] == before
    until(lambda: all(batch.t > t for batch, t in zip(runner.batches, before, strict=True)))
    with turn:  # who stops while drawing is not kept waiting
        runner.stop()
        assert runner.join(5)


def test_a_window_that_never_comes_back_only_slows_the_worker(experiment):
    turn = Turn()
    runner = Runner(plan(experiment(*TRIALS, steps=0)), turn=turn)
    with turn:
        runner.start()
        moving(runner)
        moving(runner, 1 + max(batch.t for batch in runner.batches))
        runner.stop()
        assert runner.join(5)


def test_twenty_starts_and_stops_in_a_second_leave_nothing(experiment):
    for click in range(20):
        r = Runner(plan(experiment(*TRIALS, steps=0)))
        r.start(paused=click % 3 == 0)
        if click % 4 == 1:
            r.pause()
        r.stop()
        assert r.join(2)
        assert {run.status for run in r.runs} == {"stopped"}
    assert not [t for t in threading.enumerate() if t.name == "optlab-worker"]


def test_commands_after_the_end_are_harmless(runner):
    r = runner(steps=3)
    assert r.join(5)
    for command in (r.pause, r.resume, r.step, r.stop):
        command()
    r.set_rate(10.0)
    assert {run.status for run in r.runs} == {"done"}


def test_commands_from_many_threads_leave_a_status_that_is_a_word(runner):
    r = runner(TRIALS[0])
    commands = [r.pause, r.resume, r.step, lambda: r.set_rate(5000.0), lambda: r.set_rate(math.inf)]
    seen = set()

    def click(seed):
        random = np.random.default_rng(seed)
        for _ in range(200):
            commands[random.integers(len(commands))]()
            seen.update(run.status for run in r.runs)

    threads = [threading.Thread(target=click, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    r.resume()
    r.stop()
    assert r.join(5)
    assert seen <= set(STATUSES)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan])
def test_a_pace_that_never_moves_is_refused(runner, rate):
    r = runner(paused=True)
    with pytest.raises(ValueError, match="pace: expected more than 0 steps per second, got"):
        r.set_rate(rate)


def test_every_end_is_told_once(runner):
    told = []
    r = runner(*TRIALS, {"problem": "ravine", "optimizer": {"name": "sgd", "lr": 1.0}}, steps=50, ended=told.append)
    assert r.join(5)
    assert sorted(map(id, told)) == sorted(map(id, r.runs))
    assert all(run.ended for run in told)


def test_who_listens_may_fail(runner, monkeypatch):
    heard = []
    monkeypatch.setattr(threading, "excepthook", heard.append)

    def listen(run):
        raise ZeroDivisionError

    r = runner(steps=20, ended=listen)
    assert r.join(5)
    assert [run.status for run in r.runs] == ["done"] * 3
    assert [h.exc_type for h in heard] == [ZeroDivisionError] * 3


def test_a_fault_of_the_worker_itself_leaves_no_run_running(runner, monkeypatch):
    heard = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    monkeypatch.setattr(Runner, "_adapt", lambda self, size, seconds: 1 / 0)
    r = runner()
    assert r.join(5)
    assert {run.status for run in r.runs} == {"failed"}
    assert len(heard) == 1
