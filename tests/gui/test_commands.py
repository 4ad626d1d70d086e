"""Commands are records: actions, menus, toolbar, palette and shortcuts come of them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QTreeWidget

from optlab.gui.command_palette import CommandPalette, ShortcutsDialog, match
from optlab.gui.commands import Command, build_actions, conflicts, fill_menus, fill_toolbar, refresh


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.calls = []
    made.can_stop = False
    made.commands = [
        Command("run", "&Run", "F5; Ctrl+R", "run", lambda: made.calls.append("run"), tip="Run the experiment"),
        Command("stop", "&Stop", "Shift+F5", "stop", lambda: made.calls.append("stop"), lambda: made.can_stop),
        Command("raw", "Raw curves", "", "", made.calls.append, checkable=True, menu="View", group="a"),
        Command("zoom", "Zoom out", "Ctrl+0", "", lambda: None, menu="View", group="b"),
        Command("hidden", "Next run", "Alt+Down", "", lambda: None, menu=""),
    ]
    made.actions_by_id = build_actions(made, made.commands)
    made.show()
    return made


def test_action_calls_its_command(window):
    window.actions_by_id["run"].trigger()
    assert window.calls == ["run"]


def test_checkable_command_is_called_with_its_state(window):
    window.actions_by_id["raw"].trigger()
    window.actions_by_id["raw"].trigger()
    assert window.calls == [True, False]


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)],
)
def test_every_shortcut_of_a_command_works(window, qtbot, key, modifier):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, key, modifier)
    assert window.calls == ["run"]


def test_command_is_enabled_only_when_it_can_work(window):
    action = window.actions_by_id["stop"]
    assert not action.isEnabled()
    window.can_stop = True
    refresh(window.actions_by_id)
    assert action.isEnabled()


def test_command_that_cannot_tell_is_off_and_harms_no_other(window, monkeypatch):
    monkeypatch.setattr("optlab.gui.errors.report", lambda *error: None)
    actions = build_actions(window, [Command("odd", "Odd", "", "", list, lambda: 1 / 0), window.commands[0]])
    assert [action.isEnabled() for action in actions.values()] == [False, True]


def test_checked_state_is_asked_for(window):
    actions = build_actions(window, [Command("on", "On", "", "", list, checkable=True, checked=lambda: True)])
    assert actions["on"].isChecked()


def test_tool_tip_names_the_shortcut(window):
    assert window.actions_by_id["run"].toolTip() == "Run the experiment (F5, Ctrl+R)"
    assert window.actions_by_id["raw"].toolTip() == "Raw curves"


def test_menus_hold_their_commands_with_lines_between_groups(window):
    menus = fill_menus(window.menuBar(), window.actions_by_id, ["View", "Run"])
    assert [action.text() for action in menus["View"].actions()] == ["Raw curves", "", "Zoom out"]
    assert [action.text() for action in menus["Run"].actions()] == ["&Run", "&Stop"]


def test_toolbar_buttons_have_names_and_one_is_primary(window):
    bar = window.addToolBar("main")
    fill_toolbar(bar, window.actions_by_id, ["run", "-", "stop"], primary="run")
    buttons = [bar.widgetForAction(window.actions_by_id[name]) for name in ("run", "stop")]
    assert [button.property("primary") for button in buttons] == [True, False]
    assert all(button.accessibleName() for button in buttons)
    assert len(bar.actions()) == 3


def test_conflicts_are_found(window):
    assert conflicts(window.commands) == []
    more = [
        Command("other", "Other", "ctrl+r", "", list),
        Command("run", "Again", "", "", list),
        Command("bad", "Bad", "Ctrl+Nonsense", "", list),
    ]
    assert len(conflicts([*window.commands, *more])) == 3


@pytest.mark.parametrize(
    ("letters", "text", "fits"),
    [
        ("rn", "Run", True),
        ("STOP", "Run: Stop", True),
        ("ro", "Run: Stop", True),
        ("nr", "Run", False),
        ("", "x", True),
    ],
)
def test_letters_match_in_their_order(letters, text, fits):
    assert (match(letters, text) is not None) is fits


def test_words_rank_above_scattered_letters():
    assert match("st", "Run: Stop") < match("st", "Reset layout")


def test_palette_does_what_is_marked(window, qtbot):
    palette = CommandPalette(window.actions_by_id, window)
    palette.popup()
    palette._line.setText("rr")
    qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.calls == ["run"])
    assert not palette.isVisible()


def test_palette_shows_but_never_calls_what_is_off(window, qtbot):
    palette = CommandPalette(window.actions_by_id, window)
    palette.popup()
    palette._line.setText("stop")
    assert palette.shown() == ["stop"]
    palette._list.setCurrentItem(palette._list.topLevelItem(0))
    qtbot.keyClick(palette._line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.close()
    assert window.calls == []


def test_arrow_keys_move_in_the_palette(window, qtbot):
    palette = CommandPalette(window.actions_by_id, window)
    palette.popup()
    first = palette._list.currentItem().text(0)
    qtbot.keyClick(palette._line, Qt.Key.Key_Down)
    assert palette._list.currentItem().text(0) != first
    assert palette._line.hasFocus() or not palette.isActiveWindow()
    palette.close()


def test_overview_lists_every_shortcut_once(window, qtbot):
    dialog = ShortcutsDialog(window.actions_by_id, window)
    items = dialog.findChild(QTreeWidget)
    texts = []
    for place in range(items.topLevelItemCount()):
        head = items.topLevelItem(place)
        texts += [head.child(n).text(1) for n in range(head.childCount())]
    assert sorted(texts) == sorted(["F5, Ctrl+R", "Shift+F5", "Ctrl+0", "Alt+Down"])
