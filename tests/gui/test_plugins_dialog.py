"""The plugins dialog leads with what is broken, and says why."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from optlab.engine.gradient import Gradient
from optlab.gui.check_dialog import CheckDialog
from optlab.gui.plugin_actions import PluginActions
from optlab.gui.plugins_dialog import PluginsDialog
from optlab.host import Host, trust, verdicts
from optlab.host.finder import Source
from optlab.host.pins import pin
from optlab.host.verdicts import Verdict
from optlab.paths import user_folder

CANCEL, OK = QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Ok


@dataclass
class Known:
    name: str
    origin: str = "shipped"
    path: str = "plugins/x.py"
    state: str = "on"
    error: str = ""
    traceback: str = ""
    adds: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)
    output: str = ""
    version: str = ""


RECORDS = [
    Known("zeta", adds=["zeta", "eta"]),
    Known("adam", adds=["adam"]),
    Known("own", "yours", "own.py"),
    Known("mine", "yours", "mine.py", "broken", "mine.py line 3: <b>SyntaxError</b>", "Traceback of mine"),
]


@pytest.fixture
def dialog(qtbot):
    made = PluginsDialog()
    qtbot.addWidget(made)
    made.set_records(RECORDS)
    return made


def test_broken_plugins_come_first_with_a_mark_and_the_users_own_before_shipped_ones(dialog):
    items = [dialog._list.topLevelItem(n) for n in range(4)]
    assert [item.text(0) for item in items] == ["mine", "own", "adam", "zeta"]
    assert [item.icon(0).isNull() for item in items] == [False, True, True, True]
    assert items[0].data(4, Qt.ItemDataRole.AccessibleTextRole) == "broken"
    assert items[3].text(3) == "zeta, eta"


def test_summary_counts_the_broken(dialog):
    assert dialog._summary.text() == "4 plugins · 1 broken"
    dialog.set_records(RECORDS[:2])
    assert dialog._summary.text() == "2 plugins · no problems"
    states = ("refused", "changed", "waiting", "off", "on")
    dialog.set_records([Known(state, state=state) for state in states])
    assert dialog._summary.text() == "5 plugins · 2 ask to be allowed · 1 tried out just now"


def test_version_and_state_are_said_in_words(dialog):
    dialog.set_records([Known("mine", "package", state="changed", version="1.2")])
    item = dialog._list.topLevelItem(0)
    assert [item.text(n) for n in (0, 1, 2, 4)] == ["mine", "1.2", "package", "changed since allowed"]
    assert dialog._details.toPlainText().startswith("mine · 1.2 · package · changed since allowed\n")


def test_details_tell_place_reason_and_traceback_and_can_be_copied(dialog, qtbot):
    text = dialog._details.toPlainText()
    assert all(part in text for part in ("mine.py", "<b>SyntaxError</b>", "Traceback of mine"))
    qtbot.mouseClick(dialog._copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text


def test_marked_plugin_is_the_one_in_the_details(dialog):
    dialog._list.setCurrentItem(dialog._list.topLevelItem(2))
    assert dialog._details.toPlainText().startswith("adam")


def test_no_plugins_leave_nothing_to_copy(dialog):
    dialog.set_records([])
    assert dialog._details.toPlainText() == ""
    assert not dialog._copy.isEnabled()


@pytest.mark.parametrize(
    ("origin", "state", "enabled"),
    [
        ("shipped", "on", ""),
        ("yours", "on", "retry check switch inside folder"),
        ("yours", "off", "switch inside folder"),
        ("yours", "broken", "retry check switch inside folder"),
        ("yours", "refused", "allow inside folder"),
        ("package", "changed", "allow inside"),
        ("package", "broken", "retry switch inside"),
        ("--plugin", "broken", "retry check inside folder"),
        ("--plugin", "changed", "retry inside folder"),
    ],
)
def test_a_button_is_on_only_where_it_can_work(dialog, origin, state, enabled):
    dialog.set_records([Known("mine", origin, state=state)])
    names = ("allow", "retry", "check", "switch", "inside", "folder")
    assert [name for name in names if getattr(dialog, f"_{name}").isEnabled()] == enabled.split()
    assert dialog._retry.text() == ("Try again" if state == "broken" else "Reload")
    assert dialog._switch.text() == ("Switch on" if state == "off" else "Switch off")


SOURCE = """
from optlab.api import Optimizer, hookimpl, real
class Mine(Optimizer):
    name = "mine"
    lr: float = real(0.1)
    def step(self, params, grads, state): ...
@hookimpl
def register_optimizers():
    return [Mine]
"""


@pytest.fixture
def actions(dialog):
    """What the dialog does, for a file in the user's folder that is not allowed yet."""
    path = user_folder("plugins") / "mine.py"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE, "utf-8")
    host = Host()
    host.admit(Source("mine", "yours", path), panels=True)
    made = PluginActions(host, dialog)
    dialog.allow_requested.connect(made.allow)
    dialog.switch_requested.connect(made.switch)
    dialog.retry_requested.connect(made.retry)
    dialog.check_requested.connect(made.check)
    dialog.inside_requested.connect(made.run_inside)
    made.done.connect(lambda: dialog.set_records(host.records, host.runs_inside))
    dialog.set_records(host.records)
    return made


def answered(qtbot, dialog, button):
    """Press Allow…, read the question, and press one of its buttons."""
    seen = []

    def answer():
        box = next(box for box in dialog.findChildren(QMessageBox) if box.isVisible())
        seen.extend([box.informativeText(), box.detailedText(), box.defaultButton() is box.button(CANCEL)])
        box.button(button).click()

    QTimer.singleShot(0, answer)
    qtbot.mouseClick(dialog._allow, Qt.MouseButton.LeftButton)
    return seen


def test_allow_shows_what_it_is_and_nothing_runs_after_cancel(dialog, actions, qtbot):
    facts, text, safe = answered(qtbot, dialog, CANCEL)
    assert "with your rights" in facts and "imports: optlab.api" in facts and len(facts.rpartition(": ")[2]) == 64
    assert (text, safe) == (SOURCE, True)
    assert actions._host.records[0].state == "refused"


def settle(actions):
    """What the window does from its timer: a new plugin is tried out beside it."""
    assert actions._host.background.join(60)
    actions._host.settle(panels=True, seconds=60)
    actions.done.emit()


def test_allow_then_off_and_on_hold(dialog, actions, qtbot):
    answered(qtbot, dialog, OK)
    host = actions._host
    assert dialog._records[0].state == "waiting"
    settle(actions)
    assert (host.records[0].state, host.catalogue.names("optimizer")) == ("on", ["mine"])
    for state, names in (("off", []), ("on", ["mine"])):
        qtbot.mouseClick(dialog._switch, Qt.MouseButton.LeftButton)
        assert (host.records[0].state, host.catalogue.names("optimizer")) == (state, names)
        assert trust.load()[0].off == ([host.records[0].path] if state == "off" else [])


def test_a_changed_plugin_is_shown_beside_what_was_allowed(dialog, actions, qtbot):
    answered(qtbot, dialog, OK)
    settle(actions)
    record = actions._host.records[0]
    record.source.path.write_text(SOURCE.replace("0.1", "0.2"), "utf-8")
    actions._host.unload(record)
    actions._host.admit(record.source, panels=True)
    dialog.set_records(actions._host.records)
    assert dialog._records[0].state == "changed"
    _, difference, _ = answered(qtbot, dialog, CANCEL)
    assert "-    lr: float = real(0.1)\n+    lr: float = real(0.2)" in difference


def test_a_verdict_of_a_bad_moment_goes_when_the_plugin_is_tried_again(dialog, actions, qtbot):
    answered(qtbot, dialog, OK)
    settle(actions)
    host = actions._host
    record = host.records[0]
    verdicts.keep(record.source, pin(record.source), Verdict("mine.py: it took longer than 10 s and was given up"))
    host.unload(record)
    assert host.admit(record.source, panels=True).state == "broken"
    dialog.set_records(host.records)
    qtbot.mouseClick(dialog._retry, Qt.MouseButton.LeftButton)
    settle(actions)
    assert (host.records[0].state, host.catalogue.names("optimizer")) == ("on", ["mine"])
    assert verdicts.find(record.source, pin(record.source)).error == ""


def test_runs_stay_in_the_window_where_the_box_is_ticked_and_for_later_starts(dialog, actions, qtbot):
    answered(qtbot, dialog, OK)
    settle(actions)
    host = actions._host
    cls = host.catalogue.find("optimizer", "mine", "")
    trial = SimpleNamespace(part=lambda kind: cls() if kind == "optimizer" else Gradient())
    assert host.outside(trial) == ("mine",)
    for ticked, outside in ((True, ()), (False, ("mine",))):
        dialog._inside.click()
        assert (dialog._inside.isChecked(), host.outside(trial)) == (ticked, outside)
        assert trust.load()[0].inside == ([host.records[0].path] if ticked else [])


def test_check_shows_the_report_of_the_marked_plugin(dialog, actions, qtbot):
    answered(qtbot, dialog, OK)
    settle(actions)
    qtbot.mouseClick(dialog._check, Qt.MouseButton.LeftButton)
    (report,) = dialog.findChildren(CheckDialog)
    assert report.path == user_folder("plugins") / "mine.py" and report.busy
    report.close()
