"""The author's commands: a new plugin is in the window at once, and a dropped one only after it was allowed."""

import stat
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QShortcut
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLabel, QLineEdit, QMessageBox

from optlab.gui import app
from optlab.gui.check_dialog import CheckDialog
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.new_plugin_dialog import NewPluginDialog
from optlab.gui.settings import Settings
from optlab.gui.theme import load_theme
from optlab.gui.window import Window
from optlab.host import Host, trust
from optlab.lab import load
from optlab.paths import user_folder
from optlab.store.guide import page
from optlab.store.template import KINDS, plugin_text

OK, CANCEL = QMessageBox.StandardButton.Ok, QMessageBox.StandardButton.Cancel


@pytest.fixture
def window(qtbot, host):
    """The window with the shipped plugins, of which it does not load those again that another test has loaded."""
    own = Host()
    for kind in ("optimizer", "schedule", "problem"):
        for name, cls in zip(host.catalogue.names(kind), host.catalogue.classes(kind), strict=True):
            own.catalogue.put(kind, name, cls)
    own.records, own.panels = [*host.records], [cls for cls in host.panels if cls.name == "landscape"]
    own.homes.update(host.homes)
    made = Window(Desk(own, Document(load("ravine", host=own)), load_theme("light")), Settings(theme="light"))
    qtbot.addWidget(made)
    made.show()
    app.finish(made)
    yield made
    made.close()


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """A text editor that writes down what it was given."""
    program, given = tmp_path / "myedit", tmp_path / "given"
    program.write_text(f'#!/bin/sh\necho "$1" > {given}.new && mv {given}.new {given}\n')
    program.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(program))
    return given


def said(window):
    return [message.sentence for message in window.messages.messages()]


def state(window, name):
    return [record.state for record in window.desk.host.records if record.name == name]


def dialog_now(kind):
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible())


# new


def test_a_new_plugin_is_written_allowed_loaded_and_open_in_the_editor(window, editor, qtbot):
    def answer():
        dialog = dialog_now(NewPluginDialog)
        dialog.findChild(QLineEdit).setText("My first one")
        dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok).click()

    QTimer.singleShot(0, answer)
    window.actions_["new_plugin"].trigger()
    path = user_folder("plugins") / "my_first_one.py"
    qtbot.waitUntil(lambda: "on" in state(window, "my_first_one"), timeout=20000)
    qtbot.waitUntil(editor.is_file)
    assert editor.read_text() == f"{path}\n"
    assert trust.load()[0].folders == [str(path.parent.resolve())]
    qtbot.waitUntil(lambda: said(window) == [f"my_first_one is loaded from {path}"])


def test_what_is_new_is_in_the_form_and_used_with_one_click(window, qtbot):
    window.authoring.write("optimizer", "mine", edit=False)
    qtbot.waitUntil(lambda: "on" in state(window, "mine") and said(window) != [], timeout=20000)
    assert window.desk.document.part("optimizer").name != "mine"
    (_, use), *_ = window.messages.messages()[0].actions
    use()
    assert window.desk.document.part("optimizer").name == "mine"
    window.desk.document.undo_stack.undo()
    assert window.desk.document.part("optimizer").name != "mine"


def test_a_new_view_has_a_tab_that_can_be_shown(window, qtbot):
    window.authoring.write("panel", "mine", edit=False)
    qtbot.waitUntil(lambda: any(view.name == "mine" for view in window.views.views), timeout=20000)
    qtbot.waitUntil(lambda: said(window) != [])
    (_, show), *_ = window.messages.messages()[0].actions
    show()
    qtbot.waitUntil(lambda: window.views.current is not None and window.views.current.name == "mine")


@pytest.mark.parametrize("kind", KINDS)
def test_the_dialog_begins_with_the_kind_that_is_wished(kind, qtbot):
    dialog = NewPluginDialog(kind)
    qtbot.addWidget(dialog)
    assert dialog.kind == kind and dialog.name == ""


@pytest.mark.parametrize(
    ("words", "shown", "can"),
    [("", "plugins", False), ("My bowl 2", "my_bowl_2.py", True), ("2", "expected a word", False),
     ("there", "is there already", False)],
)  # fmt: skip
def test_the_dialog_says_where_the_file_will_be_or_why_not(words, shown, can, qtbot):
    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    (folder / "there.py").write_text("# mine")
    dialog = NewPluginDialog()
    qtbot.addWidget(dialog)
    dialog.findChild(QLineEdit).setText(words)
    assert any(shown in label.text() for label in dialog.findChildren(QLabel))
    assert dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok).isEnabled() is can


def test_a_folder_that_cannot_be_written_is_a_sentence(window):
    user_folder("plugins").parent.mkdir(parents=True, exist_ok=True)
    user_folder("plugins").write_text("a file where a folder should be")
    for ask in (lambda: window.authoring.write("optimizer", "mine", edit=False), window.authoring.open_folder):
        ask()
        assert said(window) == [f"{user_folder('plugins')}: cannot be made: File exists"]
        window.messages.dismiss()


# check and folder


def test_check_shows_the_report_of_the_file_that_was_chosen(window, tmp_path, monkeypatch, qtbot):
    file = tmp_path / "mine.py"
    file.write_text(plugin_text("schedule", "mine"), "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    window.actions_["check_plugin"].trigger()
    dialog = window.findChild(CheckDialog)
    assert dialog.path == file
    qtbot.waitUntil(lambda: not dialog.busy, timeout=60000)
    assert "keeps the contract" in dialog.text()
    dialog.close()


def test_the_plugin_folder_is_made_and_opened(window, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(Path(url.toLocalFile())))
    window.actions_["plugin_folder"].trigger()
    assert opened == [user_folder("plugins")] and opened[0].is_dir()


def test_the_guide_offers_a_new_plugin_of_its_kind(window, qtbot):
    seen = []

    def answer():
        seen.append(dialog_now(NewPluginDialog).kind)
        dialog_now(NewPluginDialog).reject()

    window.helpdesk.show_guide("schedule")
    QTimer.singleShot(0, answer)
    window.helpdesk._guide.new_requested.emit("schedule")
    assert seen == ["schedule"]
    window.helpdesk._guide.close()


def test_a_file_of_the_guide_is_saved_and_loaded(window, qtbot):
    window.helpdesk.show_guide("schedule")
    window.helpdesk._guide._text.anchorClicked.emit(QUrl("save:0"))
    qtbot.waitUntil(lambda: "on" in state(window, "my_waves_down"), timeout=20000)
    assert (user_folder("plugins") / "my_waves_down.py").read_text("utf-8") == page("schedule").files[0]
    window.helpdesk._guide.close()


def test_help_in_the_plugins_dialog_is_the_page_about_trust(window, qtbot):
    window.actions_["plugins"].trigger()
    (key,) = window.helpdesk._plugins.findChildren(QShortcut)
    assert key.key().toString() == "F1"
    key.activated.emit()
    assert window.helpdesk._guide.current == "sharing"
    window.helpdesk._guide.close()
    window.helpdesk._plugins.close()


# drop


@pytest.fixture
def dropped(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(f'{plugin_text("optimizer", "mine")}\nopen({str(tmp_path / "ran")!r}, "w").close()\n', "utf-8")
    return file


def drop(window, *files):
    """As a file manager does it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))


def answered(window, qtbot, *buttons):
    """Press a button of every question that follows, and return their texts."""
    seen, waiting = [], list(buttons)

    def answer():
        boxes = [box for box in window.findChildren(QMessageBox) if box.isVisible()]
        if boxes and waiting:
            box, button = boxes[-1], waiting.pop(0)
            seen.append(box.text())
            found = box.button(button) if not isinstance(button, str) else next(
                each for each in box.buttons() if each.text() == button
            )  # fmt: skip
            found.click()
        if waiting:
            QTimer.singleShot(20, window, answer)

    QTimer.singleShot(0, window, answer)
    qtbot.waitUntil(lambda: not waiting, timeout=20000)
    qtbot.waitUntil(lambda: not any(box.isVisible() for box in window.findChildren(QMessageBox)))
    return seen


def test_nothing_of_a_dropped_file_runs_or_is_copied_without_a_yes(window, dropped, qtbot):
    drop(window, dropped)
    assert answered(window, qtbot, CANCEL) == ["Copy mine.py into your plugins, and allow it?"]
    assert not (dropped.parent / "ran").exists() and not user_folder("plugins").exists()
    assert state(window, "mine") == [] and trust.load()[0].allowed == {}


def test_a_dropped_file_is_copied_allowed_as_it_is_and_loaded(window, dropped, qtbot):
    drop(window, dropped)
    answered(window, qtbot, OK)
    target = user_folder("plugins") / "mine.py"
    qtbot.waitUntil(lambda: "on" in state(window, "mine"), timeout=20000)
    assert target.read_bytes() == dropped.read_bytes()
    assert list(trust.load()[0].allowed) == [str(target)] and trust.load()[0].folders == []
    assert "mine" in window.desk.host.catalogue.names("optimizer")


@pytest.mark.parametrize(("button", "kept"), [("Replace it", ["mine.py"]), ("Keep both", ["mine.py", "mine_2.py"])])
def test_a_file_of_the_same_name_is_never_overwritten_unasked(window, dropped, qtbot, button, kept):
    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text("# my work")
    drop(window, dropped)
    assert answered(window, qtbot, button, OK)[0] == "You have another plugin called mine.py."
    qtbot.waitUntil(lambda: said(window) != [], timeout=20000)
    assert sorted(file.name for file in folder.glob("*.py")) == kept
    assert (folder / kept[-1]).read_bytes() == dropped.read_bytes()
    assert (folder / "mine.py").read_text("utf-8") == ("# my work" if len(kept) == 2 else dropped.read_text("utf-8"))


def test_a_replaced_plugin_leaves_nothing_of_the_old_one(window, dropped, qtbot):
    drop(window, dropped)
    answered(window, qtbot, OK)
    qtbot.waitUntil(lambda: "on" in state(window, "mine"), timeout=20000)
    old = window.desk.host.catalogue.find("optimizer", "mine", "")
    dropped.write_text(plugin_text("optimizer", "mine").replace("0.9,", "0.8,"), "utf-8")
    drop(window, dropped)
    answered(window, qtbot, "Replace it", OK)
    qtbot.waitUntil(lambda: state(window, "mine") == ["on"], timeout=20000)
    new = window.desk.host.catalogue.find("optimizer", "mine", "")
    assert new is not old and new.fields()["beta"].default == 0.8
    assert window.desk.host.catalogue.names("optimizer").count("mine") == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("mine.txt", b"", "mine.txt: expected an experiment (.toml) or a plugin (.py)"),
        ("_mine.py", b"", "_mine.py: the name of a plugin begins with a letter; rename the file"),
        ("mine.py", b"x = '\xe4'\n", "mine.py: expected UTF-8 text, got another encoding in line 1"),
        ("mine.py", b"#" * (1 << 21), "mine.py: expected a file of at most 1 MiB"),
        ("gone.py", None, "gone.py: no such file"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_a_sentence(window, tmp_path, qtbot, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    drop(window, tmp_path / name)
    qtbot.waitUntil(lambda: said(window) != [])
    assert said(window)[0].startswith(words)
    assert not user_folder("plugins").exists()


def test_folders_and_several_files_are_refused_with_a_sentence(window, dropped, qtbot):
    for files in ([dropped, dropped], [dropped.parent]):
        drop(window, *files)
        qtbot.waitUntil(lambda: said(window) != [])
        assert said(window) == ["Drop one file at a time: an experiment (.toml) or a plugin (.py)."]
        window.messages.dismiss()


def test_a_file_that_may_not_be_read_is_refused_with_a_sentence(window, dropped, monkeypatch, qtbot):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("optlab.gui.dropped_plugin.read_plugin", refuse)  # root reads whatever its mode is
    drop(window, dropped)
    qtbot.waitUntil(lambda: said(window) != [])
    assert said(window) == ["mine.py: Permission denied"]


def test_an_open_folder_of_plugins_is_refused_after_the_copy(window, dropped, qtbot):
    """What every user of the computer may write, the lab does not run."""
    drop(window, dropped)
    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    answered(window, qtbot, OK)
    assert not (folder / "mine.py").stat().st_mode & stat.S_IWOTH


def test_a_dropped_experiment_is_opened(window, tmp_path, qtbot):
    file = tmp_path / "mine.toml"
    file.write_text(window.files.spec().replace("title = ", "title = 'Mine' #"), "utf-8")
    drop(window, file)
    qtbot.waitUntil(lambda: window.desk.document.path == file)
    assert window.desk.document.experiment.title == "Mine"
