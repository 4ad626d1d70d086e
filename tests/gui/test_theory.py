"""The theory view: the sharpness of each run as it is measured aside, and the bound of its steps."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import build_experiment
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.theme import load_theme
from optlab.host.host import load_plugins

RAVINE = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd", "lr": 0.01}, "steps": 40}
NET = {
    "problem": {"name": "moons", "hidden": 2, "width": 8, "batch": 32},
    "optimizer": {"name": "momentum", "lr": 0.1},
    "steps": 30,
}
HOST = load_plugins(panels=True, shipped_only=True)


@pytest.fixture
def panel(qtbot: QtBot) -> Callable[..., Any]:
    """The view of an experiment's runs, computed before unless `run` is false."""

    def make(top: dict[str, Any], *trials: dict[str, Any], run: bool = True) -> Any:
        tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials or ({},))]
        experiment = build_experiment({**top, "trial": tables}, HOST.catalogue)
        desk = Desk(HOST, Document(experiment), load_theme("dark"))
        if run:
            desk.session.start(experiment)
            assert desk.session.runner is not None and desk.session.runner.join(30)
        found = next(cls for cls in HOST.panels if cls.name == "theory")
        made = found(desk)
        qtbot.addWidget(made)
        qtbot.addWidget(made.tools)
        made.ensure_built()
        made.show()
        measured(made, qtbot)
        return made

    return make


def measured(panel: Any, qtbot: QtBot) -> None:
    """Refresh until everything is measured."""

    def done() -> bool:
        seen = panel.desk.lookout.count
        panel.refresh()
        return not panel.desk.lookout.busy and panel.desk.lookout.count == seen

    qtbot.waitUntil(done, timeout=30_000)
    panel.refresh()


def curves(panel: Any) -> dict[str, Any]:
    return {curve.label: curve for curve in panel.sharpness.curves}


def test_each_run_has_its_sharpness_and_the_bound_of_its_steps(panel):
    shown = curves(panel(RAVINE, {}, {"optimizer": {"name": "momentum", "lr": 0.01, "nesterov": True}}))
    assert list(shown) == ["trial 0", "trial 1", "bound 200", "bound 136"]
    for k in range(2):
        assert shown[f"trial {k}"].x[[0, -1]].tolist() == [0, 40]
        np.testing.assert_allclose(shown[f"trial {k}"].y, 100, rtol=1e-4)
    assert (shown["bound 200"].y == 200).all() and shown["bound 200"].x[-1] == 39


def test_one_line_is_the_bound_of_runs_that_share_it(panel):
    made = panel(RAVINE, {}, {"problem": {"condition": 50.0}})
    assert list(curves(made)) == ["trial 0", "trial 1", "bound 200"]
    assert curves(made)["bound 200"].colour == made.desk.theme.text


def test_the_bound_moves_with_the_schedule(panel):
    drop = {"name": "multi_step", "milestones": [20], "gamma": 0.5}
    momentum = {"name": "momentum", "lr": 0.01, "momentum": 0.8}
    cycle = {"name": "one_cycle", "momentum": 0.5}
    made = panel(RAVINE, {"schedule": drop}, {"optimizer": momentum, "schedule": cycle})
    lines = [curve for curve in made.sharpness.curves if curve.label.startswith("bound")]
    assert lines[0].y[[19, 20]].tolist() == [200, 400]
    run = made.desk.entries[1].run
    lr, beta = run.column("lr")[:-1], run.column("optimizer.momentum")[:-1]
    np.testing.assert_allclose(lines[1].y, (2 + 2 * beta) / lr)
    assert beta.min() < 0.5


def test_steps_of_no_size_have_no_bound_to_draw(panel):
    made = panel(
        RAVINE, {"schedule": {"name": "linear", "over": 20}}, {"optimizer": {"dampening": 1.0, "name": "momentum"}}
    )
    assert all(np.isfinite(curve.y).all() for curve in made.sharpness.curves)
    assert sum(curve.label.startswith("bound") for curve in made.sharpness.curves) == 1


def test_a_ratio_of_one_is_the_edge(panel, qtbot):
    made = panel(RAVINE, {}, {"optimizer": {"name": "adam"}})
    assert made.sharpness.title.endswith("no bound is known for Adam")
    made.shown.setCurrentIndex(1)
    measured(made, qtbot)
    ratio, unknown = made.sharpness.curves
    np.testing.assert_allclose(ratio.y, 0.5, rtol=1e-4)
    assert np.isnan(unknown.y).all() and [line.y for line in made.sharpness.lines] == [1.0]


def test_a_penalty_lowers_the_bound_and_rates_of_layers_have_none(panel):
    assert list(curves(panel({**RAVINE, "gradient": {"l2": 50.0}}))) == ["trial 0", "bound 150"]
    layers = {"layers": [{"match": "W1", "lr": 2.0}]}
    assert list(curves(panel({**NET, "update": layers}))) == ["trial 0"]


def test_sharpness_of_a_network_is_measured_where_nothing_was_recorded(panel):
    made = panel(NET, {}, {"problem": {"hidden": 1}})
    for curve in (curves(made)["trial 0"], curves(made)["trial 1"]):
        assert curve.x.tolist() == list(range(31)) and (curve.y > 0).all()


def test_what_was_recorded_is_shown_as_it_is(panel):
    made = panel({**NET, "series": ["sharpness"], "every": 5})
    run = made.desk.entries[0].run
    np.testing.assert_array_equal(curves(made)["trial 0"].y, run.series("sharpness")[1])


def test_a_network_that_would_take_minutes_is_not_measured(panel):
    large = {"name": "circles", "hidden": 10, "width": 512, "points": 20, "batch": 0}
    made = panel({"problem": large, "optimizer": {"name": "sgd"}, "steps": 1})
    assert made.desk.lookout.count == 0 and made.sharpness.curves == []
    assert made.sharpness.empty_text == "The sharpness of 2 million parameters takes minutes to measure."
    assert panel(NET, run=False).why_not() == ""


def test_before_the_first_run_nothing_is_measured(panel):
    made = panel(NET, run=False)
    assert made.sharpness.curves == [] and not made.desk.lookout.busy


def test_a_plugin_that_raises_while_it_is_measured_is_named(panel, qtbot, monkeypatch):
    made = panel(NET, run=False)
    made.desk.session.start(made.desk.document.experiment, math.inf)
    assert made.desk.session.runner.join(30)
    problem = type(made.desk.entries[0].run.trial.problem)

    def broken(*arguments: Any) -> None:
        raise RuntimeError("no such points")

    monkeypatch.setattr(problem, "bind_whole", broken)
    measured(made, qtbot)
    assert made.sharpness.title.endswith("RuntimeError: no such points")
