"""Gradient flow: the profile of all runs with its factor per layer, and series that are recorded or measured."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from optlab.engine.inside import Inside
from optlab.gui import layer_series as by_layer
from optlab.gui.layer_profile import FLOOR

SIGMOID = {
    "problem": {"name": "circles", "hidden": 8, "width": 8, "activation": "sigmoid", "batch": 32},
    "optimizer": {"name": "momentum", "lr": 0.01},
}
RELU = {**SIGMOID, "problem": {**SIGMOID["problem"], "activation": "relu", "init": "he", "hidden": 3}}
CLIPPED = {**RELU, "gradient": {"clip_norm": 0.01}}
ELMAN = {"problem": {"name": "adding", "length": 12, "units": 6}, "optimizer": {"name": "sgd", "lr": 0.01}}
RAVINE = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd", "lr": 0.01}}


@pytest.fixture
def choose(show):
    """As the user does."""

    def chosen(panel, series):
        choice = panel.layers.series
        choice.setCurrentIndex(choice.findData(series))
        choice.activated.emit(choice.currentIndex())
        show(panel)

    return chosen


def test_the_profile_shows_every_run_with_its_factor_per_layer(panel_of, run):
    panel = panel_of("gradient_flow", SIGMOID, RELU)
    run(panel)
    sick, healthy = panel.bars.bars
    first, second = (entry.run for entry in panel.desk.entries)
    assert sick.values.tolist() == first.norms(30)[::2].tolist() and panel.bars.labels == list(first.layers[::2])
    assert healthy.values.tolist() == second.norms(30)[::2].tolist()
    factor = float(sick.label.removeprefix("trial 0 · ×"))
    assert 0.1 < factor < 0.5  # σ′ is at most 1/4
    assert sick.trend.label == f"← ×{factor:.2g} per layer" and healthy.trend is None
    ends = sick.trend.end - sick.trend.start
    assert 10 ** (-ends / 8) == pytest.approx(factor, rel=0.1)
    panel.desk.select(panel.desk.entries[1].key)
    panel.refresh()
    assert [bars.trend is None for bars in panel.bars.bars] == [True, False]


def test_the_line_is_the_least_squares_line_of_the_logarithms():
    assert by_layer.slope(1e-3 * 0.5 ** np.arange(9.0)) == pytest.approx((-3, np.log10(0.5)))
    holes = np.array([0.0, 1e-5, np.nan, 1e-3, 1e-2, np.inf])
    assert by_layer.slope(holes) == pytest.approx((-6, 1))
    assert by_layer.slope(np.array([0.0, 1.0, 2.0])) is None


def test_what_clipping_took_away_is_pale(panel_of, run, choose):
    panel = panel_of("gradient_flow", CLIPPED, RELU)
    run(panel)
    clipped, free = panel.bars.bars
    recorded = panel.desk.entries[0].run
    assert clipped.whole.tolist() == recorded.norms(30)[::2].tolist() and free.whole is None
    assert clipped.values.tolist() == recorded.norms(30, "clipped_norm")[::2].tolist()
    assert (clipped.values < clipped.whole).all()
    assert " → " in panel.bars.readings(0)[0].text
    choose(panel, by_layer.CLIPPED)
    assert panel.bars.bars[0].whole is None and np.isnan(panel.bars.bars[1].values).all()


def test_a_recurrent_network_shows_its_time_steps_first(panel_of, run):
    panel = panel_of("gradient_flow", ELMAN)
    run(panel)
    assert panel.layers.series.currentData() == by_layer.HIDDEN
    assert panel.bars.labels == panel.map.labels == [f"t{t}" for t in range(1, 13)]
    assert panel.bars.x_axis.title == "time step, first → last" and not panel.layers.biases.isEnabled()
    entry = panel.desk.selected
    steps, values = Inside(entry.run, entry.batch).series(by_layer.HIDDEN, budget=60)
    np.testing.assert_array_equal(panel.bars.bars[0].values, values[-1])
    np.testing.assert_array_equal(panel.map.values, values)
    assert panel.norms.curves[0].label == "t1" and panel.norms.curves[0].x.tolist() == steps.tolist()
    assert "per time step" in panel.norms.title and panel.bars.bars[0].trend.label.endswith("per time step")


def test_what_the_user_chose_stays(panel_of, run, choose):
    panel = panel_of("gradient_flow", ELMAN)
    run(panel)
    choose(panel, by_layer.GRAD)
    run(panel)
    assert panel.layers.series.currentData() == by_layer.GRAD
    assert panel.bars.labels == ["W_in", "W_rec", "W_out"]


@pytest.mark.parametrize("series", by_layer.MEASURED)
def test_measured_series_are_those_of_the_step_at_the_cursor(panel_of, series, run, show, choose):
    panel = panel_of("gradient_flow", RELU)
    run(panel)
    choose(panel, series)
    panel.desk.set_cursor(11)
    show(panel)
    entry = panel.desk.selected
    _, values = Inside(entry.run, entry.batch).series(series, budget=60)
    wanted = values[11] if series == by_layer.HIDDEN else values[11, ::2]
    np.testing.assert_array_equal(panel.bars.bars[0].values, wanted)
    assert panel.bars.title.endswith("at step 11") and len(panel.norms.curves) == len(wanted)
    assert panel.norms.y_axis.title == panel.bars.y_axis.title == by_layer.axis_title(series)


def test_at_the_end_the_last_update_is_shown_for_no_step_followed(panel_of, run, choose):
    panel = panel_of("gradient_flow", RELU)
    run(panel)
    choose(panel, by_layer.RATIO)
    assert panel.bars.title == "Update / weight at step 29"
    assert panel.bars.bars[0].values.tolist() == panel.desk.selected.run.norms(29, "update_ratio")[::2].tolist()


def test_only_series_that_a_run_has_are_offered(panel_of, run, choose):
    panel = panel_of("gradient_flow", RELU, CLIPPED, RAVINE)
    run(panel)
    found = [by_layer.offered(entry) for entry in panel.desk.entries]
    every = list(by_layer.titles())
    assert found == [[n for n in every if n != by_layer.CLIPPED], every, ["grad_norm", "update_ratio", "param_norm"]]
    choose(panel, by_layer.NOISE)
    panel.desk.select(panel.desk.entries[2].key)
    panel.refresh()
    assert panel.layers.series.currentData() == by_layer.GRAD


def test_the_other_runs_can_be_left_out(panel_of, run):
    panel = panel_of("gradient_flow", SIGMOID, RELU)
    run(panel)
    (band,) = panel.norms.bands
    second = panel.desk.entries[1]
    assert band.colour == panel.desk.look(second).colour and (band.lo < band.hi).all()
    panel.layers.others.setChecked(False)
    assert len(panel.bars.bars) == 1 and panel.norms.bands == []


def test_the_axis_reaches_down_to_the_smallest_value_and_stays_there(panel_of, run):
    panel = panel_of("gradient_flow", SIGMOID)
    run(panel)
    least = panel.desk.entries[0].run.norms(30)[::2].min()
    floor = panel.bars.floor
    assert 0.01 * least < floor < least and not any("▼" in r.text for r in panel.bars.readings(0))
    panel.desk.set_cursor(0)
    panel.refresh()
    assert panel.bars.floor <= floor
    small = panel_of("training", SIGMOID)
    run(small)
    assert small.bars.floor == FLOOR


def test_a_seed_that_is_looked_at_stands_for_its_trial(panel_of, run):
    panel = panel_of("gradient_flow", RELU, seeds=[0, 1])
    run(panel)
    panel.desk.select(panel.desk.entries[1].key)
    panel.refresh()
    (bars,) = panel.bars.bars
    assert bars.values.tolist() == panel.desk.entries[1].run.norms(30)[::2].tolist() and bars.trend is not None


@pytest.mark.parametrize("trials", [[RELU], [SIGMOID, RELU, CLIPPED, ELMAN]], ids=["one", "several"])
@pytest.mark.parametrize("name", ["gradient_flow", "training"])
def test_it_shows_runs_of_different_layers_before_amid_and_after(panel_of, trials, name, run, show, choose):
    panel = panel_of(name, *trials)
    show(panel)
    assert panel.bars.bars == [] and not panel.norms.has_data() and panel.bars.empty_text == "Press Run to see it"
    run(panel)
    for entry in panel.desk.entries:
        panel.desk.select(entry.key)
        for series in by_layer.offered(entry):
            choose(panel, series)
            for step in (0, 1, None):
                panel.desk.set_cursor(step)
                show(panel)
                assert panel.bars.has_data() and panel.norms.has_data() and panel.map.has_data(), (series, step)


def test_what_has_no_layers_is_said(panel_of, run):
    panel = panel_of("gradient_flow", RAVINE)
    assert panel.why_not() == panel.bars.empty_text != ""
    run(panel)
    assert not panel.bars.has_data() and not panel.norms.has_data()
    assert panel_of("gradient_flow", RELU).why_not() == ""


def test_a_run_that_failed_says_why(panel_of, monkeypatch, run, choose):
    panel = panel_of("gradient_flow", RELU)
    cls = type(panel.desk.document.part("problem"))
    monkeypatch.setattr(cls, "data", lambda self, rng: 1 / 0)
    run(panel)
    choose(panel, by_layer.HIDDEN)
    assert "ZeroDivisionError" in panel.bars.empty_text


def test_it_closes_without_leaks(panel_of, run):
    panel = panel_of("gradient_flow", RELU)
    run(panel)
    plots, lookout = weakref.ref(panel.layers), panel.desk.lookout
    panel.tools.deleteLater()
    panel.deleteLater()
    del panel
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert plots() is None or not isValid(plots())
    assert not lookout.busy
