"""The Loss surface view: it computes aside, by itself where runs stand, and says what its plane holds of the path."""

import gc
import threading
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QPushButton
from shiboken6 import isValid

from optlab.engine import surface as engine
from optlab.engine.experiment_file import build_experiment
from optlab.engine.inside import Inside
from optlab.engine.planes import GRADIENT, PATH, RANDOM
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.theme import load_theme
from optlab.host import load_plugins
from optlab.landscape import Landscape

HOST = load_plugins(panels=True, shipped_only=True)
VIEW = next(panel for panel in HOST.panels if panel.name == "loss_surface")
MOONS = {"name": "moons", "hidden": 1, "width": 4, "points": 40, "batch": 0}


@pytest.fixture(autouse=True)
def garbage_stays_here():
    """Cyclic garbage is collected in this thread alone, as in the window."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def make(qtbot):
    """The view of runs that have ended, with a trial for each table."""

    def made(*trials, steps=40, problem=MOONS, ran=True, settled=True):
        tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials)]
        top = {"problem": problem, "optimizer": {"name": "adam", "lr": 0.05}}
        experiment = build_experiment({"steps": steps, **top, "trial": tables or [{"label": "only"}]}, HOST.catalogue)
        desk = Desk(HOST, Document(experiment), load_theme("dark"))
        if ran:
            run(desk, experiment)
        return opened(desk, qtbot, settled)

    return made


def run(desk, experiment):
    desk.session.start(experiment)
    assert desk.session.runner.join(60)


def opened(desk, qtbot, settled=True):
    view = VIEW(desk)
    view.ensure_built()
    view._rest.setInterval(0)
    qtbot.addWidget(view)
    qtbot.addWidget(view.tools)
    view.resize(1000, 420)
    view.show()
    view.refresh()
    if settled:
        settle(view, qtbot)
    return view


def settle(view, qtbot):
    qtbot.waitUntil(lambda: not view.busy, timeout=60_000)
    assert not any(thread.name == "optlab-task" for thread in threading.enumerate())


def button(view):
    return next(each for each in view.bar.findChildren(QPushButton))


def shown(view):
    """The surface that is drawn."""
    return view.plots_._shown


def computed(view, step=None, kind=PATH, by_units=True):
    entry = view.desk.selected
    return engine.surface(Inside(entry.run, entry.batch), step, kind, by_units)


def test_where_runs_stand_the_surface_comes_by_itself_and_then_a_finer_one(make):
    view = make()
    wanted = computed(view)
    np.testing.assert_array_equal(shown(view).values, wanted.values)
    contour = view.plots_.contour
    assert contour.field.values.shape == (engine.FINE, engine.FINE)
    np.testing.assert_allclose(contour.field.values[::2, ::2], wanted.values, rtol=1e-12)
    (way,) = contour.trajectories
    np.testing.assert_allclose(np.stack([way.x, way.y], axis=1), wanted.plane.path)
    assert contour.start == (way.x[0], way.y[0]) and (way.x[-1], way.y[-1]) == (0, 0)


def test_the_sentence_says_what_the_plane_holds_and_how_far_the_path_leaves_it(make):
    view = make()
    plane = shown(view).plane
    share, far = sum(plane.held), int(np.argmax(plane.off))
    assert view.bar.text().startswith(f"Step 40: the plane holds {share:.1%} of the path's variance about this point.")
    assert view.bar.text().endswith(f"{plane.off[far]:.3g} out of the plane (step {far}).")
    to_point, to_plane = view.plots_.off.curves
    np.testing.assert_allclose(to_plane.y, plane.off)
    assert (to_point.y >= to_plane.y).all()


def test_the_loss_along_the_axes_goes_through_the_loss_of_the_point(make):
    view = make()
    for curve in view.plots_.slices.curves:
        assert np.interp(0.0, curve.x, curve.y) == pytest.approx(shown(view).loss, rel=0.1)
    assert view.plots_.slices.y_axis.title == "cross-entropy, nats"


@pytest.mark.parametrize("kind", [PATH, GRADIENT, RANDOM])
@pytest.mark.parametrize("by_units", [True, False])
def test_every_plane_is_computed_with_its_axes_named(make, qtbot, kind, by_units):
    view = make(settled=False)
    view.kind.setCurrentIndex(view.kind.findData(kind))
    view.by_units.setChecked(by_units)
    settle(view, qtbot)
    np.testing.assert_array_equal(shown(view).values, computed(view, None, kind, by_units).values)
    x, y = view.plots_.contour.x_axis, view.plots_.contour.y_axis
    assert x.unit == y.unit == ("1 = the norm of every unit" if by_units else "distance of the params")
    names = {PATH: "1st principal", GRADIENT: "against the gradient", RANDOM: "1st random"}
    assert x.title.startswith(names[kind])
    if kind == PATH:
        assert f"({shown(view).plane.held[0]:.0%})" in x.title


def test_the_slider_asks_for_another_point_and_back_asks_nothing(make, qtbot):
    view = make()
    first = shown(view)
    view.desk.set_cursor(11)
    view.refresh()
    assert shown(view) is first and view.plots_.contour.at_step == 11  # the old one, until the new one is there
    settle(view, qtbot)
    assert shown(view).step == 11
    np.testing.assert_array_equal(shown(view).values, computed(view, 11).values)
    view.desk.set_cursor(None)
    view.refresh()
    assert shown(view) is first and view.survey.wish is None


def test_beside_runs_that_go_it_is_computed_by_request_alone(make, qtbot, monkeypatch):
    monkeypatch.setattr(Desk, "going", property(lambda desk: True))
    view = make()
    assert shown(view) is None and view.bar.text() == "Press Compute to see the surface around step 40."
    view.desk.set_cursor(25)
    view.refresh()
    button(view).click()
    settle(view, qtbot)
    assert shown(view).step == 25
    view.desk.set_cursor(30)
    view.refresh()
    settle(view, qtbot)
    assert shown(view).step == 25 and view.bar.text().endswith("Press Compute to see the surface around step 30.")


def test_when_runs_come_to_a_stand_it_begins(make, qtbot, monkeypatch):
    going = [True]
    monkeypatch.setattr(Desk, "going", property(lambda desk: going[0]))
    view = make()
    going[0] = False
    view.refresh()
    settle(view, qtbot)
    assert shown(view).step == 40


def test_a_long_surface_waits_for_the_button(make, qtbot, monkeypatch):
    monkeypatch.setattr("optlab.gui.survey.LONG", 10.0)
    view = make()
    assert shown(view) is None and not button(view).isHidden()
    button(view).click()
    settle(view, qtbot)
    assert shown(view).step == 40 and view.plots_.contour.field.values.shape == (engine.POINTS, engine.POINTS)
    assert button(view).isHidden()


@pytest.fixture
def slow(monkeypatch):
    """Surfaces stand still half-way until they are let go on."""
    reached, go_on, values = threading.Event(), threading.Event(), engine.values

    def held(inside, where, x, y, points, tell):
        tell(0.5)
        reached.set()
        assert go_on.wait(20)
        return values(inside, where, x, y, points, tell)

    monkeypatch.setattr(engine, "values", held)
    yield reached, go_on
    go_on.set()


def test_progress_is_shown_and_cancel_ends_it_for_good(make, qtbot, slow):
    reached, go_on = slow
    view = make(settled=False)
    qtbot.waitUntil(lambda: reached.is_set() and view.bar._progress.value() == 50, timeout=20_000)
    assert view.bar.text() == "Computing the loss around step 40" and button(view).text() == "Cancel"
    button(view).click()
    assert view.survey.wish is None and view.bar._progress.isHidden()
    go_on.set()
    qtbot.waitUntil(lambda: not any(t.name == "optlab-task" for t in threading.enumerate()), timeout=20_000)
    view.refresh()
    settle(view, qtbot)
    assert shown(view) is None and button(view).text() == "Compute"
    button(view).click()
    settle(view, qtbot)
    assert shown(view).step == 40


def test_hidden_it_computes_nothing_and_seen_again_it_goes_on(make, qtbot, slow):
    reached, go_on = slow
    view = make(settled=False)
    qtbot.waitUntil(reached.is_set, timeout=20_000)
    view.hide()
    assert not view.busy
    go_on.set()
    qtbot.waitUntil(lambda: not any(t.name == "optlab-task" for t in threading.enumerate()), timeout=20_000)
    assert view.survey._done == {}
    view.show()
    view.refresh()
    settle(view, qtbot)
    assert shown(view).step == 40


def test_a_part_that_is_zoomed_into_is_computed_anew(make, qtbot):
    view = make()
    contour, whole = view.plots_.contour, shown(view)
    part = (0.0, whole.x[1] / 2), (0.0, whole.y[1] / 2)
    contour.zoom_to(*part)
    settle(view, qtbot)
    assert (contour.field.x, contour.field.y) == (contour.view.x, contour.view.y) == part
    entry = view.desk.selected
    fresh = engine.closer(Inside(entry.run, entry.batch), whole, *part, engine.FINE)
    np.testing.assert_array_equal(contour.field.values, fresh.values)
    contour.show_all()
    assert contour.field.x == whole.x
    settle(view, qtbot)
    assert contour.field.values.shape == (engine.FINE, engine.FINE)


def test_it_is_of_the_selected_run(make, qtbot):
    view = make({}, {"problem": {"width": 7}})
    assert view.plots_.contour.title == "Loss around step 40 · trial 0"
    view.desk.select(view.desk.entries[1].key)
    view.refresh()
    settle(view, qtbot)
    assert view.plots_.contour.title == "Loss around step 40 · trial 1"
    assert view.plots_.contour.trajectories[0].colour == view.desk.look(view.desk.entries[1]).colour


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_from_the_first_step_on_there_is_a_surface(make, qtbot, steps):
    view = make(steps=2, settled=False)
    view.desk.set_cursor(steps)
    view.refresh()
    settle(view, qtbot)
    assert shown(view).step == steps and np.isfinite(shown(view).values).all()


def test_before_a_run_it_says_what_to_do(make):
    view = make(ran=False)
    assert view.plots_.contour.empty_text == "Press Run to see it" and button(view).isHidden() and view.why_not() == ""


class Slope(Landscape):
    """A line.

    Source: none.
    """

    name, domain, at = "slope", ((-1.0, 1.0),), (0.5,)

    def terms(self, x):
        return x * x, 2 * x


class Abyss(Landscape):
    """Nowhere finite but where it starts.

    Source: none.
    """

    name, domain, at = "abyss", ((-1.0, 1.0), (-1.0, 1.0)), (0.5, 0.5)

    def evaluate(self, x, loss, grad):
        if len(x) > 1 and (x != 0.5).any():
            raise ValueError("do not look down")
        loss[:] = np.where((x == 0.5).all(axis=1), 0.0, np.inf)
        grad[:] = 0.0


def of_own_problem(make, qtbot, problem):
    view = make(ran=False)
    experiment = view.desk.document.experiment
    run(view.desk, replace(experiment, trials=tuple(replace(t, problem=problem) for t in experiment.trials)))
    view.refresh()
    settle(view, qtbot)
    return view


def test_one_parameter_has_no_plane(make, qtbot):
    view = of_own_problem(make, qtbot, Slope())
    assert (
        view.why_not() == view.plots_.contour.empty_text == "This problem has one parameter: no plane goes through it."
    )


def test_what_a_plugin_raises_is_a_sentence(make, qtbot):
    view = of_own_problem(make, qtbot, Abyss())
    assert view.bar.text() == "The surface cannot be computed: ValueError: do not look down"
    assert shown(view) is None


def test_other_runs_take_the_place(make, qtbot):
    view = make()
    run(view.desk, view.desk.document.experiment)
    view.desk.forget()
    view.reset()
    view.refresh()
    settle(view, qtbot)
    assert {wish.run for wish in view.survey._done} == {view.desk.entries[0].key}


def test_it_closes_without_leaks(make):
    view = make()
    survey = weakref.ref(view.survey)
    view.tools.deleteLater()
    view.deleteLater()
    del view
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
    gc.collect()
    assert survey() is None or not isValid(survey())
