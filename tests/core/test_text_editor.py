"""A plugin opens in a text editor, never in what an association of the system would run it with."""

import pytest

from optlab.cli import main
from optlab.store import text_editor
from optlab.store.text_editor import edit_in_terminal, edit_in_window, own_editor, window_editor


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """`programs("gedit")` puts a program on an empty PATH that writes down what it was given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    def make(name, says=""):
        file = folder / name
        said = f"echo {says}" if says else f'echo "{name} $*" >> {tmp_path / "given"}'
        file.write_text(f"#!/bin/sh\n{said}\n")
        file.chmod(0o755)

    return make


def test_the_terminal_uses_the_editor_of_the_environment_and_waits(tmp_path, programs, monkeypatch):
    programs("vim")
    monkeypatch.setenv("EDITOR", "vim -n")
    assert main(["plugins", "new", "optimizer", "mine", "--into", str(tmp_path), "--edit"]) == 0
    assert (tmp_path / "given").read_text() == f"vim -n {tmp_path / 'mine.py'}\n"


def test_visual_goes_before_editor_and_may_hold_spaces():
    assert own_editor({"VISUAL": "'my editor' -w", "EDITOR": "vi"}) == ["my editor", "-w"]
    assert own_editor({"EDITOR": "vi 'open"}) == ["vi", "'open"]


def test_the_window_takes_no_editor_that_needs_a_terminal(programs):
    for name in ("vim", "kate"):
        programs(name)
    assert window_editor({"EDITOR": "vim"}, "linux") == ["kate"]
    assert window_editor({"EDITOR": "kate -n"}, "linux") == ["kate", "-n"]
    assert window_editor({}, "win32") == ["notepad.exe"]
    assert window_editor({}, "darwin") == ["open", "-t"]


def test_the_desktop_is_asked_for_its_editor_of_plain_text_and_not_of_python(programs):
    programs("gtk-launch")
    programs("xdg-mime", says='"$3".desktop')
    assert window_editor({}, "linux") == ["gtk-launch", "text/plain.desktop"]


def test_the_window_goes_on_while_the_editor_is_open(tmp_path, programs, qtbot):
    programs("gedit")
    assert edit_in_window(tmp_path / "mine.py", {}) == ""
    qtbot.waitUntil(lambda: (tmp_path / "given").is_file() and (tmp_path / "given").read_text() != "")
    assert (tmp_path / "given").read_text() == f"gedit {tmp_path / 'mine.py'}\n"
    qtbot.waitUntil(lambda: all(process.poll() is not None for process in text_editor._open))


def test_where_there_is_no_editor_a_sentence_says_where_the_file_is(tmp_path, programs):
    file = tmp_path / "mine.py"
    assert edit_in_window(file, {}) == f"no text editor was found: set VISUAL to one; the file is {file}"
    words = edit_in_terminal(file, {"EDITOR": "gone"})
    assert words.startswith("the editor gone does not start (No such file") and str(file) in words
