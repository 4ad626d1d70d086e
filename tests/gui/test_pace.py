"""The pace goes in rising order from one step a second to flat out, with the experiment's own time in its place."""

import math
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from optlab.gui.pace import Pace


@pytest.fixture
def pace(qtbot):
    made = Pace()
    qtbot.addWidget(made)
    made.show()
    return made


def test_own_time_is_taken_and_shown(pace, qtbot):
    with qtbot.waitSignal(pace.rate_changed) as changed:
        pace.set_play(20, 1500)
    assert changed.args == [75.0]
    assert pace._value.text() == "20 s"


def test_slider_rises_from_one_step_to_flat_out(pace):
    pace.set_play(20, 1500)
    rates = []
    for value in range(pace._slider.maximum() + 1):
        pace._slider.setValue(value)
        rates.append(pace.rate)
    assert rates[0] == 1
    assert math.isinf(rates[-1])
    assert 75 in rates
    assert all(a < b for a, b in pairwise(rates))


def test_experiment_without_a_time_plays_flat_out(pace):
    pace.set_play(20, 1500)
    pace.set_play(None, 1500)
    assert math.isinf(pace.rate)
    assert pace._value.text() == "flat out"


def test_run_without_an_end_has_a_finite_own_pace(pace):
    pace.set_play(20, 0)
    assert math.isfinite(pace.rate)


def test_other_number_of_steps_keeps_the_own_time(pace):
    pace.set_play(20, 1500)
    pace.set_play(20, 3000)
    assert (pace.rate, pace._value.text()) == (150, "20 s")


def test_chosen_pace_survives_another_number_of_steps(pace, qtbot):
    pace.set_play(20, 1500)
    qtbot.keyClick(pace._slider, Qt.Key.Key_Home)
    pace.set_play(20, 3000)
    assert (pace.rate, pace._value.text()) == (1, "1 step/s")


def test_remembered_rate_goes_to_the_nearest_stop(pace):
    pace.set_rate(180)
    assert pace.rate == 200
    pace.set_rate(math.inf)
    assert math.isinf(pace.rate)


def test_text_keeps_its_width(pace):
    pace.set_play(20, 1500)
    widths = set()
    for value in range(pace._slider.maximum() + 1):
        pace._slider.setValue(value)
        widths.add(pace._value.width())
        assert pace._value.fontMetrics().horizontalAdvance(pace._value.text()) <= pace._value.width()
    assert len(widths) == 1


def test_each_move_is_told_once_ten_thousand_times(pace):
    told = []
    pace.rate_changed.connect(told.append)
    for number in range(10_000):
        pace._slider.setValue(number % 2)
    assert len(told) == 10_000


def test_same_pace_is_not_told_again(pace, qtbot):
    pace.set_play(20, 1500)
    with qtbot.assertNotEmitted(pace.rate_changed):
        pace.set_play(20, 1500)
        pace.set_rate(75)
