"""The compare strip: a column for every visible run, all on the same scales, grey where nothing was learned yet."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from optlab.engine.inside import Inside
from optlab.gui import layer_series as by_layer
from optlab.gui.layer_profile import FLOOR
from optlab.gui.picture import view_picture
from optlab.gui.plots import gradient
from optlab.gui.plots.heatmap import HeatMap
from optlab.gui.plots.plane import GREY, PlanePlot
from optlab.gui.theme import load_theme

MOONS = {"name": "moons", "hidden": 2, "width": 5, "points": 60, "batch": 20}
RELU = {"problem": MOONS, "optimizer": {"name": "sgd", "lr": 0.1}}
SICK = {
    "problem": {**MOONS, "hidden": 8, "activation": "sigmoid", "init": "xavier"},
    "optimizer": {"name": "momentum", "lr": 0.01},
}
DIGITS = {"problem": {"name": "digits", "hidden": 1, "width": 8}, "optimizer": {"name": "adam", "lr": 0.01}}
RAVINE = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd", "lr": 0.01}}
CIGAR = {"problem": {"name": "cigar", "dim": 4}, "optimizer": {"name": "sgd", "lr": 1e-6}}


@pytest.fixture
def ran(panel_of, run):
    def made(*trials, size=(1000, 600), **top):
        panel = panel_of("compare", *trials, **top)
        panel.resize(*size)
        run(panel)
        return panel

    return made


def kinds(panel):
    return [type(plot).__name__ for plot in panel.answers.shown]


def test_every_visible_run_has_a_column_headed_by_its_name_in_its_colour_with_its_rate(ran):
    panel = ran(RELU, SICK)
    desk = panel.desk
    heads = panel.columns.heads.heads
    assert [(h.label, h.colour) for h in heads] == [("trial 0", desk.theme.runs[0]), ("trial 1", desk.theme.runs[1])]
    assert [h.note for h in heads] == ["lr 0.1", "lr 0.01"] and [h.chosen for h in heads] == [True, False]
    desk.entries[0].visible = False
    panel.refresh()
    assert [len(row.shown) for row in panel.slides()] == [1, 1, 1]
    assert panel.columns.heads.heads[0].label == "trial 1"


def test_maps_and_bars_hold_the_norms_of_their_own_run(ran):
    panel = ran(RELU, SICK)
    for entry, plot, profile in zip(panel.desk.entries, panel.maps.shown, panel.bars.shown, strict=True):
        layers = by_layer.names(entry, by_layer.GRAD)
        assert plot.labels == layers == list(profile.labels)
        np.testing.assert_allclose(plot.values[-1], entry.run.norms(30)[::2])
        (bars,) = profile.bars
        assert bars.values.tolist() == entry.run.norms(30)[::2].tolist()


def test_one_colour_and_one_height_mean_the_same_in_all_columns(ran):
    panel = ran(RELU, SICK)
    values = np.concatenate([plot.values.ravel() for plot in panel.maps.shown])
    (levels,) = {plot.levels for plot in panel.maps.shown}
    assert levels[0] <= values[values > 0].min() and values.max() <= levels[1]
    assert panel.maps.scale.levels == levels
    spans = {(plot._range, plot.floor, plot.frame_.y) for plot in panel.bars.shown}
    assert len(spans) == 1 and panel.bars.shown[0].floor == FLOOR
    assert len({plot.view.whole_x for plot in panel.maps.shown}) == 1


def test_zooming_one_map_zooms_all_and_so_does_one_plane(ran, show):
    panel = ran(RELU, SICK)
    panel.maps.shown[0].zoom_to((5.0, 12.0), None)
    panel.answers.shown[1].zoom_to((0.0, 1.0), (0.0, 1.0))
    show(panel)
    assert {plot.view.x for plot in panel.maps.shown} == {(5.0, 12.0)}
    assert {plot.ground.x for plot in panel.answers.shown} == {(0.0, 1.0)}


def test_pictures_are_what_the_networks_answer_at_the_cursor(ran, show):
    panel = ran(RELU, SICK)
    for step in (7, None):
        panel.desk.set_cursor(step)
        show(panel)
        for entry, plot in zip(panel.desk.entries, panel.answers.shown, strict=True):
            _, probe = Inside(entry.run, entry.batch).probe(step)
            share = probe.scores(test=True)["accuracy"][0]
            assert plot.note == f"accuracy {share:.1%}" and plot.ground is not None
        rows = [(bars.bars[0].values.tolist(), step if step is not None else 30) for bars in panel.bars.shown]
        assert rows == [
            (e.run.norms(at)[::2].tolist(), at) for e, (_, at) in zip(panel.desk.entries, rows, strict=True)
        ]
        assert {plot.at_step for plot in panel.maps.shown} == {step}


def test_a_picture_is_grey_with_the_data_on_it_before_the_first_step(ran, show):
    panel = ran(RELU)
    panel.desk.set_cursor(0)
    show(panel)
    (plot,) = panel.answers.shown
    assert plot.ground is None and plot.has_data() and plot.note == "nothing learned yet"
    image, theme, area = plot.grab().toImage(), panel.desk.theme, plot.frame_.area
    grey = gradient.mix(theme.plot, theme.muted, GREY)
    colours = {image.pixelColor(x, y).name() for x in range(int(area.left()) + 2, int(area.right()) - 2, 2)
               for y in range(int(area.top()) + 2, int(area.bottom()) - 2, 2)}  # fmt: skip
    assert image.pixelColor(int(area.left()) + 3, int(area.top()) + 3) == QColor(grey)
    assert {theme.classes[0], theme.classes[1], grey} <= colours
    panel.desk.set_cursor(1)
    show(panel)
    assert plot.ground is not None


def test_a_run_without_steps_is_grey_too_and_its_bars_stand(ran):
    panel = ran(RELU, steps=1)
    panel.desk.set_cursor(0)
    panel.refresh()
    assert panel.answers.shown[0].blank and panel.bars.shown[0].has_data() and panel.maps.shown[0].has_data()


def test_landscapes_show_the_way_of_their_run_alone(ran, show):
    panel = ran(RAVINE, {**RAVINE, "optimizer": {"name": "adam", "lr": 0.1}})
    panel.desk.set_cursor(12)
    show(panel)
    assert kinds(panel) == ["LandscapePlot", "LandscapePlot"] and panel.slides() == [panel.answers]
    assert not panel.maps.isVisibleTo(panel) and not panel.bars.isVisibleTo(panel)
    for entry, plot in zip(panel.desk.entries, panel.answers.shown, strict=True):
        (way,) = plot.trajectories
        assert way.colour == panel.desk.look(entry).colour and plot.at_step == 12
        np.testing.assert_array_equal(way.x, entry.run.column("x"))
        assert plot.field is panel.answers.shown[0].field  # computed once


def test_what_has_no_picture_shows_its_loss_on_one_axis(ran):
    panel = ran(DIGITS, {**DIGITS, "optimizer": {"name": "sgd", "lr": 1e-6}})
    assert kinds(panel) == ["LossFacet", "LossFacet"]
    assert len({plot.view.whole_y for plot in panel.answers.shown}) == 1
    first, second = panel.answers.shown
    assert first.curves[0].y.tolist() != second.curves[0].y.tolist()
    panel = ran(CIGAR)
    assert kinds(panel) == ["LossFacet"] and panel.slides() == [panel.answers]


def test_runs_of_all_kinds_stand_side_by_side_and_what_has_no_layers_says_so(ran):
    panel = ran(RELU, RAVINE, DIGITS)
    assert kinds(panel) == ["PlanePlot", "LandscapePlot", "LossFacet"] and panel.slides()[1:] == [
        panel.maps,
        panel.bars,
    ]
    assert [plot.has_data() for plot in panel.maps.shown] == [plot.has_data() for plot in panel.bars.shown] == [
        True, False, True]  # fmt: skip
    assert panel.maps.shown[1].empty_text == panel.bars.shown[1].empty_text == "This problem has no layers."


def test_a_run_that_failed_says_why(ran, monkeypatch, panel_of, run):
    panel = panel_of("compare", RELU)
    monkeypatch.setattr(type(panel.desk.document.part("problem")), "data", lambda self, rng: 1 / 0)
    run(panel)
    assert "ZeroDivisionError" in panel.answers.shown[0].empty_text


def test_before_a_run_it_says_what_to_do_and_so_it_does_when_none_is_shown(panel_of, run):
    panel = panel_of("compare", RELU)
    assert panel.answers.shown[0].empty_text == "Press Run to see it" and panel.columns.heads.heads == []
    run(panel)
    panel.desk.entries[0].visible = False
    panel.refresh()
    assert panel.answers.shown[0].empty_text == "No run is shown."


def test_more_runs_than_have_room_are_scrolled_to_and_the_selected_one_comes_into_sight(ran):
    panel = ran(*(RELU for _ in range(12)), size=(700, 500), steps=3)
    heads, bar = panel.columns.heads, panel.columns.pages
    fits = len(heads.heads)
    assert 3 <= fits < 12 and bar.isVisible() and bar.maximum() == 12 - fits
    bar.setValue(2)
    assert heads.heads[0].label == "trial 2" and panel.maps.shown[0].title.startswith("trial 2 ")
    panel.desk.select(panel.desk.entries[11].key)
    panel.refresh()
    assert heads.heads[-1].label == "trial 11" and heads.heads[-1].chosen
    panel.resize(2400, 500)
    QApplication.processEvents()
    assert len(heads.heads) == 12 and not bar.isVisible()


def test_a_click_on_a_name_selects_the_run(ran, qtbot):
    panel = ran(RELU, SICK)
    heads = panel.columns.heads
    at = QPointF(heads.width() - 20.0, 8.0)
    press = QMouseEvent(QEvent.Type.MouseButtonPress, at, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton,
                        Qt.KeyboardModifier.NoModifier)  # fmt: skip
    QApplication.sendEvent(heads, press)
    assert panel.desk.selected is panel.desk.entries[1]


def test_what_is_not_seen_costs_nothing(ran, show, monkeypatch):
    panel = ran(RELU, SICK)
    panel.desk.set_stage(("bars",))
    panel.stage()
    assert not panel.maps.isVisible() and panel.columns.heads.isVisible()
    touched = []
    monkeypatch.setattr(HeatMap, "set_data", lambda *args, **kwargs: touched.append(args))
    monkeypatch.setattr(PlanePlot, "set_run", lambda *args: touched.append(args))
    panel.desk.set_cursor(3)
    show(panel)
    assert touched == [] and panel.bars.shown[0].title.endswith("at step 3")


def test_a_lesson_chooses_rows_and_a_hall_sees_one_after_the_other(ran):
    panel = ran(RELU, SICK)
    panel.desk.set_stage(("answers", "bars"))
    panel.stage()
    assert [row.isVisible() for row in (panel.answers, panel.maps, panel.bars)] == [True, False, True]
    panel.desk.set_stage(None)
    panel.desk.projected = True
    seen = []
    for panel.desk.slide in range(4):
        panel.stage()
        seen.append([row.isVisible() for row in (panel.answers, panel.maps, panel.bars)].index(True))
        assert panel.columns.heads.isVisible()
    assert seen == [0, 1, 2, 0]


def test_a_picture_of_one_plot_has_what_stands_beside_it_on_the_screen(ran):
    panel = ran(RELU)
    (heat,), (bars,) = panel.maps.shown, panel.bars.shown
    for plot in (heat, bars):
        assert plot.title.startswith("trial 0") and plot.heading == ""
        with plot._by_itself():
            assert plot.heading == plot.title and not plot.bare
        assert plot.frame_.plan.no_y
        assert plot.picture(600, 300) != plot.grab().toImage().scaled(600, 300)
    assert set(heat.table()) == {"step", "layer", "norm of ∂L/∂W"} and len(bars.table()["run"]) == 3
    image = view_picture(panel, "all", 900, 500, 96, panel.desk.theme)
    assert len({image.pixel(x, y) for x in range(0, 900, 9) for y in range(0, 500, 9)}) > 20


def test_a_plot_that_is_made_later_is_exported_and_dressed_like_the_others(ran, qtbot):
    panel = ran(RELU)
    asked = []
    panel.desk.export_requested.connect(lambda plot, kind: asked.append((plot, kind)))
    for row in panel.slides():
        row.shown[0].export_requested.emit("svg")
    assert asked == [(row.shown[0], "svg") for row in panel.slides()]
    panel.desk.set_theme(load_theme("light"), 1.875)
    panel.restyle()
    assert {(p.style_.theme.name, p.style_.stroke) for row in panel.slides() for p in row.shown} == {("light", 1.875)}


@pytest.mark.parametrize("trials", [[RELU], [RELU, SICK, RAVINE, DIGITS]], ids=["one", "several"])
def test_it_shows_runs_before_amid_and_after(ran, trials, show):
    panel = ran(*trials, steps=3)
    for step in (0, 1, 3, None):
        panel.desk.set_cursor(step)
        show(panel)
        assert len(panel.answers.shown) == len(trials) and all(plot.has_data() for plot in panel.answers.shown)


def test_it_closes_without_leaks(ran):
    panel = ran(RELU, RAVINE)
    strip, lookout = weakref.ref(panel.columns), panel.desk.lookout
    panel.tools.deleteLater()
    panel.deleteLater()
    del panel
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert strip() is None or not isValid(strip())
    assert not lookout.busy
