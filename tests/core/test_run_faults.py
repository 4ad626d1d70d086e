"""What goes wrong in a plugin while a run goes ends this run with a sentence, in the thread and in a process alike."""

import numpy as np
import pytest

from optlab.engine import faults
from optlab.engine.experiment_file import build_experiment
from optlab.engine.planning import plan
from optlab.engine.remote import RemoteBatch
from optlab.engine.runner import Runner
from optlab.host import load_plugins
from tests.process_state import process_state
from tests.rude import AT_RUN

BASE = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, "schedule": {"name": "constant"}, "steps": 20}
GOOD = {"label": "good", "problem": {"name": "himmelblau"}}
RUDE = [added.split() for added in load_plugins([AT_RUN], shipped_only=True).records[-1].adds]
AT_ONCE = 8
"""Processes at a time."""


@pytest.fixture(scope="module")
def rude():
    host = load_plugins([AT_RUN], shipped_only=True)
    assert not host.broken
    yield host
    host.workers.close()


def experiment(host, *added):
    """The rude components, a trial each, and a good one beside them."""
    trials = [{"label": f"{kind} {name}", kind: {"name": name}} for kind, name in added]
    return build_experiment({**BASE, "trial": [GOOD, *trials]}, host.catalogue)


def run_of(batches, label):
    return next(run for batch in batches for run in batch.runs if run.label == label)


def check_end(host, kind, name, run):
    cls = host.catalogue.find(kind, name, "")
    status, words = cls.ends.split(": ", 1)
    assert (run.status, words in run.message) == (status, True), run.message
    assert len(run.message) < 700
    assert (run.details != "") == (status == "failed")
    assert run.count == cls.rows


@pytest.mark.parametrize(("kind", "name"), RUDE[1:])
def test_a_fault_at_run_time_ends_its_run_and_no_other(rude, kind, name, capfd):
    before = process_state()
    batches = plan(experiment(rude, (kind, name)))
    for batch in batches:
        batch.advance(20)
    assert process_state() == before
    check_end(rude, kind, name, run_of(batches, f"{kind} {name}"))
    assert run_of(batches, "good").status == "done"
    assert capfd.readouterr().err == ""


def runs_here(batches):
    return [run for batch in batches if not isinstance(batch, RemoteBatch) for run in batch.runs]


@pytest.fixture(scope="module")
def apart(rude):
    """The runs of all rude components by label, each computed in a process of its own, and the good ones."""
    runs, good = {}, []
    for start in range(0, len(RUDE), AT_ONCE):
        added = RUDE[start : start + AT_ONCE]
        batches = rude.workers.plan(experiment(rude, *added))
        assert {run.label for run in runs_here(batches)} == {"good"}
        while any(batch.open for batch in batches):
            for batch in batches:
                batch.advance(20)
        assert all(b.child.join(5) for b in batches if isinstance(b, RemoteBatch) and b.child)
        runs |= {run.label: run for batch in batches for run in batch.runs}
        good.append(runs.pop("good"))
    return runs, good


@pytest.mark.parametrize(("kind", "name"), RUDE[1:])
def test_in_a_process_the_same_fault_is_said_in_the_same_words(rude, apart, kind, name):
    check_end(rude, kind, name, apart[0][f"{kind} {name}"])


def test_a_good_run_beside_those_in_processes_has_the_bits_of_one_alone(rude, apart):
    batches = plan(experiment(rude))
    batches[0].advance(20)
    for run in apart[1]:
        assert run.status == "done" and np.array_equal(run.rows(), batches[0].runs[0].rows(), equal_nan=True)


@pytest.mark.parametrize("error", [ValueError("a\nb"), KeyError("k"), SystemExit(), OSError(2, "gone")])
def test_any_error_is_told_in_one_line(error):
    assert "\n" not in faults.words(error)


def test_the_place_of_a_fault_is_the_plugins_last_line(rude):
    batches = plan(experiment(rude, ("optimizer", "o0")))
    for batch in batches:
        batch.advance(20)
    run = run_of(batches, "optimizer o0")
    line = AT_RUN.read_text("utf-8").splitlines().index("        raise error") + 1
    assert run.message.endswith(f"(at_run.py:{line} method)")
    assert "raise error" in run.details


def test_ctrl_c_in_the_calling_thread_is_the_users_and_in_a_worker_the_plugins(rude):
    table = {**BASE, "optimizer": {"name": "pressing"}, "steps": 5}
    one = build_experiment(table, rude.catalogue)
    (batch,) = plan(one)
    with pytest.raises(KeyboardInterrupt):
        batch.advance(5)
    runner = Runner(plan(one))
    runner.start()
    assert runner.join(5)
    assert runner.runs[0].message.startswith("failed at step 2: KeyboardInterrupt (at_run.py:")
