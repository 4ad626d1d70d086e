"""The scrubber reaches what is recorded, follows the newest step while it is there, and keeps its width."""

import pytest
from PySide6.QtCore import QPoint, Qt

from optlab.gui.scrubber import Scrubber


@pytest.fixture
def scrubber(qtbot):
    made = Scrubber()
    qtbot.addWidget(made)
    made.resize(800, 24)
    made.show()
    return made


def test_text_says_step_and_total_in_groups(scrubber):
    scrubber.set_range(1050, 1500)
    assert scrubber._value.text().replace("\u00a0", " ") == "1 050 of 1 500"


def test_cursor_follows_the_newest_step(scrubber, qtbot):
    with qtbot.assertNotEmitted(scrubber.moved):
        for recorded in (1, 10, 100):
            scrubber.set_range(recorded, 1500)
    assert (scrubber.step, scrubber.follow) == (100, True)


def test_moved_cursor_stays_where_it_is(scrubber, qtbot):
    scrubber.set_range(100, 1500)
    with qtbot.waitSignal(scrubber.moved) as moved:
        qtbot.keyClick(scrubber._slider, Qt.Key.Key_Left)
    assert moved.args == [99]
    scrubber.set_range(200, 1500)
    assert (scrubber.step, scrubber.follow) == (99, False)


def test_end_key_sticks_to_the_newest_again(scrubber, qtbot):
    scrubber.set_range(100, 1500)
    qtbot.keyClick(scrubber._slider, Qt.Key.Key_Home)
    assert scrubber.step == 0
    qtbot.keyClick(scrubber._slider, Qt.Key.Key_End)
    assert (scrubber.step, scrubber.follow) == (100, True)
    scrubber.set_range(101, 1500)
    assert scrubber.step == 101


def test_shift_and_arrow_step_by_ten(scrubber, qtbot):
    scrubber.set_range(100, 1500)
    qtbot.keyClick(scrubber._slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert scrubber.step == 90


def test_click_on_the_groove_goes_there(scrubber, qtbot):
    scrubber.set_range(1500, 1500)
    slider = scrubber._slider
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert abs(scrubber.step - 750) < 20


def test_steps_to_come_cannot_be_reached(scrubber, qtbot):
    scrubber.set_range(100, 1500)
    slider = scrubber._slider
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert scrubber.step == 100
    assert slider.value() == 100


def test_shorter_history_takes_the_cursor_along(scrubber):
    scrubber.set_range(1000, 1500)
    scrubber.set_step(900)
    scrubber.set_range(50, 1500)
    assert scrubber.step == 50


def test_run_without_an_end_grows(scrubber):
    scrubber.set_range(70, 0)
    assert (scrubber.step, scrubber._value.text()) == (70, "70 of 70")


def test_width_of_the_text_is_that_of_the_total(scrubber):
    widths = set()
    for recorded in (1, 99, 1111, 1500):
        scrubber.set_range(recorded, 1500)
        widths.add(scrubber._value.width())
    assert len(widths) == 1


def test_nothing_recorded_cannot_be_scrubbed(scrubber):
    assert not scrubber._slider.isEnabled()


def test_each_move_is_told_once_ten_thousand_times(scrubber):
    told = []
    scrubber.moved.connect(told.append)
    scrubber.set_range(1500, 1500)
    for number in range(10_000):
        scrubber._slider.setValue(number % 1500)
    assert len(told) == 10_000
