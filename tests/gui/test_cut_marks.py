"""Cuts of a schedule in the plots: points of the rate's curve, strokes at the foot of the loss, and their reasons."""

import pytest
from PySide6.QtCore import QPointF

from optlab.gui.plots.curves import Mark

PLATEAU = {"name": "plateau", "factor": 0.3, "patience": 4}
TRIAL = {"problem": {"name": "sphere"}, "optimizer": {"name": "sgd", "lr": 0.1}, "gradient": {"noise": 0.3}}


@pytest.fixture
def panel(panel_of, run):
    """The training view with a run that cuts its rate and one that does not."""
    made = panel_of("training", {**TRIAL, "schedule": PLATEAU}, TRIAL, steps=200)
    run(made)
    return made


def test_every_cut_is_a_point_of_its_curve(panel):
    events = panel.desk.entries[0].run.events
    assert [(mark.x, mark.y, mark.note) for mark in panel.rate.marks] == [(e.t, e.value, e.reason) for e in events]
    assert len(events) > 3 and panel.desk.entries[1].run.events == []


def test_the_loss_has_a_stroke_at_its_foot_for_each(panel):
    events = panel.desk.entries[0].run.events
    assert [mark.x for mark in panel.loss.marks] == [event.t for event in events]
    assert all(mark.note.startswith("trial 0: 5 checks no better than") for mark in panel.loss.marks)
    panel.loss.choice.setCurrentIndex(panel.loss.choice.findData("evaluations"))
    assert list(panel.loss.marks) == []


def test_the_cross_hair_tells_the_reason_near_a_cut_and_nowhere_else(panel):
    plot, mark = panel.rate, panel.rate.marks[0]
    plot.grab()
    frame = plot.frame_
    near = plot.notes_at(frame, frame.x.of(mark.x) + 2)
    assert near[0].text == f"step {mark.x}: {mark.note}" and near[0].colour == mark.colour
    assert plot.notes_at(frame, frame.x.of(mark.x) - 60) == []


def test_many_cuts_at_one_place_are_counted(panel):
    plot = panel.rate
    plot.set_curves(plot.curves, marks=[Mark(100 + k / 10, "", "#ff0000", 0.1, f"reason {k}") for k in range(9)])
    plot.grab()
    words = [note.text for note in plot.notes_at(plot.frame_, plot.frame_.x.of(100))]
    assert len(words) == 4 and words[-1] == "… and 6 more"


@pytest.mark.parametrize("size", [(160, 120), (500, 160), (1200, 600)])
def test_marks_and_the_box_beside_them_are_painted_at_every_size(panel, size):
    plot = panel.rate
    plot.setFixedSize(*size)
    plot.grab()
    plot.hover, plot.pointer = plot.marks[0].x, QPointF(plot.frame_.x.of(plot.marks[0].x), 60)
    without = plot.marks
    shown = plot.grab().toImage()
    plot.hover = None
    plain = plot.grab().toImage()
    plot.set_curves(plot.curves)
    assert shown != plain != plot.grab().toImage() and without


def test_saved_numbers_have_the_reasons(panel):
    columns = panel.rate.table()
    assert panel.rate.marks[0].note in columns["curve"]
