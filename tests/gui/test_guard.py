"""What an overridden virtual raises never reaches Qt."""

import sys

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from optlab.gui import errors
from optlab.gui.guard import guard
from optlab.gui.scrubber import Scrubber
from optlab.gui.verdict_strip import VerdictStrip


class Faulty(QWidget):
    @guard()
    def paintEvent(self, event: QPaintEvent) -> None:
        raise RuntimeError("paint")

    @guard(QSize(7, 9))
    def sizeHint(self) -> QSize:
        raise ValueError("size")


@pytest.fixture
def reports(monkeypatch):
    caught = []
    monkeypatch.setattr(errors, "report", lambda kind, error, trace: caught.append((kind, str(error), trace)))
    return caught


def test_virtual_that_raises_gives_its_default_and_one_report(qtbot, reports):
    widget = Faulty()
    qtbot.addWidget(widget)
    assert widget.sizeHint() == QSize(7, 9)
    assert reports[0][:2] == (ValueError, "size")
    assert reports[0][2] is not None


def test_paint_that_raises_leaves_the_process_alive(qtbot, reports):
    widget = Faulty()
    qtbot.addWidget(widget)
    widget.resize(20, 20)
    assert not widget.grab().isNull()
    assert ("paint" in {text for _, text, _ in reports}) and RuntimeError in {kind for kind, _, _ in reports}


def test_guard_lets_the_user_interrupt():
    @guard()
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop()


def test_guard_keeps_name_and_result():
    @guard(0)
    def count(a: int, *, b: int) -> int:
        return a + b

    assert (count(1, b=2), count.__name__) == (3, "count")


def test_ten_thousand_paints_keep_the_references_to_none(qtbot):
    scrubber, strip = Scrubber(), VerdictStrip()
    for widget in (scrubber, strip):
        qtbot.addWidget(widget)
        widget.resize(400, 40)
        widget.show()
    scrubber.set_range(10, 100)
    scrubber.repaint()
    before = sys.getrefcount(None)
    for _ in range(5000):
        scrubber.repaint()
        strip.repaint()
    assert abs(sys.getrefcount(None) - before) <= 50
