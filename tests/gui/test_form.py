"""Forms, pickers, sections, chips and the preview of a schedule: the left dock."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from optlab.component import Component
from optlab.fields import FieldError, choice, flag, integer, numbers, part, parts, path, real, text
from optlab.gui.chips import BASE, Chips
from optlab.gui.editors import LineEditor
from optlab.gui.flow import Flow
from optlab.gui.form import ComponentForm, titles
from optlab.gui.picker import Picker
from optlab.gui.row import Name
from optlab.gui.schedule_preview import SchedulePreview, decimated
from optlab.gui.section import Section
from optlab.gui.words import readable


class Every(Component):
    """A component with a field of every kind."""

    name = "every"
    lr: float = real(0.01, 1e-6, 10.0, log=True, doc="learning rate <b>")
    width: int = integer(24, 1, 512, unit="units")
    nesterov: bool = flag(False)
    activation: str = choice("relu", "relu", "tanh")
    milestones: Any = numbers((30.0, 60.0))
    formula: str = text("x")
    data: str = path("")


class Plain(Component):
    """Nothing to set."""

    name = "plain"


class Inner(Component):
    """Something to wrap."""

    name = "inner"
    beta1: float = real(0.9, 0.0, 0.9999)


class Wrapper(Component):
    """Wraps another."""

    name = "wrapper"
    inner: Any = part(Component, "inner")
    others: Any = parts(Component)


class Span(Component):
    """Two values that have to fit together."""

    name = "span"
    low: float = real(1.0)
    high: float = real(2.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise FieldError("Span: expected low below high")


def lookup(base: type[Component]) -> Sequence[type[Component]]:
    return [Inner, Plain]


@pytest.fixture
def form(qtbot: QtBot) -> ComponentForm:
    made = ComponentForm(lookup)
    qtbot.addWidget(made)
    made.resize(280, 300)
    made.show()
    return made


def line(form: ComponentForm, key: str) -> QLineEdit:
    editor = form.row(key).editor
    assert isinstance(editor, LineEditor)
    control = editor.control()
    assert isinstance(control, QLineEdit)
    return control


def enter(qtbot: QtBot, form: ComponentForm, key: str, typed: str) -> None:
    line(form, key).selectAll()
    line(form, key).insert(typed)
    qtbot.keyClick(line(form, key), Qt.Key.Key_Return)


def heard(form: ComponentForm) -> list[Any]:
    components: list[Any] = []
    form.changed.connect(components.append)
    return components


def test_an_edit_gives_a_new_component_and_leaves_the_old_one(qtbot: QtBot, form: ComponentForm) -> None:
    old, components = Every(), heard(form)
    form.show_component(old)
    enter(qtbot, form, "lr", "1e-3")
    assert components == [old.replace(lr=1e-3)] and old.lr == 0.01


def test_showing_a_component_says_nothing(form: ComponentForm) -> None:
    components = heard(form)
    for component in (Every(), Every(lr=0.5), Plain(), Wrapper(inner=Inner()), Every()):
        form.show_component(component)
        assert form.component() is component
    assert components == []


def test_another_component_of_the_class_keeps_editors_and_focus(qtbot: QtBot, form: ComponentForm) -> None:
    form.show_component(Every())
    form.activateWindow()
    line(form, "width").setFocus()
    qtbot.waitUntil(line(form, "width").hasFocus)
    before = form.row("width")
    form.show_component(Every(lr=0.5, width=12))
    assert form.row("width") is before and line(form, "width").hasFocus()
    assert line(form, "width").text() == "12" and line(form, "lr").text() == "0.5"


def test_what_is_being_typed_never_reaches_another_kind_of_component(qtbot: QtBot, form: ComponentForm) -> None:
    components = heard(form)
    form.show_component(Every())
    form.activateWindow()
    line(form, "width").setFocus()
    qtbot.waitUntil(line(form, "width").hasFocus)
    line(form, "width").selectAll()
    qtbot.keyClicks(line(form, "width"), "5")
    form.show_component(Inner())
    assert components == [] and form.component() == Inner()


def test_an_impossible_value_is_told_once_and_its_end_too(qtbot: QtBot, form: ComponentForm) -> None:
    told: list[str] = []
    form.invalid.connect(told.append)
    components = heard(form)
    form.show_component(Every())
    enter(qtbot, form, "lr", "20")
    enter(qtbot, form, "lr", "2")
    assert len(told) == 2 and "expected 1e-06 to 10, got 20" in told[0] and told[1] == ""
    assert [c.lr for c in components] == [2.0]


def test_refused_text_survives_another_edit_but_not_another_trial(qtbot: QtBot, form: ComponentForm) -> None:
    form.show_component(Every())
    enter(qtbot, form, "lr", "abc")
    enter(qtbot, form, "width", "12")
    form.show_component(form.component() or Every())
    assert line(form, "lr").text() == "abc" and form.error()
    form.show_component(Every(), fresh=True)
    assert line(form, "lr").text() == "0.01" and not form.error()


def test_a_changed_value_shows_its_way_back(qtbot: QtBot, form: ComponentForm) -> None:
    components = heard(form)
    form.show_component(Every(lr=0.5))
    assert form.row("lr").changed and not form.row("width").changed
    form.row("lr")._back.click()
    assert components[-1] == Every() and not form.row("lr").changed


def test_with_a_base_a_change_is_what_differs_from_it(form: ComponentForm) -> None:
    form.show_component(Every(lr=0.5, width=12), Every(lr=0.5))
    assert form.row("width").changed and not form.row("lr").changed
    form.row("width")._back.click()
    assert form.component() == Every(lr=0.5)


def test_a_fresh_trial_shows_its_changed_fields_first(form: ComponentForm) -> None:
    form.show_component(Every(width=12, formula="y"), Every(), fresh=True)
    form.layout().activate()
    keys = sorted(Every.fields(), key=lambda key: form.row(key).y())
    assert keys == ["width", "formula", "lr", "nesterov", "activation", "milestones", "data"]


def test_the_way_back_also_clears_what_was_refused(qtbot: QtBot, form: ComponentForm) -> None:
    form.show_component(Every(lr=0.5))
    enter(qtbot, form, "lr", "abc")
    form.row("lr")._back.click()
    assert line(form, "lr").text() == "0.01" and not form.error()


def test_values_that_do_not_fit_together_are_marked_until_they_do(qtbot: QtBot, form: ComponentForm) -> None:
    components = heard(form)
    form.show_component(Span())
    enter(qtbot, form, "low", "3")
    assert components == [] and "low below high" in form.error()
    enter(qtbot, form, "high", "4")
    assert components == [Span(low=3.0, high=4.0)] and form.error() == ""


def test_typing_is_not_lost_to_a_run_started_at_once(qtbot: QtBot, form: ComponentForm) -> None:
    form.show_component(Every())
    line(form, "lr").selectAll()
    qtbot.keyClicks(line(form, "lr"), "5e-3")
    form.commit()
    assert form.component() == Every(lr=5e-3)


def test_a_component_inside_is_picked_and_edited(qtbot: QtBot, form: ComponentForm) -> None:
    components = heard(form)
    form.show_component(Wrapper(inner=Inner()))
    nested = form.findChildren(ComponentForm)[0]
    enter(qtbot, nested, "beta1", "0.5")
    form.findChildren(Picker)[0].picked.emit("plain")
    assert components == [Wrapper(inner=Inner(beta1=0.5)), Wrapper(inner=Plain())]
    form.row("inner")._back.click()
    assert components[-1] == Wrapper(inner=Inner())


def test_trouble_inside_a_component_inside_stops_the_run(qtbot: QtBot, form: ComponentForm) -> None:
    form.show_component(Wrapper(inner=Inner()))
    enter(qtbot, form.findChildren(ComponentForm)[0], "beta1", "2")
    assert "expected 0 to 0.9999" in form.error()


def test_every_editor_has_a_name_and_no_text_is_html(form: ComponentForm) -> None:
    form.show_component(Every())
    controls = [form.row(key).editor.control() for key in Every.fields()]
    assert all(control.accessibleName() for control in controls)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in form.findChildren(QLabel))
    assert "<b>" not in line(form, "lr").toolTip() and "default 0.01" in line(form, "lr").toolTip()


def test_the_form_fits_a_narrow_dock_and_its_editors_line_up(form: ComponentForm) -> None:
    form.show_component(Every(lr=0.5))
    assert form.minimumSizeHint().width() <= 260
    form.layout().activate()
    lefts = {form.row(key).editor.mapTo(form, QPoint()).x() for key in Every.fields()}
    assert len(lefts) == 1


def test_names_are_written_as_people_write_them() -> None:
    written = {"beta1": "β₁", "eps": "ε", "weight_decay": "weight decay", "lr": "learning rate", "l2": "L2", "rho": "ρ"}
    assert {name: readable(name) for name in written} == written


def test_a_name_that_does_not_fit_is_whole_in_its_tool_tip(qtbot: QtBot) -> None:
    name = Name("the starting point of the search")
    qtbot.addWidget(name)
    name.resize(80, 20)
    name.show()
    assert name.text().endswith("…") and "the starting point of the search" in name.toolTip()


ITEMS = [
    ("adam", "Adam", "adaptive moments"),
    ("sgd", "SGD", "plain descent"),
    ("nadam", "Nadam", "Adam, looking ahead"),
]


@pytest.fixture
def picker(qtbot: QtBot) -> Picker:
    made = Picker("Optimizer")
    qtbot.addWidget(made)
    made.set_items(ITEMS)
    made.set_current("sgd")
    made.resize(160, 24)
    made.show()
    return made


def test_a_picker_narrows_while_one_types_and_enter_picks(qtbot: QtBot, picker: Picker) -> None:
    picked: list[str] = []
    picker.picked.connect(picked.append)
    popup = picker.open()
    search = popup.findChild(QLineEdit)
    assert popup.shown_keys() == ["adam", "sgd", "nadam"]
    qtbot.keyClicks(search, "AHEAD")
    assert popup.shown_keys() == ["nadam"]
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert picked == ["nadam"] and picker.current() == "nadam" and not popup.isVisible()
    assert picker.accessibleName() == "Optimizer: Nadam"


def test_a_picker_moves_by_arrows_and_escape_changes_nothing(qtbot: QtBot, picker: Picker) -> None:
    picked: list[str] = []
    picker.picked.connect(picked.append)
    popup = picker.open()
    qtbot.keyClick(popup.findChild(QLineEdit), Qt.Key.Key_Escape)
    assert picked == [] and not popup.isVisible()
    popup = picker.open()
    qtbot.keyClick(popup.findChild(QLineEdit), Qt.Key.Key_Down)
    qtbot.keyClick(popup.findChild(QLineEdit), Qt.Key.Key_Return)
    assert picked == ["nadam"]


def test_a_picker_without_a_match_picks_nothing(qtbot: QtBot, picker: Picker) -> None:
    popup = picker.open("zzz")
    assert popup.shown_keys() == []
    qtbot.keyClick(popup.findChild(QLineEdit), Qt.Key.Key_Return)
    assert popup.isVisible() and picker.current() == "sgd"
    popup.close()


def test_typing_on_a_closed_picker_opens_it_narrowed(qtbot: QtBot, picker: Picker) -> None:
    qtbot.keyClicks(picker, "l")
    popup = picker._list
    assert popup is not None and popup.isVisible()
    assert set(popup.shown_keys()) == {"nadam", "sgd"}
    popup.close()


def test_titles_of_components_come_with_their_summaries() -> None:
    assert titles([Plain]) == [("plain", "plain", "Nothing to set.")]


def test_a_section_folds_by_mouse_and_keyboard_and_keeps_its_picker(qtbot: QtBot) -> None:
    side, body, told = QWidget(), QLabel("body"), []
    section = Section("Problem", side)
    qtbot.addWidget(section)
    section.set_body(body)
    section.show()
    section.toggled.connect(told.append)
    qtbot.mouseClick(section._title, Qt.MouseButton.LeftButton)
    assert not body.isVisible() and side.isVisible() and not section.open
    qtbot.keyClick(section._title, Qt.Key.Key_Right)
    assert body.isVisible() and told == [False, True]
    section.set_open(False)
    assert not body.isVisible()


TRIALS = [("sigmoid", "#ff0000"), ("ReLU + He", "#00ff00"), ("tanh + residual", "#0000ff")]


@pytest.fixture
def chips(qtbot: QtBot) -> Chips:
    made = Chips()
    qtbot.addWidget(made)
    made.set_trials(TRIALS, 0, base=True)
    made.resize(276, 80)
    made.show()
    return made


def test_chips_select_by_mouse_and_arrow_keys(qtbot: QtBot, chips: Chips) -> None:
    told: list[int] = []
    chips.selected.connect(told.append)
    qtbot.mouseClick(chips.chip(1), Qt.MouseButton.LeftButton)
    qtbot.keyClick(chips.chip(1), Qt.Key.Key_Right)
    qtbot.keyClick(chips.chip(0), Qt.Key.Key_Left)
    assert told == [1, 2, BASE] and chips.chip(BASE).isChecked()


def test_a_chip_is_renamed_in_place(qtbot: QtBot, chips: Chips) -> None:
    told: list[tuple[int, str]] = []
    chips.rename_requested.connect(lambda index, name: told.append((index, name)))
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        qtbot.mouseDClick(chips.chip(0), Qt.MouseButton.LeftButton)
        field = next(edit for edit in chips.findChildren(QLineEdit) if edit.isVisible())
        field.setText("deep")
        qtbot.keyClick(field, key)
        field.hide()
    assert told == [(0, "deep")]


def test_chips_wrap_where_the_dock_is_narrow(chips: Chips) -> None:
    flow = chips.layout()
    assert isinstance(flow, Flow)
    assert flow.heightForWidth(200) > flow.heightForWidth(700)
    assert max(chips.chip(i).geometry().right() for i in range(3)) <= chips.width()


def test_a_chip_with_a_long_name_stays_in_the_dock(chips: Chips) -> None:
    chips.set_trials([("a name that is much longer than any dock could ever be wide enough to show", "#ff0000")], 0)
    chips.grab()
    assert 100 < chips.chip(0).geometry().right() <= chips.width()


def test_the_same_trials_keep_their_chips(chips: Chips) -> None:
    before = chips.chip(1)
    chips.set_trials(TRIALS, 1, base=True)
    assert chips.chip(1) is before and before.isChecked()
    chips.set_trials(TRIALS[:2], 0)
    assert chips.chip(0).isChecked() and chips.chip(1) is not before


def test_decimation_keeps_extremes_and_ends() -> None:
    values = np.random.default_rng(0).random(100_000)
    values[31_415] = 5.0
    steps, kept = decimated(values, 200)
    assert len(kept) <= 402 and kept.max() == 5.0 and kept.min() == values.min()
    assert steps[0] == 0 and steps[-1] == 99_999 and (kept == values[steps.astype(int)]).all()


@pytest.mark.parametrize("values", [[], [0.1], [0.1] * 50, [1.0, 0.5, np.nan], list(range(5000))])
def test_the_preview_draws_any_curve(qtbot: QtBot, values: list[float]) -> None:
    preview = SchedulePreview()
    qtbot.addWidget(preview)
    preview.resize(260, 80)
    preview.show_curve(np.array(values))
    assert not preview.grab().isNull()


def test_the_preview_labels_its_extremes_and_steps(qtbot: QtBot) -> None:
    preview = SchedulePreview()
    qtbot.addWidget(preview)
    preview.show_curve(np.linspace(0.1, 0.001, 1500))
    assert preview.labels() == ("0.1", "0.001", "0 … 1\u2009500 steps")
    preview.show_curve(np.full(10, 0.01))
    assert preview.labels() == ("0.01", "0 … 10 steps")
    preview.show_reactive()
    assert preview.labels() == () and "reacts" in preview.accessibleDescription()
