"""A lesson in the window: predict, run, explain, with little on the screen; Esc opens the whole lab."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from optlab.engine.experiment_file import changed
from optlab.gui import app as gui_app
from optlab.gui import draw, settings
from optlab.gui.knobs import Slider
from optlab.gui.window import Window
from optlab.store import predictions

LESSON = """
title = "Which rate is faster?"
steps = 60
panels = ["training"]
[problem]
name = "ravine"
[optimizer]
name = "sgd"
lr = 0.005
[[trial]]
label = "slow"
[[trial]]
label = "fast"
optimizer = { lr = 0.015 }
[lesson]
question = "Which rate is faster?"
plots = ["loss"]
hidden = ["verdict"]
knobs = ["problem.condition", "optimizer.lr"]
[[lesson.step]]
ask = "Will it get down?"
answers = ["yes", "no", "unsure"]
right = "yes"
trials = ["slow"]
explain = "It does."
[[lesson.step]]
ask = "Will three times the rate be faster?"
answers = ["yes", "no"]
right = "yes"
explain = "It is."
[[lesson.step]]
trials = ["slow"]
set = ["optimizer.lr=0.001"]
explain = "Slower still."
"""
SICK = """
title = "Will it learn?"
steps = 40
panels = ["training"]
[problem]
name = "circles"
hidden = 9
width = 8
activation = "sigmoid"
batch = 32
[optimizer]
name = "sgd"
lr = 0.01
[[trial]]
label = "sigmoid"
[[trial]]
label = "ReLU + He"
problem = { activation = "relu", init = "he" }
[lesson]
question = "Will it learn?"
plots = ["loss", "bars"]
[[lesson.step]]
trials = ["sigmoid"]
explain = "It does not."
[[lesson.step]]
explain = "It does."
"""


@pytest.fixture
def window(opened_window, tmp_path: Path, request: pytest.FixtureRequest):
    """The window of a first start with a lesson: that of rates, or the one that the test gives."""
    file = tmp_path / "rates.toml"
    file.write_text(getattr(request, "param", LESSON), "utf-8")
    values, _ = settings.load()  # a first start
    return opened_window(values, str(file))


def click(qtbot: QtBot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(window: Window, qtbot: QtBot, text: str) -> None:
    click(qtbot, next(b for b in window.stage.strip.answers if b.property("answer") == text))


def run(window: Window, qtbot: QtBot) -> None:
    click(qtbot, window.stage.strip.run)
    qtbot.waitUntil(lambda: window.stage.strip.run.text() == "Run again", timeout=10000)


def shown(window: Window) -> list[str]:
    panel = window.views.current.panel
    return [name for name in ("loss", "rate", "norms", "bars", "map", "strip") if getattr(panel, name).isVisible()]


def names(window: Window) -> list[tuple[str, bool]]:
    return [(entry.run.label, entry.ghost) for entry in window.desk.entries]


def test_a_first_start_shows_the_question_one_plot_and_where_the_run_stands(window, qtbot):
    strip = window.stage.strip
    qtbot.waitUntil(lambda: bool(window.desk.entries) and window.desk.entries[0].run.count == 1)
    assert strip.isVisible() and [b.text() for b in strip.answers] == ["yes", "no", "unsure"]
    assert not strip.run.isEnabled()  # first the prediction
    assert not (window.left.isVisible() or window.bottom.isVisible() or window.statusBar().isVisible())
    assert shown(window) == ["loss"] and window.views.current.panel.tools.isVisible()
    assert list(window.stage.knobs.knobs) == ["problem.condition", "optimizer.lr"]
    assert names(window) == [("slow", False)]


def test_a_lesson_goes_from_prediction_to_explanation_step_by_step(window, qtbot):
    strip = window.stage.strip
    answer(window, qtbot, "no")
    assert strip.run.isEnabled() and shown(window) == ["loss", "strip"]
    run(window, qtbot)
    assert strip._said.text() == "You said no. It is: yes." and strip._explain.text() == "It does."
    assert [b.text() for b in strip.answers] == ["✓ yes", "no", "unsure"]
    click(qtbot, strip.go_on)
    assert not strip._explain.isVisible() and window.tutor.phase == "predict"
    qtbot.waitUntil(lambda: strip.answers[0].isVisible())
    texts = {button.text() for button in strip.findChildren(QPushButton) if button.isVisible()}
    assert texts == {
        "All lessons…",
        "Open the whole lab (Esc)",
        "yes",
        "no",
        "Run",
        "Step",
    }  # and none of the step before
    answer(window, qtbot, "yes")
    run(window, qtbot)
    assert strip._said.text() == "You said yes, and so it is."
    assert names(window) == [("slow", False), ("fast", False)]
    click(qtbot, strip.go_on)
    assert window.tutor.phase == "run" and not strip._explain.isVisible()  # though its trial ran in an earlier step
    assert window.desk.document.undo_stack.isClean()  # a step that changes the experiment asks nobody to save it
    run(window, qtbot)  # a step without a question
    assert names(window) == [("slow", True), ("fast", False), ("slow", False)]
    assert [entry.run.trial.optimizer.lr for entry in window.desk.entries] == [0.005, 0.015, 0.001]
    assert "before" in window.desk.look(window.desk.entries[0]).label
    click(qtbot, strip.go_on)  # the last step, and no lesson follows: all are offered
    assert window.helpdesk._lessons.isVisible()
    window.helpdesk._lessons.reject()
    click(qtbot, strip.all_lessons)
    assert window.helpdesk._lessons.isVisible()
    window.helpdesk._lessons.reject()
    assert predictions.load() == {window.desk.document.name: {"0": "no", "1": "yes"}}


def test_a_knob_that_is_turned_runs_beside_what_ran_before(window, qtbot):
    answer(window, qtbot, "yes")
    run(window, qtbot)
    knob = window.stage.knobs.knobs["problem.condition"]
    assert isinstance(knob, Slider)
    knob.bar.setValue(knob.bar.maximum())
    assert {trial.problem.condition for trial in window.desk.document.experiment.trials} == {knob.value()}
    run(window, qtbot)
    run(window, qtbot)
    assert names(window) == [("slow", True), ("slow", False)]  # one ghost, not two
    assert window.desk.selected is window.desk.entries[1]
    window.actions_["undo"].trigger()
    assert knob.value() != knob.bar.maximum()


def stepped(window: Window, qtbot: QtBot, steps: int) -> None:
    answer(window, qtbot, "yes")
    for count in range(1, steps + 1):
        click(qtbot, window.stage.strip.step)
        qtbot.waitUntil(lambda c=count: window.desk.entries[-1].run.step >= c)


def test_no_click_on_step_is_lost_however_quick(window, qtbot):
    answer(window, qtbot, "yes")
    for _ in range(5):
        window.stage.strip.step.click()
    qtbot.waitUntil(lambda: window.desk.entries[-1].run.step == 5)


def test_run_goes_on_from_where_steps_have_led(window, qtbot):
    stepped(window, qtbot, 3)
    assert window.tutor.phase == "run" and window.stage.strip._said.text() == ""  # nothing goes by itself
    before = window.desk.entries[0].run
    run(window, qtbot)
    assert [entry.run for entry in window.desk.entries] == [before] and before.step == 60
    run(window, qtbot)
    assert names(window) == [("slow", True), ("slow", False)]  # again, from the start


def test_steps_before_a_knob_was_turned_are_not_gone_on_with(window, qtbot):
    stepped(window, qtbot, 2)
    knob = window.stage.knobs.knobs["problem.condition"]
    knob.bar.setValue(knob.bar.minimum())
    run(window, qtbot)
    assert names(window) == [("slow", True), ("slow", False)]
    first, second = (entry.run for entry in window.desk.entries)
    assert first.step < 10 and second.step == 60 and second.trial.problem.condition == knob.value()


@pytest.mark.parametrize("window", [SICK], indirect=True)
def test_one_click_runs_the_twin_beside_a_sick_run_and_the_lesson_goes_on(window, qtbot):
    run(window, qtbot)
    strip = window.views.current.panel.strip
    qtbot.waitUntil(lambda: strip._first.text() == "Try ReLU + He beside it" and strip.isVisible())
    click(qtbot, strip._first)
    assert names(window) == [("sigmoid", False), ("ReLU + He", False)]  # the lesson's own trial, not another one
    sick, twin = (entry.run for entry in window.desk.entries)
    assert twin.seed == sick.seed and twin.trial.problem == sick.trial.problem.replace(activation="relu", init="he")
    assert window.stage.strip.isVisible() and not window.left.isVisible() and shown(window) == ["loss", "bars", "strip"]
    assert window.tutor.phase == "explain" and window.desk.document.undo_stack.isClean()
    qtbot.waitUntil(lambda: twin.ended and strip._first.text() == "Look at ReLU + He", timeout=10000)
    click(qtbot, strip._first)
    assert window.desk.selected.run is twin and len(window.desk.entries) == 2


@pytest.mark.parametrize("window", [SICK], indirect=True)
def test_a_cure_that_the_lesson_does_not_know_is_no_part_of_its_steps(window, qtbot):
    run(window, qtbot)
    panel = window.views.current.panel
    qtbot.waitUntil(lambda: panel.strip._first.isVisible())
    label = panel.strip._menu.actions()[0].text().split(" beside")[0].removeprefix("Try ")
    panel.strip._menu.actions()[0].trigger()
    trials = [trial.label for trial in window.desk.document.experiment.trials]
    assert names(window)[-1] == (label, False) and trials == ["sigmoid", "ReLU + He", label]
    qtbot.waitUntil(lambda: window.desk.entries[-1].run.ended, timeout=10000)
    assert window.tutor.phase == "explain"
    click(qtbot, window.stage.strip.go_on)
    assert window.tutor.trials == window.control.only == ("ReLU + He",)
    run(window, qtbot)
    assert names(window) == [("sigmoid", False), (label, False), ("ReLU + He", False)]
    window.actions_["undo"].trigger()
    assert [trial.label for trial in window.desk.document.experiment.trials] == ["sigmoid", "ReLU + He"]
    assert window.tutor.phase == "explain" and window.stage.strip.isVisible()


def test_escape_opens_the_whole_lab_and_the_menu_begins_the_lesson_again(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.left.isVisible() and window.bottom.isVisible() and not window.stage.strip.isVisible()
    assert shown(window) == ["loss", "rate", "norms", "bars", "map", "strip"]
    assert not window.settings.lessons and len([v for v in window.views.views if not v.isHidden()]) > 1
    window.actions_["run"].trigger()
    qtbot.waitUntil(lambda: len(window.desk.entries) == 2)  # Run is the lab's own again
    window.actions_["lesson"].trigger()
    assert window.stage.strip.isVisible() and window.settings.lessons


def test_ways_on_another_landscape_are_not_drawn_on_this_one(window, qtbot):
    answer(window, qtbot, "yes")
    run(window, qtbot)
    document = window.desk.document
    document.edit(changed(document.experiment, ["problem.name=rosenbrock"], window.desk.host.catalogue), "another")
    click(qtbot, window.stage.strip.run)
    qtbot.waitUntil(lambda: len(window.desk.entries) == 2 and window.desk.entries[1].run.ended, timeout=10000)
    assert [(e.run.trial.problem.name, e.ghost) for e in window.desk.visible] == [
        ("ravine", True),
        ("rosenbrock", False),
    ]
    ravine, rosenbrock = (entry.run.trial.problem for entry in window.desk.visible)
    assert [len(draw.trajectories(window.desk, ground)) for ground in (ravine, rosenbrock)] == [1, 1]


def test_a_lesson_that_begins_again_begins_as_it_was(window, qtbot):
    knob = window.stage.knobs.knobs["problem.condition"]
    before = knob.value()
    answer(window, qtbot, "yes")
    run(window, qtbot)
    knob.bar.setValue(knob.bar.maximum())
    window.desk.document.undo_stack.setClean()
    window.actions_["lesson"].trigger()
    qtbot.waitUntil(lambda: window.stage.knobs.knobs["problem.condition"].value() == before)
    assert window.tutor.phase == "predict"
    qtbot.waitUntil(lambda: names(window) == [("slow", False)])


def test_an_experiment_without_a_lesson_opens_in_the_lab(window, qtbot):
    window.files.open_named("ravine")
    assert window.left.isVisible() and not window.stage.strip.isVisible()
    assert not window.actions_["lesson"].isEnabled()


def test_the_layout_of_a_lesson_is_not_remembered(window, qtbot):
    window.close()
    values = window.settings
    other, _ = gui_app.make_window(gui_app.make_application(), values, "ravine", (), safe_mode=True)
    other.places.restore(values)
    other.show()
    assert other.left.isVisible() and other.bottom.isVisible()
    other.close()


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"a": 3}'])
def test_damaged_predictions_are_put_aside(data):
    predictions.keep("a", 0, "yes")
    path = predictions._path()
    path.write_bytes(data)
    assert predictions.load() == {}
    assert path.with_name(f"{path.name}.bad").exists() or list(path.parent.glob("*bad*"))
    predictions.keep("a", 1, "no")
    assert predictions.load() == {"a": {"1": "no"}}


@pytest.mark.parametrize("name", ["reduce-on-plateau", "sgd-floor", "overfitting-polynomial"])
def test_plots_that_were_hidden_before_the_prediction_are_seen_after_it(window, qtbot, name):
    window.files.open_named(name)
    assert not window.views.isVisible()
    answer = window.desk.document.experiment.lesson.steps[0].answers[0]
    next(button for button in window.stage.strip.findChildren(QPushButton) if button.text() == answer).click()
    window.control.run()
    qtbot.waitUntil(lambda: window.desk.hidden == (), timeout=30_000)
    qtbot.waitUntil(lambda: window.views.current is not None and window.views.current.panel.isVisible(), timeout=5_000)
    window.control.stop()
