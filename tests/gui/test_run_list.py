"""The runs table updates in place, fits its width, and tells what was asked for which runs."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit

from optlab.gui.run_columns import RUN, columns, loss_text, natural, status_text, time_left_text
from optlab.gui.run_list import RunList, RunRow
from optlab.gui.run_model import RunModel
from optlab.gui.theme import DASHES, apply_theme, load_theme

EVIL = '<img src="file:///etc/passwd"> & "more"'


def row(key, **values):
    number = int(key)
    defaults = {
        "label": f"run {key}",
        "colour": load_theme("dark").runs[number % 6],
        "dash": DASHES[number % 6],
        "problem": "two spirals · MLP 24×12",
        "optimizer": "momentum · lr 0.01",
        "schedule": "constant",
        "status": "running",
        "progress": 0.5,
        "time_left": 6.5,
        "loss": 0.1,
        "ratio_text": "3e-9",
    }
    return RunRow(key=key, **(defaults | values))


@pytest.fixture
def table(qtbot):
    made = RunList()
    qtbot.addWidget(made)
    made.resize(980, 200)
    made.show()
    made.set_rows([row("0"), row("1", loss=0.02), row("2", loss=3.0)])
    return made


@pytest.fixture
def model(qtbot):
    made = RunModel()
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


def changes(model):
    seen = []
    model.dataChanged.connect(lambda a, b: seen.append((a.row(), a.column(), b.column())))
    return seen


def order(table):
    return [table.model().index(place, RUN).data() for place in range(table.model().rowCount())]


def column(name):
    return next(place for place, each in enumerate(columns()) if each.id == name)


def test_only_cells_that_differ_change(model):
    rows = [row("0"), row("1")]
    model.set_rows(rows)
    seen = changes(model)
    model.set_rows([rows[0], replace(rows[1], loss=0.5)])
    assert seen == [(1, column("loss"), column("loss"))]


def test_same_rows_change_nothing(model):
    model.set_rows([row("0"), row("1")])
    seen = changes(model)
    model.modelReset.connect(lambda: seen.append("reset"))
    model.set_rows([row("0"), row("1")])
    assert seen == []


@pytest.mark.parametrize("keys", ["", "0", "012345", "210", "3120", "42", "5032"])
def test_any_change_of_runs_is_shown(model, keys):
    model.set_rows([row(key) for key in "0123"])
    model.set_rows([row(key, loss=float(key)) for key in keys])
    assert [each.key for each in model.rows] == list(keys)
    assert [each.loss for each in model.rows] == [float(key) for key in keys]


def test_selection_survives_frames_and_changes_of_runs(table):
    table.select("1")
    for frame in range(30):
        table.set_rows([row(key, progress=frame / 30) for key in "012"])
    table.set_rows([row(key) for key in "3201"])
    assert (table.current_key(), table.selected_keys()) == ("1", ["1"])


def test_typing_survives_the_frames_of_a_run(table, qtbot):
    table.select("1")
    table.rename_current()
    editor = table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "better")
    for frame in range(30):
        table.set_rows([row(key, badge="▼ vanishing" * (frame % 2), loss=frame) for key in "012"])
    assert editor.text() == "better"
    with qtbot.waitSignal(table.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["1", "better"]


@pytest.mark.parametrize("typed", ["", "   ", "run 1"])
def test_empty_or_same_name_is_no_rename(table, qtbot, typed):
    index = table.model().index(1, RUN)
    with qtbot.assertNotEmitted(table.renamed):
        assert not table.model().setData(index, typed)


def test_only_the_name_can_be_edited(table):
    editable = [
        place
        for place in range(table.model().columnCount())
        if table.model().index(0, place).flags() & Qt.ItemFlag.ItemIsEditable
    ]
    assert editable == [RUN]


def test_f2_renames_from_any_column(table, qtbot):
    table.setCurrentIndex(table.model().index(1, column("loss")))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    assert table.findChild(QLineEdit).text() == "run 1"


@pytest.mark.parametrize("width", [600, 780, 980, 1280, 1900])
@pytest.mark.parametrize("count", [0, 3, 40])
def test_columns_fill_the_width_without_a_scroll_bar(table, qapp, width, count):
    table.resize(width, 200)
    table.set_rows([row(str(n), label="a very long label " * 5) for n in range(count)])
    qapp.processEvents()
    assert sum(table.columnWidth(n) for n in range(len(columns()))) == table.viewport().width()
    assert not table.horizontalScrollBar().isVisible()


def test_column_made_wider_takes_from_its_neighbour(table):
    header = table.horizontalHeader()
    before, total = table.columnWidth(3), header.length()
    header.resizeSection(2, table.columnWidth(2) + 30)
    assert abs(table.columnWidth(3) - (before - 30)) <= 1
    assert header.length() == total


def test_numbers_sort_as_numbers(table):
    values = ["1e-9", "0.5", "12", "", "3"]
    table.set_rows([row(str(n), label=text or "none", ratio_text=text) for n, text in enumerate(values)])
    table.sortByColumn(column("ratio"), Qt.SortOrder.AscendingOrder)
    assert order(table) == ["1e-9", "0.5", "3", "12", "none"]


def test_loss_that_is_no_number_sorts_last(table):
    losses = {"0": float("nan"), "1": 1e-7, "2": None, "3": 2.0}
    table.set_rows([row(key, loss=loss) for key, loss in losses.items()])
    table.sortByColumn(column("loss"), Qt.SortOrder.AscendingOrder)
    assert order(table)[:2] == ["run 1", "run 3"]


def test_names_sort_naturally():
    assert sorted(["seed 10", "Seed 2", "adam", "²"], key=natural) == ["adam", "Seed 2", "seed 10", "²"]


def test_rows_keep_their_places_while_losses_change(table):
    table.sortByColumn(column("loss"), Qt.SortOrder.AscendingOrder)
    assert order(table) == ["run 1", "run 0", "run 2"]
    table.set_rows([row("0", loss=0.001), row("1", loss=0.02), row("2", loss=3.0)])
    assert order(table) == ["run 1", "run 0", "run 2"]


def test_rows_are_sorted_again_when_a_run_ends(table):
    table.sortByColumn(column("loss"), Qt.SortOrder.AscendingOrder)
    table.set_rows([row("0", loss=0.001, status="done"), row("1", loss=0.02), row("2", loss=3.0)])
    assert order(table) == ["run 0", "run 1", "run 2"]


def test_new_run_takes_its_place_in_a_sorted_table(table):
    table.sortByColumn(column("loss"), Qt.SortOrder.DescendingOrder)
    table.set_rows([row("0", loss=0.1), row("1", loss=0.02), row("2", loss=3.0), row("3", loss=1.0)])
    assert order(table) == ["run 2", "run 3", "run 0", "run 1"]


def test_current_run_is_told_once(table, qtbot):
    told = []
    table.current_changed.connect(told.append)
    table.select("2")
    table.setCurrentIndex(table.model().index(2, column("loss")))
    table.set_rows([row("0")])
    table.set_rows([])
    assert told == ["2", "0", ""]


def test_click_on_the_eye_toggles_that_run_only(table, qtbot):
    table.select("0")
    where = table.visualRect(table.model().index(2, 0)).center()
    with qtbot.waitSignal(table.visible_toggled) as toggled:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert toggled.args == [["2"], False]


def select_two(table):
    flag = QItemSelectionModel.SelectionFlag
    table.select("1")
    table.selectionModel().select(table.model().index(0, 0), flag.Select | flag.Rows)


@pytest.mark.parametrize(
    ("action", "signal", "args"),
    [
        ("visible", "visible_toggled", [["0", "1"], False]),
        ("only", "only_requested", ["1"]),
        ("all", "all_requested", []),
        ("recolour", "recolour_requested", ["1"]),
        ("duplicate", "duplicate_requested", ["1"]),
        ("pin", "pin_toggled", [["0", "1"], True]),
        ("export", "export_requested", [["0", "1"]]),
        ("copy", "copy_spec_requested", [["0", "1"]]),
        ("delete", "delete_requested", [["0", "1"]]),
    ],
)
def test_menu_asks_for_the_selected_runs(table, qtbot, action, signal, args):
    select_two(table)
    with qtbot.waitSignal(getattr(table, signal)) as asked:
        table._actions[action].trigger()
    assert asked.args == args


@pytest.mark.parametrize(
    ("key", "signal"), [(Qt.Key.Key_Delete, "delete_requested"), (Qt.Key.Key_Space, "visible_toggled")]
)
def test_keys_work_in_the_table(table, qtbot, key, signal):
    table.select("1")
    table.activateWindow()
    table.setFocus()
    with qtbot.waitSignal(getattr(table, signal)):
        qtbot.keyClick(table, key)


def test_menu_shows_what_is_so_already(table):
    table.set_rows([row("0", visible=False, pinned=True), row("1")])
    table.select("0")
    menu = table.menu()
    assert (table._actions["visible"].isChecked(), table._actions["pin"].isChecked()) == (False, True)
    assert all(action.isEnabled() for action in menu.actions() if not action.isSeparator())


def test_menu_without_runs_offers_nothing(table, qtbot):
    table.set_rows([])
    assert not any(action.isEnabled() for action in table.menu().actions() if not action.isSeparator())
    with qtbot.assertNotEmitted(table.delete_requested):
        table._actions["delete"].trigger()


def test_colour_and_marks_have_words(table):
    table.set_rows([row("0", badge="▼ vanishing", pinned=True, visible=False, status="diverged", sentence="lower lr")])
    spoken = [table.model().index(0, n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(len(columns()))]
    assert spoken[0] == "hidden"
    assert spoken[RUN] == "run 0, vanishing, pinned"
    assert spoken[column("status")] == "diverged: lower lr"
    assert spoken[column("progress")] == "50 %  0:07 left"
    assert all(spoken)


def test_status_says_its_sentence_and_every_tool_tip_is_plain(table):
    table.set_rows([row("0", label=EVIL, problem=EVIL, status="failed", sentence=EVIL)])
    for name in ("run", "problem", "status"):
        tip = table.model().index(0, column(name)).data(Qt.ItemDataRole.ToolTipRole)
        assert "<img" not in tip
        assert "&lt;img" in tip


def test_header_has_words_for_every_column(table):
    table.set_ratio_title("W1 / W13")
    titles = [
        table.model().headerData(n, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole)
        for n in range(len(columns()))
    ]
    assert all(titles)
    assert titles[-1] == "W1 / W13"


@pytest.mark.parametrize("status", ["queued", "running", "paused", "done", "stopped", "diverged", "failed"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_status_is_painted(table, qapp, status, theme):
    apply_theme(qapp, load_theme(theme))
    table.set_rows([row("0", status=status, visible=False), row("1", status=status, badge="▲ exploding", pinned=True)])
    table.set_rows([row("0", progress=float("nan")), row("1", progress=7.0, time_left=float("inf"), label="x" * 9999)])
    assert not table.grab().isNull()


def test_swatch_has_the_colour_of_the_run(table, qapp):
    apply_theme(qapp, load_theme("dark"))
    table.set_rows([row("0", dash=())])
    cell = table.visualRect(table.model().index(0, 0))
    image = table.viewport().grab().toImage()
    colours = {image.pixelColor(x, cell.center().y()).name() for x in range(cell.left(), cell.right())}
    assert load_theme("dark").runs[0] in colours


def test_empty_table_says_what_to_do(table):
    filled = table.viewport().grab(table.viewport().rect()).toImage()
    table.set_rows([])
    middle = table.viewport().rect().center() - QPoint(80, 10)
    image = table.viewport().grab().toImage()
    ink = {image.pixelColor(middle.x() + x, middle.y() + y).name() for x in range(160) for y in range(20)}
    assert len(ink) > 2
    assert image != filled


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (float("inf"), ""), (float("nan"), ""), (0.2, "0:01 left"), (65, "1:05 left"), (4000, "1.1 h left")],
)
def test_time_left_reads_like_a_clock(seconds, text):
    assert time_left_text(seconds) == text


@pytest.mark.parametrize(
    ("loss", "text"),
    [(None, ""), (0.69315, "0.693"), (1.9e-4, "0.00019"), (3e-9, "3e-9"), (float("inf"), "not finite")],
)
def test_loss_has_three_digits(loss, text):
    assert loss_text(loss) == text


def test_unknown_status_is_shown_as_it_is():
    assert status_text("odd") == "odd"
