"""The desk's verdict: it looks into hidden layers beside the window, and offers twins of what has diverged."""

from collections.abc import Callable
from typing import Any

import pytest

from optlab.engine.experiment_file import build_experiment
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.theme import load_theme
from optlab.host.host import load_plugins

DEAD = {
    "problem": {"name": "circles", "hidden": 5, "activation": "relu", "init": "he", "batch": 64},
    "optimizer": {"name": "momentum", "lr": 0.5},
    "steps": 150,
}


@pytest.fixture
def ended(qapp: Any) -> Callable[[dict[str, Any]], Desk]:
    """The desk of an experiment that has run."""
    host = load_plugins(shipped_only=True)

    def make(top: dict[str, Any]) -> Desk:
        experiment = build_experiment({**top, "trial": [{"label": "sick"}]}, host.catalogue)
        desk = Desk(host, Document(experiment), load_theme("dark"))
        desk.session.start(experiment)
        assert desk.session.runner is not None and desk.session.runner.join(60)
        return desk

    return make


def settled(desk: Desk) -> Any:
    """The verdict once the lookout has looked."""
    desk.verdict(desk.entries[0])
    assert desk.lookout.wait(20)
    return desk.verdict(desk.entries[0])


def test_dead_units_are_seen_though_nothing_was_recorded_of_them(ended):
    desk = ended(DEAD)
    assert desk.entries[0].run.watched is None
    verdict = settled(desk)
    assert (verdict.kind, verdict.badge) == ("dead", "✕ dead") and "of the units of h" in verdict.text
    assert verdict.remedies[0].label == "leaky ReLU"
    desk.series(desk.entries[0]).update()
    desk.set_cursor(0)
    assert settled(desk).kind == "healthy"


def test_through_time_is_judged_where_no_time_steps_were_recorded(ended):
    desk = ended({"problem": {"name": "adding", "length": 30, "radius": 0.4}, "optimizer": {"name": "sgd"}, "steps": 3})
    assert desk.verdict(desk.entries[0]).kind == "none"
    verdict = settled(desk)
    assert verdict.kind == "vanishing" and "t1 gets" in verdict.text and "per time step" in verdict.text
    assert "theory for tanh, radius 0.4: at most ×0.4 per time step" in verdict.note


def test_what_is_too_large_or_has_no_network_is_not_looked_into(ended):
    desk = ended({"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}, "steps": 3})
    assert settled(desk).kind == "none" and desk.lookout.count == 0
    large = {"name": "circles", "hidden": 5, "width": 512, "points": 20, "batch": 0}
    desk = ended({"problem": large, "optimizer": {"name": "sgd"}, "steps": 1})
    assert settled(desk).kind == "healthy" and desk.lookout.count == 0


def test_a_run_that_diverged_is_offered_twins_with_smaller_steps(ended):
    desk = ended({"problem": {"name": "ravine"}, "optimizer": {"name": "sgd", "lr": 0.1}, "steps": 200})
    verdict = settled(desk)
    assert (verdict.kind, verdict.level) == ("diverged", "error")
    twin = verdict.remedies[0]
    assert (twin.label, twin.why) == ("smaller lr", "steps a tenth as long: lr 0.01")
    asked = []
    desk.remedy_requested.connect(asked.append)
    desk.ask_remedy(twin)
    assert asked == [twin] and desk.cured(desk.entries[0], twin) is None


def test_deep_rectifiers_at_their_start_are_healthy(ended):
    deep = {"name": "circles", "hidden": 30, "activation": "relu", "init": "he", "batch": 64}
    assert settled(ended({"problem": deep, "optimizer": {"name": "sgd"}, "steps": 1})).kind == "healthy"
