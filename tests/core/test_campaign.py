"""All plugins that misbehave at import, at once beside fifty good ones: each says what it is, and the good ones run."""

import pytest

from optlab.engine.experiment_file import build_experiment
from optlab.engine.runner import Runner
from optlab.host import load_plugins
from optlab.host.prober import prober
from tests.process_state import process_state
from tests.rude import AT_IMPORT, expected, filled, good

GOOD = [f"good_{n}" for n in range(50)]


@pytest.fixture
def folder(tmp_path):
    """Good and bad plugins of somebody who wants to see what happens."""
    for name, fault in AT_IMPORT.items():
        (tmp_path / f"{name}.py").write_text(filled(fault["source"]), "utf-8")
    for name in GOOD:
        (tmp_path / f"{name}.py").write_text(good(name), "utf-8")
    return tmp_path


def facts(host):
    return {r.name: (r.state, r.error, r.adds) for r in host.records if r.outside}


def test_sixty_bad_plugins_are_told_apart_and_fifty_good_ones_run(folder, monkeypatch):
    load_plugins(shipped_only=True)  # imports what it needs
    before = process_state()
    host = load_plugins([folder], shipped_only=True)
    assert process_state() == before
    found = facts(host)
    assert len(found) - len(GOOD) >= 60
    for name, fault in AT_IMPORT.items():
        state, error, _ = found[name]
        assert state == ("broken" if "error" in fault else "on"), error
        assert error.startswith(expected(name)), error
    assert all(found[name] == ("on", "", [f"optimizer {name}"]) for name in GOOD)
    trials = [{"label": name, "optimizer": {"name": name}} for name in GOOD[:2]]
    table = {"steps": 20, "problem": {"name": "sphere"}, "optimizer": {"name": "sgd"}, "trial": trials}
    runner = Runner(host.workers.plan(build_experiment(table, host.catalogue)))
    runner.start()
    assert runner.join(60)
    host.workers.close()
    assert {run.status for run in runner.runs} == {"done"}
    monkeypatch.setattr(prober, "examine", None)  # the verdicts are kept
    assert facts(load_plugins([folder], shipped_only=True)) == found
