"""The step microscope: the rule of the selected run, and one parameter's numbers at the cursor's step."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from optlab.engine.batch import Batch
from optlab.engine.history import Event
from optlab.engine.rule import Line
from optlab.gui.numerals import compact
from optlab.gui.picture import view_picture
from optlab.gui.rule_sheet import short
from optlab.gui.theme import current_theme

NET = {"problem": {"name": "moons", "hidden": 2, "width": 6}, "optimizer": {"name": "adam", "lr": 0.1}}


@pytest.fixture
def panel(panel_of: Any, run: Any) -> Any:
    made = panel_of("microscope", NET, {**NET, "optimizer": {"name": "momentum", "lr": 0.1}}, steps=30)
    assert made.numbers.state.text() == "Press Run to see it" and not made.numbers.model.rows
    run(made)
    return made


def numbers(panel: Any) -> dict[str, Any]:
    return {symbol: (before, after) for symbol, before, after in panel.numbers.model.rows}


def test_the_last_step_is_shown_and_the_cursor_moves_it(panel, show):
    assert panel.numbers.state.text() == "trial 0: step 29 to 30" and numbers(panel)["t"] == (30, None)
    panel.desk.set_cursor(4)
    show(panel)
    assert panel.numbers.state.text() == "trial 0: step 4 to 5" and numbers(panel)["t"] == (5, None)


def test_the_numbers_are_those_of_the_rule(panel):
    found = numbers(panel)
    m, v = (found[f"{s}\u0302 = {s} / (1 − β{n}ᵗ)"][1] for s, n in (("m", "₁"), ("v", "₂")))
    move = -found["lr"][0] * m / (v**0.5 + found["ε"][0])
    x, new = found["x"]
    assert new - x == found["Δ = x − x₀"][1] == pytest.approx(move, rel=1e-9)
    assert found["m"][1] == pytest.approx(0.9 * found["m"][0] + 0.1 * found["g"][0], rel=1e-12)
    assert "m ← β₁ m + (1 − β₁) g" in panel.numbers.rule.text()


def test_another_parameter_is_a_layer_and_a_number_in_it(panel):
    before = numbers(panel)
    layout = panel.desk.entries[0].run.trial.problem.layout()
    panel.numbers.layer.setCurrentIndex(2)
    assert panel.numbers.place.maximum() == 6 * 6 - 1 and panel.numbers.layer.currentData() == layout.names[2]
    panel.numbers.place.setValue(5)
    place = layout.slices[layout.names[2]].start + 5
    assert numbers(panel)["x"] != before["x"]
    assert numbers(panel)["x"][1] == panel.desk.entries[0].batch.point(panel.desk.entries[0].run)[place]


def test_another_run_has_its_own_rule_and_slots(panel, show):
    panel.desk.select(panel.desk.entries[1].key)
    show(panel)
    assert "v ← μ v + (1 − τ) g" in panel.numbers.rule.text()
    assert {"v", "momentum"} <= {*numbers(panel)} and "m" not in numbers(panel)


class Apart(Batch):
    """As runs of plugins from outside have it."""


def test_a_run_in_a_process_of_its_own_says_why_it_has_no_numbers(panel, show):
    panel.desk.entries[0].batch.__class__ = Apart
    show(panel)
    assert panel.numbers.state.text().startswith("The run goes in a process of its own")
    assert not panel.numbers.model.rows


def test_a_replay_that_parts_from_its_run_says_so(panel, show):
    run = panel.desk.entries[0].run
    run.history.events.append(Event(2, 0, "lr", 0.5))  # which it never heard of
    panel.desk.set_cursor(7)
    show(panel)
    assert (
        "parted from itself" in panel.numbers.state.text() and compact(run.at(7, "loss")) in panel.numbers.state.text()
    )


def lines(panel: Any) -> dict[str, Any]:
    return {line.text: line for line in panel.numbers.rule.lines}


X = "x ← x − lr · m\u0302 / (√(v\u0302 + ε₀) + ε)"


def test_every_line_of_the_rule_has_its_numbers(panel):
    found, told = numbers(panel), lines(panel)
    assert [*told][-1] == X and all(line.filled for line in told.values())
    assert told[X].result == found["x"][1]
    m, g = (short(value) for value in (found["m"][0], found["g"][0]))
    row = f"m ← β₁ m + (1 − β₁) g   = 0.9 · {bracketed(m)} + (1 − 0.9) · {bracketed(g)}   = {short(found['m'][1])}"
    assert row in panel.numbers.rule.text().split("\n")
    assert panel.numbers.rule.accessibleDescription() == panel.numbers.rule.text()


def bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def test_the_rule_stands_there_without_numbers_before_the_first_step(panel_of: Any):
    made = panel_of("microscope", NET, steps=30)
    assert [*lines(made)][-1] == X and not any(line.filled for line in made.numbers.rule.lines)


def kinds(panel: Any, width: int) -> dict[str, list[float]]:
    pieces = panel.numbers.rule._laid(width)[0]
    return {kind: [piece.at.y() for piece in pieces if piece.kind == kind] for kind in ("formula", "result")}


def test_numbers_stand_beside_the_formulas_or_below_them(panel):
    wide, narrow = (kinds(panel, width) for width in (1500, 420))
    assert wide["formula"] == wide["result"] and len(wide["formula"]) == 5
    assert all(below > above for above, below in zip(narrow["formula"], narrow["result"], strict=True))
    rule = panel.numbers.rule
    assert rule.heightForWidth(420) > 1.5 * rule.heightForWidth(1500)
    limit = 420 - rule._em()
    ends = [
        p.at.x() + rule._metrics(p.kind).horizontalAdvance(p.text) for p in rule._laid(420)[0] if p.kind != "formula"
    ]
    assert max(ends) <= limit


def test_a_step_too_small_to_change_the_digits_is_not_written_over_itself(panel):
    rule = panel.numbers.rule
    rule.show_lines([Line("x ← x − lr · v", filled="0.40041 − 0.01 · 1e-10", result=0.40041)])
    pieces = [piece for piece in rule._laid(1500)[0] if piece.kind in ("filled", "result")]
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("filled", "= 0.40041 − 0.01 · 1e-10"), ("result", "= 0.40041"),
    ]  # fmt: skip
    end = pieces[0].at.x() + rule._metrics("filled").horizontalAdvance(pieces[0].text)
    assert pieces[1].at.x() > end


def test_the_rule_is_drawn_in_the_colours_of_the_theme(panel):
    rule = panel.numbers.rule
    rule.resize(900, rule.heightForWidth(900))
    image = rule.grab().toImage()
    theme = current_theme()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {theme.text, theme.muted} & seen, "letters"
    left = rule._laid(900)[0][0].at.x()
    strokes = {image.pixelColor(x, y).name() for x in range(int(left) + 140) for y in range(image.height())}
    assert theme.text in strokes, "formulas"


def test_the_rule_is_copied_as_text(panel, qtbot):
    panel.numbers.rule.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == panel.numbers.rule.text()


def test_a_lecture_hall_sees_the_rule_alone(panel, show):
    panel.desk.set_projected(True)
    show(panel)
    assert panel.numbers.sheet.isHidden() and not panel.numbers.rule.isHidden()
    panel.desk.set_projected(False)
    show(panel)
    assert not panel.numbers.sheet.isHidden()


def test_a_picture_of_the_view_is_sharp(panel):
    panel.resize(900, 500)
    picture = view_picture(panel, "", 2700, 1500, 3 * 96, panel.desk.theme)
    blown = panel.grab().toImage().scaled(2700, 1500, mode=Qt.TransformationMode.SmoothTransformation)
    grey = [len({image.pixel(x, y) for x in range(60, 700) for y in range(150, 300)}) for image in (picture, blown)]
    assert grey[0] < 0.8 * grey[1]
