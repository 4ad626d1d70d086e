"""The Decision view: what the networks answer at the cursor's step, of several runs, or why that cannot be drawn."""

import gc
import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from optlab import nets
from optlab.engine.asked import grid
from optlab.engine.experiment_file import build_experiment
from optlab.gui.answers import COARSE, FINE
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.theme import load_theme
from optlab.host import load_plugins
from optlab.net_problem import NetProblem

HOST = load_plugins(panels=True, shipped_only=True)
DECISION = next(panel for panel in HOST.panels if panel.name == "decision")
MOONS = {"name": "moons", "hidden": 1, "width": 6}


@pytest.fixture
def make(qtbot):
    """The view of runs that have ended: a trial for each table."""

    def made(*trials, steps=60, problem=MOONS, ran=True, size=(900, 420)):
        tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials)]
        top = {"problem": problem, "optimizer": {"name": "adam", "lr": 0.05}}
        experiment = build_experiment({"steps": steps, **top, "trial": tables or [{"label": "only"}]}, HOST.catalogue)
        desk = Desk(HOST, Document(experiment), load_theme("dark"))
        if ran:
            desk.session.start(experiment)
            assert desk.session.runner.join(60)
        view = DECISION(desk)
        view.ensure_built()
        qtbot.addWidget(view)
        qtbot.addWidget(view.tools)
        view.resize(*size)
        view.show()
        settle(view)
        desks.append(desk)
        return view

    desks = []
    yield made
    for desk in desks:
        desk.lookout.forget(set())
        assert desk.lookout.wait(20)


def shown(view):
    return [plot for plot in view.plots() if plot.isVisibleTo(view)]


def settle(view):
    """Refresh as frames do, until nothing is asked any more."""
    lookout, seen = view.desk.lookout, -1
    while (
        lookout.busy or lookout.count != seen
    ):  # an answer may come between a look and the question whether it is busy
        assert lookout.wait(20)
        seen = lookout.count
        view.refresh()


def expected(entry, view, ground, step):
    """What the run's network answers in the cells of a ground."""
    t, probe = view.desk.inside(entry).probe(step)
    outputs = probe.bound.predict(grid(ground.x, ground.y, ground.shares.shape[1]))[0]
    return t, nets.class_shares(probe.net, outputs).T.reshape(ground.shares.shape)


def test_the_plane_is_what_the_network_answers_at_the_cursor(make):
    view = make()
    (plot,), (entry,) = shown(view), view.desk.entries
    for step in (0, 31, None):
        view.desk.set_cursor(step)
        settle(view)
        t, shares = expected(entry, view, plot.ground, step)
        np.testing.assert_allclose(plot.ground.shares, shares, atol=1e-12)
        assert plot.note.startswith(f"step {t} · test accuracy ")
    assert t == 60


def test_the_accuracy_is_that_of_the_test_points(make):
    view = make()
    _, probe = view.desk.inside(view.desk.entries[0]).probe()
    share = probe.scores(test=True)["accuracy"][0]
    assert shown(view)[0].note == f"step 60 · test accuracy {share:.1%}"


def test_a_coarse_plane_comes_first_and_a_fine_one_when_runs_stand(make, monkeypatch):
    going = [True]
    monkeypatch.setattr(Desk, "going", property(lambda desk: going[0]))
    view = make()
    plot = shown(view)[0]
    assert plot.ground.shares.shape == (2, COARSE, COARSE)
    going[0] = False
    settle(view)
    assert plot.ground.shares.shape == (2, FINE, FINE)
    np.testing.assert_allclose(
        plot.ground.shares, expected(view.desk.entries[0], view, plot.ground, None)[1], atol=1e-12
    )


def test_a_frame_never_waits_and_shows_what_was_before(make):
    view = make()
    plot = shown(view)[0]
    before, begun, go_on = plot.ground, threading.Event(), threading.Event()

    def slow(inside):
        begun.set()
        assert go_on.wait(20)
        return None, True

    view.desk.lookout.ask(view.desk.entries[0], "slow", 1, slow)
    assert begun.wait(20)
    view.desk.set_cursor(3)
    view.refresh()
    assert plot.note.startswith("step 60 ") and plot.ground.x == before.x
    assert [name for _, name in view.desk.lookout._asked] == [COARSE]  # the fine one, when that is there
    go_on.set()
    settle(view)
    assert plot.note.startswith("step 3 ")


def test_scrubbing_back_asks_nothing_again(make):
    view = make()
    first = shown(view)[0].ground
    view.desk.set_cursor(10)
    settle(view)
    view.desk.set_cursor(None)
    view.refresh()
    assert not view.desk.lookout.busy
    assert np.array_equal(shown(view)[0].ground.shares, first.shares)


def test_a_large_network_is_seen_in_fewer_cells_and_judged_by_fewer_points(make, monkeypatch):
    monkeypatch.setattr("optlab.gui.answers.EFFORTS", {COARSE: 2e3, FINE: 25 * 20**2 * 2})
    view = make()
    size = view.desk.inside(view.desk.entries[0]).layout.size
    assert size == 25 and shown(view)[0].ground.shares.shape == (2, 20, 20)
    assert len(view.answers.scene(view.desk.entries[0]).judged[0]) == 60


def test_up_to_four_runs_stand_side_by_side_with_the_selected_one(make):
    view = make(*({} for _ in range(6)))
    desk = view.desk
    assert [plot.title for plot in shown(view)] == [f"trial {k} · lr 0.05" for k in range(4)]
    assert len({plot.geometry().y() for plot in shown(view)}) == 1  # a wide view: in one row
    desk.select(desk.entries[5].key)
    view.refresh()
    assert [plot.title[:7] for plot in shown(view)] == ["trial 0", "trial 1", "trial 2", "trial 5"]
    view.which.setCurrentIndex(1)
    settle(view)
    assert [plot.title[:7] for plot in shown(view)] == ["trial 5"]
    desk.entries[5].visible = False
    view.which.setCurrentIndex(0)
    assert [plot.title[:7] for plot in shown(view)] == ["trial 0", "trial 1", "trial 2", "trial 3"]


def test_zooming_one_plane_zooms_all_and_asks_for_that_part(make, qtbot):
    view = make({}, {})
    first, second = shown(view)
    first.zoom_to((0.0, 0.5), (-0.5, 0.0))
    settle(view)
    assert second.view.x == (0.0, 0.5) and second.view.y == (-0.5, 0.0)
    assert first.ground.x == second.ground.x == (0.0, 0.5)
    second.show_all()
    settle(view)
    assert first.ground.x == first.view.whole_x


def test_two_classes_of_three_spirals_are_told_apart_by_lines(make):
    view = make(problem={"name": "three_spirals", "hidden": 1, "width": 8})
    plot = shown(view)[0]
    assert plot.ground.shares.shape == (3, FINE, FINE) and len(plot._borders) == 3
    np.testing.assert_allclose(plot.ground.shares.sum(axis=0), 1)


def test_a_value_of_two_inputs_is_drawn_between_the_least_and_the_largest_target(make):
    view = make(problem={"name": "linear_regression", "features": 2})
    plot, entry = shown(view)[0], view.desk.entries[0]
    y = view.desk.inside(entry).data.y
    assert plot.ground.span[0] >= y.min() and plot.ground.span[1] <= y.max() and plot._borders == []
    reading = plot.readings(0.0, 0.0)
    outputs = view.desk.inside(entry).probe()[1].bound.predict(np.zeros((1, 2)))
    assert float(reading[0].text.replace("−", "-")) == pytest.approx(outputs.item(), abs=0.15)


@pytest.mark.parametrize("name", ["curve_regression", "polynomial_regression", "logistic_regression"])
def test_one_input_shows_the_fitted_curves_over_the_data(make, name):
    view = make({}, {"optimizer": {"lr": 0.001}}, problem={"name": name} | ({"features": 1} if "log" in name else {}))
    (plot,) = shown(view)
    assert len(plot.curves) == 2 and plot.dots and plot.legend
    problem, entry = view.desk.entries[0].run.trial.problem, view.desk.entries[0]
    _, probe = view.desk.inside(entry).probe()
    curve = plot.curves[0]
    outputs = probe.bound.predict(problem.inputs_at(curve.x[:, None]))[0]
    np.testing.assert_allclose(curve.y, nets.answers(probe.net, outputs)[:, 0], rtol=1e-12)
    places = problem.places(probe.data[0].x)[:, 0]
    np.testing.assert_allclose(plot.dots[0].x, places)
    assert curve.x[0] < places.min() and places.max() < curve.x[-1]


def test_all_curves_share_one_plot_or_the_selected_one_has_it(make):
    view = make(*({} for _ in range(6)), problem={"name": "curve_regression", "hidden": 1, "width": 4}, steps=3)
    (plot,) = shown(view)
    assert [curve.label[:7] for curve in plot.curves] == [f"trial {k}" for k in range(6)]
    view.desk.select(view.desk.entries[2].key)
    view.which.setCurrentIndex(1)
    assert [curve.label[:7] for curve in plot.curves] == ["trial 2"]


def test_digits_are_read_with_how_sure_the_network_is_and_marked(make):
    view = make(problem={"name": "digits", "hidden": 1, "width": 16})
    (plot,) = shown(view)
    entry = view.desk.entries[0]
    _, probe = view.desk.inside(entry).probe()
    data = probe.data[0]
    shares = nets.class_shares(probe.net, probe.bound.predict(data.test_x)[0])
    for k, tile in enumerate(plot.tiles[:20]):
        said, true = int(shares[k].argmax()), int(data.test_y[k])
        assert tile.right == (said == true) and tile.text.endswith(f"{shares[k].max():.0%}")
        assert tile.text.startswith(f"{said} · " if said == true else f"{said} ≠ {true} · ")
        np.testing.assert_array_equal(tile.images[0], data.test_x[k].reshape(8, 8))
    view.worst.setChecked(True)
    least = np.argsort(shares[np.arange(len(shares)), data.test_y], kind="stable")[:3]
    assert [tile.head for tile in plot.tiles[:3]] == [f"class {data.test_y[k]}" for k in least]
    assert not any(tile.right for tile in plot.tiles[:3])
    assert view.worst.isVisibleTo(view.tools) and not view.hint.isVisibleTo(view.tools)


class Again(NetProblem):
    """Say images again."""

    name, title = "say_again", "say again"
    inputs, outputs, targets, points, image = 12, 12, "binary", 40, (3, 4)

    def data(self, rng):
        x = rng.uniform(0, 1, (40, 12))
        return nets.split(x, x, 0.2, rng)


def of_own_problem(make, problem):
    view = make(ran=False)
    experiment = view.desk.document.experiment
    trials = tuple(replace(trial, problem=problem) for trial in experiment.trials)
    view.desk.session.start(replace(experiment, trials=trials))
    assert view.desk.session.runner.join(60)
    settle(view)
    return view


def test_an_autoencoder_shows_what_becomes_of_each_image(make):
    view = of_own_problem(make, Again(hidden=1, width=4, batch=0))
    (plot,) = shown(view)
    _, probe = view.desk.inside(view.desk.entries[0]).probe()
    said = 1 / (1 + np.exp(-probe.bound.predict(probe.data[0].test_x)[0]))
    low, high = 0.0, probe.data[0].test_x.max()
    for k, tile in enumerate(plot.tiles):
        np.testing.assert_allclose(tile.images[1], said[k].reshape(3, 4) / (high - low), rtol=1e-12)
        assert float(tile.text) == pytest.approx(np.square(said[k] - probe.data[0].test_x[k]).mean(), rel=0.06)
    assert plot.note.startswith("step 60 · test loss ")


class Broken(Again):
    """Has no data."""

    name, title = "no_data", "no data"

    def data(self, rng):
        raise ValueError("the file is gone")


def test_a_problem_that_raises_is_named_and_the_view_goes_on(make):
    view = of_own_problem(make, Broken(batch=0))
    (plot,) = shown(view)
    assert plot.empty_text == "ValueError: the file is gone" and not plot.has_data()


@pytest.mark.parametrize("problem", [{"name": "ravine"}, {"name": "iris"}])
def test_what_cannot_be_drawn_is_said_once(make, problem):
    view = make({}, {}, {}, problem=problem)
    assert "one or two inputs" in view.why_not()
    assert [plot.empty_text for plot in shown(view)] == [view.why_not()]


def test_before_a_run_it_says_what_to_do(make):
    view = make(ran=False)
    assert [plot.empty_text for plot in shown(view)] == ["Press Run to see it"] and view.why_not() == ""
    assert "one or two inputs" in make(ran=False, problem={"name": "ravine"}).why_not()


@pytest.mark.parametrize("steps", [1, 2])
def test_runs_of_different_layers_are_shown_from_the_first_step_on(make, steps):
    trials = [{"problem": {"hidden": k, "width": 3 + k}} for k in range(3)]
    view = make(*trials, steps=steps)
    for step in (0, 1, steps):
        view.desk.set_cursor(step)
        settle(view)
        assert all(plot.note.startswith(f"step {step} ") for plot in shown(view))


def test_other_runs_take_the_place(make):
    view = make()
    view.desk.session.start(view.desk.document.experiment)
    assert view.desk.session.runner.join(60)
    view.desk.forget()
    view.reset()
    settle(view)
    assert {key[0] for key in view.answers.answers._known} == {view.desk.entries[0].key}
    assert shown(view)[0].note.startswith("step 60")


def test_a_run_whose_network_fails_says_so(make, monkeypatch):
    monkeypatch.setattr(nets.Probe, "place", lambda *args: 1 / 0)
    view = make()
    assert shown(view)[0].empty_text == "ZeroDivisionError: division by zero"


def test_it_closes_without_leaks(make, qtbot):
    view = make({}, {})
    plots, lookout = weakref.ref(view.answers), view.desk.lookout
    view.tools.deleteLater()
    view.deleteLater()
    del view
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()
    assert plots() is None or not isValid(plots())
    assert not lookout.busy


def test_the_mouse_reads_the_answer(make, qtbot):
    view = make()
    (plot,) = shown(view)
    plot.grab()
    at = plot.frame_.area.center()
    x, y = plot.frame_.x.value(at.x()), plot.frame_.y.value(at.y())
    readings = plot.readings(x, y)
    _, probe = view.desk.inside(view.desk.entries[0]).probe()
    share = nets.class_shares(probe.net, probe.bound.predict(np.array([[x, y]]))[0])[0]
    told = {r.label: float(r.text.rstrip("%")) / 100 for r in readings}
    assert told["class 1"] == pytest.approx(share[1], abs=0.05) and sum(told.values()) == pytest.approx(1, abs=0.002)
    move = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(at), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    before = plot.grab().toImage()
    QApplication.sendEvent(plot, move)
    assert plot.grab().toImage() != before
