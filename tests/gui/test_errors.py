"""Stray errors become one sentence in the window and a traceback in the log, never one on the terminal."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QLoggingCategory, QObject, QThread, QTimer, Signal, qCWarning

from optlab.gui import errors
from optlab.gui.errors import QuitSignals
from optlab.host.witness import Death


@pytest.fixture
def announcer(qtbot, tmp_path):
    made = errors.install(folder=tmp_path)
    made.shown = []
    made.raised.connect(made.shown.append)
    yield made
    errors.uninstall()


def raise_here(kind=RuntimeError, text="boom"):
    try:
        raise kind(text)
    except kind:
        errors.report(*sys.exc_info())


def test_error_in_a_slot_is_announced_with_place_and_traceback(announcer, qtbot, tmp_path):
    QTimer.singleShot(0, lambda: 1 / 0)
    with qtbot.waitSignal(announcer.raised) as caught:
        pass
    report = caught.args[0]
    assert "ZeroDivisionError: division by zero" in report.sentence
    assert "test_errors.py, line" in report.sentence
    assert "Traceback" in report.details
    assert "Traceback" in (tmp_path / "optlab.log").read_text("utf-8")


def test_error_in_a_thread_is_announced_in_the_window_thread(announcer, qtbot):
    class Receiver(QObject):
        thread_seen = None

        def take(self, report):
            self.thread_seen = QThread.currentThread()

    receiver = Receiver()
    announcer.raised.connect(receiver.take)
    worker = threading.Thread(target=lambda: [][1])
    with qtbot.waitSignal(announcer.raised):
        worker.start()
    worker.join()  # whoever lets go of the announcer last destroys it and its timer: not from that thread
    assert receiver.thread_seen is receiver.thread()
    assert "IndexError" in announcer.shown[0].sentence


def test_storm_of_one_error_is_announced_and_logged_once(announcer, qtbot, tmp_path):
    for _ in range(10_000):
        raise_here()
    with qtbot.waitSignal(announcer.raised):
        pass
    assert len(announcer.shown) == 1
    assert len(errors.recent()) == 1
    assert (tmp_path / "optlab.log").read_text("utf-8").count("Traceback") == 1


def test_different_errors_at_once_share_one_notification(announcer, qtbot):
    raise_here(KeyError, "a")
    raise_here(ValueError, "b")
    raise_here(TypeError, "c")
    with qtbot.waitSignal(announcer.raised) as caught:
        pass
    assert caught.args[0].sentence.endswith("and 2 more errors")
    assert all(kind in caught.args[0].details for kind in ("KeyError", "ValueError", "TypeError"))


def test_next_notification_waits_a_second(announcer, qtbot, monkeypatch):
    monkeypatch.setattr(errors, "QUIET", 0.0)
    raise_here()
    with qtbot.waitSignal(announcer.raised):
        pass
    raise_here()
    qtbot.wait(50)
    assert len(announcer.shown) == 1
    with qtbot.waitSignal(announcer.raised, timeout=3000):
        pass
    assert announcer.shown[1].details.startswith("2 times so far")


def test_kept_errors_are_bounded(announcer):
    for number in range(3 * errors.KEPT):
        errors.report(type(f"Error{number}", (Exception,), {}), Exception("x"), None)
    assert len(errors.recent()) == errors.KEPT


def test_error_whose_text_raises_is_still_reported(announcer):
    class HostileError(Exception):
        def __str__(self):
            raise SystemExit

    raise_here(HostileError)
    assert "HostileError" in errors.recent()[0].sentence


def test_huge_message_is_cut(announcer):
    raise_here(text="x" * 1_000_000)
    assert len(errors.recent()[0].sentence) < 500
    assert len(errors.recent()[0].details) <= errors.DETAILS


def test_destructor_that_raises_is_reported(announcer):
    class Broken:
        def __del__(self):
            raise OSError("too late")

    Broken()
    assert "too late" in errors.recent()[0].sentence


def test_qt_warnings_go_to_the_log(announcer, tmp_path, capfd):
    category = QLoggingCategory("test")  # the default one is silent once a picture has been taken in this process
    qCWarning(category, "a word of Qt")
    assert "a word of Qt" in (tmp_path / "optlab.log").read_text("utf-8")
    assert capfd.readouterr() == ("", "")


def test_unwritable_log_folder_stops_nothing(qtbot, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    announcer = errors.install(folder=blocked)
    raise_here()
    with qtbot.waitSignal(announcer.raised):
        pass
    errors.uninstall()


def test_hooks_are_given_back(qtbot, tmp_path):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    errors.install(folder=tmp_path)
    assert sys.excepthook is not before[0]
    errors.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_report_before_install_reaches_pythons_own_hook(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: seen.append(args[0]))
    raise_here(LookupError)
    assert seen == [LookupError]


def test_how_the_window_before_crashed_stays_in_the_log(tmp_path):
    errors.install(folder=tmp_path, death=Death(text="Fatal Python error: Segmentation fault"))
    assert "Segmentation fault" in (tmp_path / "optlab.log").read_text("utf-8")
    errors.uninstall()
    assert [path.name for path in tmp_path.iterdir()] == ["optlab.log"]


def test_signal_becomes_a_close_in_the_event_loop(qtbot):
    class Closer(QObject):
        asked = Signal()

    closer = Closer()
    signals = QuitSignals(closer.asked.emit)
    try:
        with qtbot.waitSignal(closer.asked):
            os.kill(os.getpid(), signal.SIGTERM)
        assert signals.received == signal.SIGTERM
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signals.restore()


def test_restored_signals_are_the_former_ones(qtbot):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    signals = QuitSignals(lambda: None)
    signals.restore()
    signals.restore()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert signal.set_wakeup_fd(-1) == -1


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from optlab.gui import errors
app = QCoreApplication([])
errors.install(folder=Path(sys.argv[1]))
{body}
"""


def run_program(body, folder):
    command = [sys.executable, "-c", PROGRAM.format(body=body), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_terminal_stays_silent_while_the_window_is_there(tmp_path):
    done = run_program("QTimer.singleShot(0, lambda: 1 / 0)\nQTimer.singleShot(20, app.quit)\napp.exec()", tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_error_before_the_window_is_one_line(tmp_path):
    done = run_program("1 / 0", tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "division by zero" in done.stderr
    assert "Traceback" not in done.stderr
