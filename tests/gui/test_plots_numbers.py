"""What plots compute without a window: ticks, ranges, smoothing, labels, clipping, colours."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from optlab.gui.loss_plot import LossPlot
from optlab.gui.plots import gradient
from optlab.gui.plots.axis import Axis, Scale, power, reading, thousands, ticks
from optlab.gui.plots.curves import clipped
from optlab.gui.plots.labels import EndLabel, spread, thinned
from optlab.gui.plots.ranges import View, stretched, within
from optlab.gui.plots.sampling import end_of, extent, value_at
from optlab.gui.plots.smooth import smooth

LOG, STEPS, PLAIN = Axis(log=True), Axis(steps=True), Axis()
AREA = QRectF(10, 10, 100, 50)


def texts(axis: Axis, lo: float, hi: float, room: int = 6) -> list[str]:
    return [tick.text for tick in ticks(axis, lo, hi, room)]


def test_powers_of_ten_are_plain():
    assert [power(k) for k in (1, 0, -1, -12)] == ["10¹", "1", "10⁻¹", "10⁻¹²"]
    assert texts(LOG, -9, 1) == ["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "1"]


def test_steps_are_grouped_by_thin_spaces():
    assert thousands(1050) == "1\u2009050"
    assert texts(STEPS, 0, 1500, 4) == ["0", "500", "1\u2009000", "1\u2009500"]


@pytest.mark.parametrize("axis", [LOG, STEPS, PLAIN])
@settings(max_examples=100, deadline=None)
@given(lo=st.floats(-140, 140), span=st.floats(1e-3, 100), room=st.integers(2, 12))
def test_ticks_lie_in_the_range_ascend_and_differ(axis, lo, span, room):
    found = ticks(axis, lo, lo + span, room)
    at = [tick.at for tick in found]
    slack = 1e-5 * span + 1e-8  # far less than a pixel
    assert all(lo - slack <= a <= lo + span + slack for a in at)
    assert at == sorted(at) and len({tick.text for tick in found}) == len(found) <= 2 * room + 2


def test_a_low_plot_has_two_ticks_at_least():
    assert texts(PLAIN, -15.0, 8.0, 2) == ["−10", "0"]
    assert texts(STEPS, 0.0, 1.0, 2) == ["0", "1"]


def test_small_learning_rates_have_no_common_factor():
    assert texts(PLAIN, 0, 2e-5, 2) == ["0", "10⁻⁵", "2·10⁻⁵"]
    assert texts(PLAIN, 0, 0.012, 3) == ["0", "0.005", "0.010"]


def test_a_read_out_has_three_digits():
    assert [reading(v) for v in (2.1e-7, 0.12345, 105.06, math.nan)] == ["2.1e−07", "0.123", "105.1", "–"]


def test_a_range_grows_in_steps_only():
    wholes = {stretched(0.0, float(last), STEPS) for last in range(1, 10_001)}
    assert len(wholes) <= 45
    assert {stretched(-9.0, top, LOG) for top in np.linspace(-1.9, -0.2, 50)} == {(-10.0, 0.0)}


@pytest.mark.parametrize(("axis", "most"), [(LOG, 150), (PLAIN, 1e140), (STEPS, 1e12)])
@given(lo=st.floats(-1, 1), span=st.floats(0, 1))
def test_a_stretched_range_holds_its_data(axis, most, lo, span):
    lo, hi = lo * most, (lo + span) * most
    a, b = stretched(lo, hi, axis)
    assert a <= lo and hi <= b and a < b


def test_a_range_moved_into_a_limit_keeps_its_length():
    assert within((-2.0, 1.0), (0.0, 10.0)) == (0.0, 3.0)
    assert within((-50.0, 50.0), (0.0, 10.0)) == (0.0, 10.0)


def test_back_returns_through_the_ranges_before():
    view = View((0, 10), (0, 1))
    view.zoom((1, 5), None)
    view.zoom((2, 3), (0, 0.5))
    view.back()
    assert (view.x, view.y) == ((1, 5), (0, 1))
    view.back()
    view.back()
    assert view.x == (0, 10)


def test_smoothing_is_the_bias_corrected_running_mean():
    y, weight = np.random.default_rng(0).normal(size=300), 0.9
    mean, total = 0.0, []
    for t, value in enumerate(y, start=1):
        mean = weight * mean + (1 - weight) * value
        total.append(mean / (1 - weight**t))
    np.testing.assert_allclose(smooth(y, weight), total, rtol=1e-9)


def test_smoothing_on_a_log_axis_is_the_geometric_mean():
    y = np.tile([1e-6, 1.0], 400)
    assert smooth(y, 0.99)[-1] > 0.4
    assert 5e-4 < smooth(y, 0.99, log=True)[-1] < 2e-3


def test_smoothing_leaves_gaps_and_zeros_and_ignores_them():
    y = np.array([1.0, np.nan, 1.0, 0.0, 1.0])
    out = smooth(y, 0.9, log=True)
    assert np.isnan(out[1]) and out[3] == 0.0
    np.testing.assert_allclose(out[[0, 2, 4]], 1.0)


def test_no_smoothing_is_the_data():
    y = np.array([3.0, 1.0, 2.0])
    np.testing.assert_array_equal(smooth(y, 0.0), y)
    assert smooth(y, 1.0).shape == y.shape


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_spread_labels_never_overlap_or_leave_the_area(wanted):
    centres = spread(wanted, 15.0, 0.0, 300.0)
    ordered = sorted(centres)
    assert all(b - a >= 15.0 - 1e-6 for a, b in pairwise(ordered))
    assert ordered[0] >= 7.5 - 1e-6 and ordered[-1] <= 292.5 + 1e-6
    assert [centres[i] for i in np.argsort(wanted, kind="stable")] == ordered


def test_labels_with_room_stay_at_their_lines():
    assert spread([10.0, 100.0, 200.0], 15.0, 0.0, 300.0) == [10.0, 100.0, 200.0]


@pytest.mark.parametrize("count", [9, 13, 32, 50])
@pytest.mark.parametrize("room", [40.0, 130.0, 400.0])
def test_thinned_layers_fit_and_keep_the_first_and_the_last(count, room):
    labels = [EndLabel(f"W{i + 1}", "#ffffff", 0.0, room - room * i / (count - 1)) for i in range(count)]
    shown = [label.text for label in thinned(labels, 15.0, room)]
    assert shown[0] == "W1" and shown[-1] == f"W{count}" and len(shown) * 15.0 <= room + 15.0


def test_of_a_few_crowded_labels_the_lonely_ones_stay():
    heights = {"a": 10.0, "b": 12.0, "c": 60.0, "d": 11.0, "e": 13.0}
    labels = [EndLabel(text, "#ffffff", 0.0, y) for text, y in heights.items()]
    assert [label.text for label in thinned(labels, 15.0, 46.0)] == ["a", "c", "e"]
    assert len(thinned(labels, 15.0, 75.0)) == 5


def test_the_lonely_one_of_many_runs_keeps_its_label():
    labels = [EndLabel(f"run {i}", "#ffffff", 0.0, 3.0 * i if i != 6 else 390.0) for i in range(11)]
    assert "run 6" in [label.text for label in thinned(labels, 15.0, 60.0, few=24)]
    assert len(thinned(labels, 15.0, 400.0, LossPlot.few)) == 11


def test_a_clipped_line_stays_inside_and_keeps_its_course():
    x, y = clipped(np.array([0.0, 60.0, 200.0]), np.array([-100.0, 30.0, 500.0]), AREA)
    known = np.isfinite(x)
    assert (
        x[known].min() >= 10 and x[known].max() <= 110 and y[known].min() >= 10 - 1e-9 and y[known].max() <= 60 + 1e-9
    )
    np.testing.assert_allclose(np.interp(55.0, x[known], y[known]), -100 + 130 * 55 / 60)


def test_a_gap_stays_a_gap_when_clipped():
    x, y = clipped(np.array([20.0, 30.0, np.nan, 50.0, 500.0]), np.array([20.0, 20.0, np.nan, 20.0, 20.0]), AREA)
    assert np.isnan(x).any() and not np.isfinite(np.interp(40.0, x, y))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=40))
def test_no_clipped_point_lies_outside(points):
    x, y = clipped(*np.array(points).T, AREA)
    known = np.isfinite(x)
    assert np.all(
        (x[known] >= 10 - 1e-6) & (x[known] <= 110 + 1e-6) & (y[known] >= 10 - 1e-6) & (y[known] <= 60 + 1e-6)
    )


def test_a_scale_and_its_inverse_agree():
    scale = Scale(-9, 0, 200, 10, log=True)
    assert scale.value(scale.of(3e-5)) == pytest.approx(3e-5)
    assert scale.shows(1e-9) and not scale.shows(1e-10) and not scale.shows(0.0)


def test_a_value_between_distant_samples_is_interpolated_and_none_is_invented_outside():
    x, y = np.array([0.0, 100.0]), np.array([1.0, 3.0])
    assert value_at(x, y, 25.0) == 1.5 and math.isnan(value_at(x, y, 101.0))
    assert value_at(x, y, 0.0) == 1.0 and value_at(x, y, 100.0) == 3.0


def test_a_curve_that_ends_in_a_gap_ends_at_its_last_value():
    assert end_of(np.arange(4.0), np.array([1.0, 2.0, np.nan, np.nan]), 10.0) == (1.0, 2.0)


def test_zeros_and_infinities_do_not_stretch_a_log_axis():
    lo, hi = extent([np.array([0.0, 1e-5, 1.0, np.inf, np.nan])], True, 1e-300)
    assert (lo, hi) == (-5.0, 0.0)
    assert extent([np.array([np.nan])], False, 0.0) is None


def test_a_colour_map_begins_and_ends_with_its_stops():
    assert gradient.colours(("#3b0f70", "#de4968", "#fcfdbf"), 5)[::2] == ["#3b0f70", "#de4968", "#fcfdbf"]


def test_contrast_is_that_of_the_standard():
    assert gradient.contrast("#ffffff", "#000000") == pytest.approx(21.0)
