"""Runs of outside plugins in processes of their own: the same bits as in the thread, and no harm to anybody else."""

import math
import os
import time
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.batch import Batch
from optlab.engine.experiment_file import build_experiment
from optlab.engine.planning import plan
from optlab.engine.remote import RemoteBatch
from optlab.engine.runner import Runner
from optlab.host.host import load_plugins
from optlab.paths import bundled

APART = Path(__file__).parents[1] / "plugins" / "apart.py"
GOOD = {"label": "good", "problem": {"name": "himmelblau"}, "optimizer": {"name": "momentum"}}


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Shipped plugins, the rude one, and copies of shipped ones as if somebody else had written them."""
    folder = tmp_path_factory.mktemp("outside")
    for name in ("adam", "lookahead", "moons", "plateau", "warmup"):
        (file,) = bundled("plugins").glob(f"*/{name}.py")
        text = file.read_text("utf-8").replace(f'"{name}"', f'"my_{name}"', 1)
        (folder / f"my_{name}.py").write_text(text, "utf-8")
    made = load_plugins([APART, folder], shipped_only=True)
    assert not made.broken
    made.workers.memory = 1 << 30
    yield made
    made.workers.close()


@pytest.fixture
def start(host):
    """Start the runs of some trials; every process has ended afterwards."""
    made = []

    def go(*trials, workers=True, rate=math.inf, **top):
        base = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}}
        tables = [{"label": f"trial {k}", **table} for k, table in enumerate(trials)]
        experiment = build_experiment({"steps": 300, **base, **top, "trial": tables}, host.catalogue)
        made.append(Runner(host.workers.plan(experiment) if workers else plan(experiment), rate))
        made[-1].start()
        return made[-1]

    yield go
    for runner in made:
        runner.stop()
        assert runner.join(5)
    pids = [child.pid for runner in made for child in children(runner)]
    assert all(child.join(5) for runner in made for child in children(runner))
    assert not [pid for pid in pids if lives(pid)]


def children(runner):
    return [batch.child for batch in runner.batches if isinstance(batch, RemoteBatch) and batch.child]


def lives(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def until(condition, seconds=15.0):
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it never came"
        time.sleep(0.002)


def rude(act, **more):
    return {"label": act, "optimizer": {"name": "apart", "act": act, **more}}


def run_of(runner, label):
    return next(run for run in runner.runs if run.label == label)


def all_rows(runner):
    return {(run.label, run.seed): run.rows() for run in runner.runs}


NET = {"name": "moons", "hidden": 2, "width": 8, "batch": 32}
CASES = {
    "optimizer": ({"problem": NET, "optimizer": {"name": "adam"}}, {"seeds": [0, 1, 2]}),
    "float32": ({"problem": NET, "optimizer": {"name": "adam"}}, {"dtype": "float32"}),
    "rates apart": ({"problem": {"name": "rosenbrock"}, "optimizer": {"name": "adam", "lr": 0.03}}, {"record": 7}),
    "wrapper": ({"optimizer": {"name": "lookahead", "inner": {"name": "adam", "lr": 0.1}}}, {}),
    "schedule": ({"problem": NET, "optimizer": {"name": "sgd"}, "schedule": {"name": "warmup"}}, {}),
    "reactive": ({"problem": NET, "optimizer": {"name": "sgd"}, "schedule": {"name": "plateau"}}, {}),
    "problem": ({"problem": NET, "optimizer": {"name": "sgd"}}, {"series": ["saturated", "sharpness"]}),
    "diverging": ({"problem": {"name": "rosenbrock"}, "optimizer": {"name": "adam", "lr": 10.0}}, {"bound": 1e3}),
}


def ours(table):
    """The table with the copies in place of the shipped ones."""
    if isinstance(table, dict):
        mine = ("adam", "lookahead", "moons", "plateau", "warmup")
        return {k: f"my_{v}" if k == "name" and v in mine else ours(v) for k, v in table.items()}
    return table


@pytest.mark.parametrize("case", CASES)
def test_a_run_in_a_process_has_the_bits_of_one_in_the_thread(start, case):
    table, top = CASES[case]
    there, here = start(ours(table), **top), start(table, **top)
    assert there.join(30) and here.join(30)
    assert {type(batch) for batch in there.batches} == {RemoteBatch} and type(here.batches[0]) is Batch
    for a, b in zip(there.runs, here.runs, strict=True):
        assert (a.status, a.message, a.count) == (b.status, b.message, b.count)
        assert a.history.columns == b.history.columns
        assert np.array_equal(a.rows(), b.rows(), equal_nan=True)
        assert np.array_equal(there.batches[0].point(a), here.batches[0].point(b), equal_nan=True)
        if b.watched is not None:
            assert np.array_equal(a.watched.rows(a.row), b.watched.rows(b.row), equal_nan=True)
    for a, b in zip(there.batches[0].snapshots.kept, here.batches[0].snapshots.kept, strict=True):
        assert a.t == b.t and np.array_equal(a.rows, b.rows) and np.array_equal(a.params, b.params, equal_nan=True)
        assert {k: v.tolist() for k, v in a.memory.items()} == {k: v.tolist() for k, v in b.memory.items()}


ENDS = {
    "exit": "its process ended after step {t}: it ended itself with exit code 3",
    "crash": "its process ended after step {t}: segmentation fault",
    "leave": "failed at step {t}: SystemExit: 3 (apart.py:",
    "raise": "failed at step {t}: ValueError: no (apart.py:",
    "eat": "failed at step {t}: MemoryError",
}


@pytest.mark.parametrize("act", ENDS)
def test_a_run_that_ends_itself_says_how_keeps_its_rows_and_ends_no_other(start, act):
    runner = start(rude(act), GOOD)
    assert runner.join(60)
    bad, good = run_of(runner, act), run_of(runner, "good")
    assert bad.status == "failed"
    assert bad.message.startswith(ENDS[act].format(t=bad.step + 1)), bad.message
    assert bad.step <= 18 and bad.count == bad.step + 1
    assert (good.status, good.count) == ("done", 301)


@pytest.mark.parametrize("act", ["loop", "hog", "shout"])
def test_an_endless_step_stops_within_one_and_a_half_seconds_and_holds_nobody_up(start, act):
    alone = start(GOOD)
    runner = start(rude(act), GOOD)
    bad, good = run_of(runner, act), run_of(runner, "good")
    until(lambda: good.status == "done" and "no step for" in bad.message)
    assert bad.status == "running"
    started = time.monotonic()
    runner.stop()
    assert runner.join(5)
    assert time.monotonic() - started < 1.5
    assert bad.status == "stopped"
    assert bad.message == f"did not stop within 1 s; its process was ended after step {bad.step + 1}"
    assert alone.join(10)
    assert np.array_equal(good.rows(), alone.runs[0].rows(), equal_nan=True)
