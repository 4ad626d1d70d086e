"""The first minutes of a user, from an empty home: the lesson that opens, clicked through to the whole lab."""

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt

from optlab.gui.lessons_dialog import WRITE
from optlab.store import predictions
from tests.first_minutes import close, front, moments, open_window


@pytest.fixture(scope="module")
def seen(tmp_path_factory, qapp):
    """What each moment shows, and its picture."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("first")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        patch.setenv(name, str(home))
    window = open_window()
    strip, desk, found = window.stage.strip, window.desk, {}
    for name in moments(window):
        picture = window.grab()
        panel = window.views.current.panel
        found[name] = {
            "asks": strip._ask.text(),
            "says": strip._said.text(),
            "explains": strip._explain.isVisible(),
            "verdict": panel.strip._head.text() if panel.strip.isVisible() else "",
            "runs": [(e.run.label, e.ghost, e.run.trial.problem.hidden, e.run.at(e.run.count - 1, "loss"))
                     for e in desk.entries],
            "bars": panel.bars.isVisible() and panel.bars.has_data(),
            "profiles": [(bars.colour, len(bars.values)) for bars in panel.bars.bars],
            "loss": panel.loss.isVisible(),
            "answers": [plot.ground for plot in panel.answers.shown if plot.isVisible()],
            "notes": [plot.note for plot in panel.answers.shown],
            "row": desk.row(desk.selected),
            "docks": window.left.isVisible(),
            "size": (picture.width(), picture.height()),
            "colours": len({picture.toImage().pixel(x, y) for x in range(0, 1280, 40) for y in range(0, 720, 40)}),
            "card": card_of(panel),
        }  # fmt: skip
        if front(window) is not window:
            cards = front(window).cards
            names = [cards.item(row).data(Qt.ItemDataRole.UserRole) for row in range(cards.count())]
            found["cards"] = names, cards.currentRow()
    found["predictions"] = predictions.load()
    close(window)
    patch.undo()
    return found


def card_of(panel) -> list[str]:
    """What stands on the card of the bar that is hovered."""
    card = panel.bars.card
    if card is None or not card.isVisible():
        return []
    return [card.head.text(), *card.words.text().splitlines(), card.note.text().splitlines()[-1]]


def test_it_begins_with_a_question_and_the_layers_before_the_first_step(seen):
    first = seen["1-question"]
    assert first["asks"] == "12 sigmoid layers: will the first layer learn?"
    assert [run[:3] for run in first["runs"]] == [("sigmoid", False, 12)] and first["row"] == 0
    assert first["bars"] and not first["docks"] and first["verdict"] == ""


def test_loss_bars_and_pictures_are_seen_and_pictures_are_grey_until_it_runs(seen):
    for name in ("1-question", "3-verdict", "5-twin", "7-back-to-step-1"):
        assert seen[name]["loss"] and seen[name]["bars"] and len(seen[name]["answers"]) == len(seen[name]["runs"])
    assert seen["1-question"]["answers"] == seen["2-predicted"]["answers"] == [None]
    assert None not in seen["3-verdict"]["answers"]


def test_the_verdict_names_it_at_about_step_50(seen):
    moment = seen["3-verdict"]
    assert moment["verdict"] == "Vanishing gradient" and moment["row"] >= 50
    assert moment["runs"][0][3] == pytest.approx(math.log(2), abs=0.02)


def test_the_prediction_is_compared_with_the_outcome(seen):
    assert seen["4-explained"]["says"] == "You said Yes. It is: No." and seen["4-explained"]["explains"]
    assert seen["predictions"]["vanishing-gradient"]["0"] == "Yes"


def test_the_twin_stands_beside_the_sick_run_and_learns(seen):
    (_, _, _, sick), (label, ghost, _, well) = seen["5-twin"]["runs"]
    assert (label, ghost) == ("ReLU + He", False) and sick > 0.68 and well < 0.05
    assert seen["5-twin"]["says"] == "You said Yes, and so it is."


def test_the_spirals_appear_beside_a_plain_picture(seen):
    plain, spirals = seen["5-twin"]["answers"]
    assert plain.shares.max() < 0.6 and spirals.shares.max() > 0.99
    shares = [float(note.split()[-1].rstrip("%")) for note in seen["5-twin"]["notes"]]
    assert shares[0] < 60 and shares[1] > 90


def test_fewer_layers_run_beside_a_ghost_of_the_deep_ones(seen):
    runs = seen["6-fewer-layers"]["runs"]
    assert [run[:3] for run in runs] == [("sigmoid", True, 12), ("ReLU + He", False, 12), ("sigmoid", False, 4)]
    assert seen["7-back-to-step-1"]["row"] == 1
    (ghost, deep), (_, twin), (colour, shallow) = seen["6-fewer-layers"]["profiles"]
    assert (deep, twin, shallow) == (13, 13, 5) and ghost != colour


def test_a_hovered_bar_shows_the_slope_and_the_product_of_factors(seen):
    head, slope, product, factors, note = seen["7-hovered-bar"]["card"]
    assert head == "W2 · hidden layer 2 of 4 · sigmoid" and note == "Measured at step 1 on 512 points."
    mean = float(slope.removeprefix("mean |σ′| ").removesuffix(" (at most ¼)"))
    assert 0.2 < mean < 0.25 and "through 2 layers" in product
    first, second = (float(factor) for factor in factors.split("·"))
    assert first * second == pytest.approx(float(product.split()[-1].rstrip(":")), rel=0.05)
    assert seen["7-back-to-step-1"]["card"] == []


def test_next_leads_to_the_cards_with_the_next_lesson_in_front_and_an_optimizer_to_write(seen):
    names, current = seen["cards"]
    assert names[1:5] == ["zig-zag", "learning-rate", "schedules-by-hand", "practice-comparison"]
    assert names[current] == "zig-zag" and names[-1] == WRITE


def test_escape_opens_the_lab_and_every_moment_makes_a_picture(seen):
    assert (
        seen["9-whole-lab"]["answers"] == [] and seen["9-whole-lab"]["docks"] and len(seen["9-whole-lab"]["runs"]) > 3
    )
    pictures = [moment for name, moment in seen.items() if name not in ("predictions", "cards")]
    assert {moment["size"] for moment in pictures} == {(1280, 720)}
    assert np.min([moment["colours"] for moment in pictures]) > 5
