"""The Layers view: what hidden layers hold at the cursor and over steps, as looking into the run says."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from optlab.engine.inside import Inside
from optlab.gui.layer_portraits import BINS, DEAD, MEAN, SATURATED, Bins
from optlab.gui.theme import load_theme as load
from optlab.nets.portrait import Portrait, quantiles, shares

SIGMOID = {
    "problem": {"name": "circles", "hidden": 6, "width": 8, "activation": "sigmoid", "batch": 32},
    "optimizer": {"name": "momentum", "lr": 0.01},
}
RELU = {**SIGMOID, "problem": {**SIGMOID["problem"], "activation": "relu", "init": "he", "hidden": 1}}
DEEP = {**SIGMOID, "problem": {**SIGMOID["problem"], "activation": "tanh", "hidden": 100}}
LINEAR = {**SIGMOID, "problem": {**SIGMOID["problem"], "hidden": 0}}
ELMAN = {"problem": {"name": "adding", "length": 12, "units": 6}, "optimizer": {"name": "sgd", "lr": 0.01}}
RAVINE = {"problem": {"name": "ravine"}, "optimizer": {"name": "sgd", "lr": 0.01}}


def hidden(entry, step):
    """The hidden layers at a step, looked at anew."""
    return Inside(entry.run, entry.batch).probe(step)[1].bound.hidden()


def choose(plots, name):
    plots.shown.setCurrentIndex(plots.shown.findData(name))


def test_histograms_are_those_of_the_step_at_the_cursor(panel_of, run, show):
    panel = panel_of("layers", SIGMOID)
    run(panel)
    panel.desk.set_cursor(7)
    show(panel)
    plots = panel.portraits
    for kind, of in (("values", lambda h: h.value), ("grads", lambda h: np.log10(np.abs(h.grad)))):
        ridges = plots.ridges[kind]
        assert [row.label for row in ridges.rows] == [f"h{k}" for k in range(1, 7)]
        for row, layer in zip(ridges.rows, hidden(panel.desk.selected, 7), strict=True):
            wanted = np.histogram(of(layer), ridges.edges)[0] / layer.value.size
            np.testing.assert_allclose(row.shares, wanted, atol=0.02)
        assert ridges.title.endswith("at step 7")
    first = hidden(panel.desk.selected, 7)[0]
    row = plots.ridges["values"].rows[0]
    assert (row.mean, row.spread) == pytest.approx((first.value.mean(), first.value.std()))


def test_vanishing_gradients_wander_to_the_left_from_the_output_to_the_input(panel_of, run):
    panel = panel_of("layers", SIGMOID)
    run(panel)
    rows = panel.portraits.ridges["grads"].rows
    places = [float(row.shares @ np.arange(BINS)) for row in rows]
    assert places == sorted(places) and places[-1] - places[0] > 10


def test_a_click_on_a_row_shows_that_layer_over_steps(panel_of, run, show):
    panel = panel_of("layers", SIGMOID)
    run(panel)
    plots = panel.portraits
    plots.ridges["grads"].row_selected.emit(4)
    show(panel)
    assert plots.ridges["values"].selected == plots.ridges["grads"].selected == 4
    for kind in ("values", "grads"):
        assert " of h5 · trial 0" in plots.maps[kind].title and len(plots.maps[kind].steps) == 31
        final = np.nan_to_num(plots.maps[kind].values[-1])
        np.testing.assert_allclose(final, np.where(final > 0, plots.ridges[kind].rows[4].shares, 0))
    assert [curve.width for curve in plots.shares.curves].index(2.6) == 4


def test_lines_are_shares_of_every_layer_and_the_mean_has_a_band(panel_of, run):
    panel = panel_of("layers", RELU)
    run(panel)
    plots = panel.portraits
    inside = Inside(panel.desk.selected.run, panel.desk.selected.batch)
    for name in (SATURATED, DEAD, "activation_mean"):
        choose(plots, name.removeprefix("activation_"))
        (curve,) = plots.shares.curves
        steps, values = inside.series(name, budget=60)
        assert curve.label == "h1" and curve.x.tolist() == steps.tolist()
        np.testing.assert_allclose(curve.y, values[:, 0])
    (band,) = plots.shares.bands
    spread = inside.series("activation_spread", budget=60)[1][:, 0]
    np.testing.assert_allclose(band.hi - band.lo, 2 * spread)
    assert plots.shares.y_axis.title == "output h" and MEAN == "mean"


@pytest.mark.parametrize("trials", [[RELU], [DEEP], [SIGMOID, RELU, ELMAN]], ids=["one layer", "100", "several"])
def test_it_shows_runs_of_different_layers_before_amid_and_after(panel_of, run, show, trials):
    panel = panel_of("layers", *trials, steps=4)
    plots = panel.portraits
    every = (*plots.ridges.values(), *plots.over_steps)
    assert not any(plot.has_data() for plot in every) and {p.empty_text for p in every} == {"Press Run to see it"}
    run(panel)
    for entry, trial in zip(panel.desk.entries, trials, strict=True):
        panel.desk.select(entry.key)
        for step in (0, 1, None):
            panel.desk.set_cursor(step)
            show(panel)
            assert all(plot.has_data() for plot in every)
            assert plots.ridges["values"].title.endswith(f"at step {4 if step is None else step}")
            assert len(plots.ridges["values"].rows) == trial["problem"].get("hidden", 12)


@pytest.mark.parametrize("trial", [RAVINE, LINEAR], ids=["landscape", "linear"])
def test_what_has_no_hidden_layers_is_said(panel_of, run, trial):
    panel = panel_of("layers", trial)
    assert panel.why_not() == panel.portraits.shares.empty_text == "This problem has no hidden layers to look into."
    run(panel)
    assert panel.why_not() and not panel.portraits.shares.has_data()


def test_a_run_that_failed_says_why(panel_of, monkeypatch, run):
    panel = panel_of("layers", RELU)
    monkeypatch.setattr(type(panel.desk.document.part("problem")), "data", lambda self, rng: 1 / 0)
    run(panel)
    assert "ZeroDivisionError" in panel.portraits.shares.empty_text


def test_nothing_is_drawn_again_between_two_snapshots(panel_of, run):
    panel = panel_of("layers", RELU)
    run(panel)
    rows = panel.portraits.ridges["values"].rows
    panel.refresh()
    assert panel.portraits.ridges["values"].rows is rows
    panel.desk.set_cursor(3)
    panel.refresh()
    assert panel.portraits.ridges["values"].rows is not rows


def portrait(width):
    values = quantiles(np.linspace(-width, width, 999))[None]
    one = np.zeros(1)
    return Portrait(("h1",), values, values, one, one, one, one, one)


def test_bins_reach_over_all_steps_but_those_of_a_run_that_diverges():
    bins = Bins("values")
    usual = [portrait(1.0), portrait(1.3), portrait(0.8)]
    wild = portrait(1e18)
    bins.take_in([*usual, wild])
    assert -1.6 < bins.edges[0] < -1.25 and 1.25 < bins.edges[-1] < 1.6
    rows, edges = bins.ridges(wild, load("dark"))
    assert edges[-1] > 9e17 and rows[0].shares.sum() > 0.95
    np.testing.assert_array_equal(bins.ridges(usual[0], load("dark"))[1], bins.edges)
    for each in usual:
        assert shares(each.values, bins.edges).sum() > 0.95


def test_bins_of_layers_that_hold_one_value_have_a_width():
    bins = Bins("values")
    bins.take_in([portrait(0.0)])
    assert np.diff(bins.edges).min() > 0 and shares(portrait(0.0).values, bins.edges).sum() == pytest.approx(1)


def test_it_closes_without_leaks(panel_of, run):
    panel = panel_of("layers", RELU)
    run(panel)
    plots, lookout = weakref.ref(panel.portraits), panel.desk.lookout
    panel.tools.deleteLater()
    panel.deleteLater()
    del panel
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert plots() is None or not isValid(plots())
    assert not lookout.busy
