"""A window that a plugin ends is followed by one that names it and works without it."""

import subprocess
import sys
import time

import pytest
from PySide6.QtCore import Qt

from optlab import __version__
from optlab.gui.app import make_window
from optlab.gui.own_process import own_process
from optlab.gui.recovery import Recovery, recover, tell
from optlab.gui.settings import Settings
from optlab.host.finder import Source
from optlab.host.pins import pin
from optlab.host.witness import Death, Witness, blame, last_death
from optlab.paths import user_folder

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from optlab.gui import app

finish = app.finish

def look(window):
    finish(window)
    while window.desk.host.waiting:
        QApplication.processEvents()
    for view in window.views.views:
        window.views.show_view(view.name)
    for message in window.messages.messages():
        print(message.sentence, [text for text, _ in message.actions], flush=True)
    print(*(f"{r.name} {r.state}" for r in window.desk.host.records if r.outside), flush=True)
    print("shown", *(view.name for view in window.views.views), flush=True)
    window.close()

app.finish = look
name, *plugins = sys.argv[1:]
sys.exit(app.main(name, language="en", theme="dark", plugins=[Path(each) for each in plugins]))
"""
IN_THE_WINDOW = """
import ctypes, os, signal, sys
from optlab.api import *

def shown():
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets is not None and widgets.QApplication.instance() is not None

"""
OPTIMIZER = """
class Mine(Optimizer):
    name = "mine"
    lr: float = real(0.1, 0.0, 1.0)
    def step(self, params, grads, state): ...

@hookimpl
def register_optimizers():
    return [Mine]
"""
ENDS = {"segfault": "ctypes.string_at(0)", "leaves": "os._exit(0)", "killed": "os.kill(os.getpid(), signal.SIGKILL)"}
PANEL = """
from optlab.gui.api import Panel

class Mine(Panel):
    name = "mine"
    title = "Mine"
    def build(self): ...
    def refresh(self):
        {end}

@hookimpl
def register_panels():
    return [Mine]
"""
LANDSCAPE = """
class Mine(Landscape):
    name = "mine"
    domain = ((-1.0, 1.0), (-1.0, 1.0))
    at = (0.5, 0.5)
    def evaluate(self, x, loss, grad):
        if shown():
            ctypes.string_at(0)
        loss[:] = x[:, 0] ** 2 + x[:, 1] ** 2
        grad[:] = 2 * x

@hookimpl
def register_problems():
    return [Mine]
"""
EXPERIMENT = """
steps = 10
panels = ["landscape"]
[problem]
name = "mine"
[optimizer]
name = "sgd"
[[trial]]
label = "one"
"""
LEFT_OUT = "OptLab ended in the middle of the plugin mine when it last ran; it is left out now. "


@pytest.fixture
def start(tmp_path):
    """`start("source")` is the exit code of a window with that plugin, and what was seen in it."""
    path = tmp_path / "mine.py"

    def run(text=None, experiment="ravine"):
        if text is not None:
            path.write_text(IN_THE_WINDOW + text, "utf-8")
        command = [sys.executable, "-c", PROGRAM, str(experiment), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.splitlines()

    return run


@pytest.mark.parametrize("end", ["segfault", "leaves"])
def test_a_plugin_that_ends_the_start_is_left_out_of_the_next_and_named(start, end):
    code, seen = start(f"if shown():\n    {ENDS[end]}\n{OPTIMIZER}")
    assert (code == 0) == (end == "leaves") and seen == []
    for words in (f"{LEFT_OUT}['Switch on again', 'Start in safe mode']", "plugin mine is broken: mine.py: "):
        code, seen = start()
        assert code == 0 and seen[0].startswith(words) and seen[1] == "mine broken"


@pytest.mark.parametrize("end", ["killed"])
def test_a_view_that_ends_the_window_is_left_out_of_the_next(start, end):
    code, seen = start(PANEL.format(end=ENDS[end]))
    assert seen == []
    code, seen = start()
    assert (code, seen[0].startswith(LEFT_OUT), seen[1]) == (0, True, "mine broken")
    assert "mine" not in seen[2]


def test_a_landscape_that_crashes_while_it_is_drawn_is_found_by_the_stack(start, tmp_path):
    experiment = tmp_path / "own.toml"
    experiment.write_text(EXPERIMENT, "utf-8")
    code, seen = start(LANDSCAPE, experiment)
    assert code != 0
    code, seen = start(None, experiment)
    assert code == 0 and "mine broken" in seen and any(line.startswith(LEFT_OUT) for line in seen)


def test_two_starts_that_end_for_no_known_reason_are_followed_by_safe_mode(start):
    later = "from PySide6.QtCore import QTimer\nif shown():\n    QTimer.singleShot(0, lambda: os._exit(9))\n"
    assert [start(later + OPTIMIZER)[0] for _ in range(2)] == [9, 9]
    code, seen = start()
    assert code == 0
    words = "OptLab ended 2 times while it started; this is safe mode, with the shipped plugins alone."
    assert seen[:2] == [f"{words} ['Start with all plugins']", ""]
    assert list(user_folder("log").glob("*.running")) == []


def test_a_window_that_was_closed_leaves_nothing_to_say(start):
    for _ in range(2):
        assert start(OPTIMIZER)[1][0] == "mine on"


def test_a_window_that_is_open_is_not_dead(tmp_path):
    code = "import sys, time; from pathlib import Path; from optlab.host.witness import witness; " \
           "witness.open(Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"open\n"
    assert last_death(tmp_path) is None
    process.kill()
    process.wait()
    process.stdout.close()
    death = last_death(tmp_path)
    assert death is not None and (death.key, death.starts, death.text) == ("", 1, "")
    assert last_death(tmp_path) is None


def test_marks_follow_the_calls_and_a_good_start_is_counted(tmp_path):
    own = Witness()
    own.open(tmp_path, Death(starts=1))
    (file,) = tmp_path.iterdir()

    def words():
        return file.read_bytes().split(b"\0")[0].decode().split("\n")

    assert words() == ["2", "", ""]
    with own.calling("outer", "1"):
        with own.calling("inner", "2"):
            assert words() == ["2", "2", "inner"]
        assert words() == ["2", "1", "outer"]
    own.started()
    assert words() == ["0", "", ""]
    own.close()
    assert list(tmp_path.iterdir()) == []


def test_a_witness_without_a_folder_stops_nothing(tmp_path):
    own = Witness()
    (tmp_path / "file").touch()
    own.open(tmp_path / "file")
    with own.calling("key", ""):
        own.say("words")
    own.close()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "mé.py"
    path.write_text(IN_THE_WINDOW + OPTIMIZER, "utf-8")
    return Source("mé", "--plugin", path)


def stack(*files, head="Fatal Python error: Segmentation fault\n\nCurrent thread 0x1 (most recent call first):\n"):
    return head + "".join(f'  File "{file}", line 1 in f\n' for file in files)


def test_the_innermost_plugin_of_the_stack_is_to_blame_and_other_threads_are_not(source, tmp_path):
    other = Source("other", "--plugin", tmp_path / "other.py")
    other.path.touch()
    now = time.time()
    mine = str(source.path).encode("ascii", "backslashreplace").decode()
    text = f'Thread 0x2 (most recent call first):\n  File "{other.path}", line 1 in f\n\n'
    text += stack("/numpy.py", mine, other.path) + f'\nThread 0x3 (most recent call first):\n  File "{other.path}"\n'
    assert blame(Death(text=text, time=now), [other, source]) is source
    assert blame(Death(text=stack("/numpy.py"), time=now), [other, source]) is None
    trace = f'Traceback (most recent call last):\n  File "{other.path}", line 1, in f\n  File "{source.path}", line 1\n'
    assert blame(Death(text=trace, time=now), [other, source]) is source


def test_a_plugin_that_has_changed_since_is_spared(source):
    assert blame(Death(text=stack(source.path), time=source.path.stat().st_mtime - 1), [source]) is None
    assert blame(Death(source.key, "another"), [source]) is None
    assert blame(Death(source.key, pin(source).sha256), [source]) is source


@pytest.mark.parametrize("data", [b"", b"\xff" * 9000, b"\0" * 4096, b"x\ny\nz\nw"])
def test_a_damaged_file_is_buried_in_silence(tmp_path, data):
    (tmp_path / "window-1.running").write_bytes(data)
    death = last_death(tmp_path)
    assert death is not None and death.starts == 0
    assert blame(death, []) is None and list(tmp_path.iterdir()) == []


def test_the_button_switches_it_on_again(source, qtbot, qapp):
    death = Death(source.key, pin(source).sha256)
    recovery = recover(death, [source.path], False)
    assert recovery == Recovery(death, source, False)
    window, messages = make_window(qapp, Settings(theme="dark"), "ravine", [source.path], False)
    qtbot.addWidget(window)
    tell(window, recovery, messages)
    (message,) = window.messages.messages()
    assert message.sentence.startswith("OptLab ended in the middle of the plugin mé")
    qtbot.mouseClick(window.messages._actions[0], Qt.MouseButton.LeftButton)
    window.keeper.start()
    qtbot.waitUntil(lambda: "mine" in window.desk.host.catalogue.names("optimizer"), timeout=60_000)
    window.keeper.stop()


def test_another_window_is_opened_with_what_was_chosen():
    process = own_process("--safe-mode", "--version")
    process.start()
    assert process.waitForFinished(60_000)
    assert bytes(process.readAllStandardOutput().data()).decode().strip() == f"optlab {__version__}"
