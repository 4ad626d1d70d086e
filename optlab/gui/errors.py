"""Errors that nobody caught: written to the log, shown as one sentence, never a traceback on the terminal."""

import contextlib
import faulthandler
import logging
import signal
import socket
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QSocketNotifier,
    Qt,
    QThread,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)

from optlab.host.witness import Death, witness
from optlab.i18n import tr
from optlab.paths import user_folder

KEPT = 100  # errors that `recent` knows
SENTENCE, DETAILS = 300, 20_000  # characters: a message of 200 MB stopped the window for half a second
PAUSE = 1.0  # s between two notifications
QUIET = 10.0  # s before an error that comes again is announced again

Key = tuple[str, str, int]


@dataclass(frozen=True)
class ErrorReport:
    """What the message bar shows: a sentence, and the traceback behind it."""

    sentence: str
    details: str


class Announcer(QObject):
    """Carries reports from any thread to the window's, one notification a second at most."""

    raised = Signal(object)  # ErrorReport, in the thread of this object
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pending: deque[ErrorReport] = deque(maxlen=KEPT)
        self._pause = QTimer(self, singleShot=True, interval=int(PAUSE * 1000))
        self._pause.timeout.connect(self._on_woken)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def add(self, report: ErrorReport) -> None:
        self._pending.append(report)
        self._woken.emit()

    def _on_woken(self) -> None:
        if not self._pending or self._pause.isActive():
            return
        reports = [self._pending.popleft() for _ in range(len(self._pending))]
        self._pause.start()
        self.raised.emit(reports[0] if len(reports) == 1 else _several(reports))


class _Hooks:
    """What was in force before `install`, and the errors since."""

    def __init__(self) -> None:
        self.lock = threading.RLock()  # a destructor may raise while it is held
        self.announcer: Announcer | None = None
        self.errors: dict[Key, ErrorReport] = {}
        self.announced: dict[Key, float] = {}
        self.counts: dict[Key, int] = {}
        self.undo = contextlib.ExitStack()


_hooks = _Hooks()
_log = logging.getLogger("optlab.window")
_log.propagate = False
_log.addHandler(logging.NullHandler())


class _QuietFile(RotatingFileHandler):
    """A log file whose own failures (a full disk) stay off the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def install(parent: QObject | None = None, folder: Path | None = None, death: Death | None = None) -> Announcer:
    """Take over every hook that an uncaught error can reach; `uninstall` gives them back.

    `death` is how the window before ended, where it was not closed.
    """
    uninstall()
    announcer = _hooks.announcer = Announcer(parent)
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook, sys.unraisablehook = _on_uncaught, _on_thread, _on_unraisable
    _hooks.undo.callback(_restore, *before)
    _hooks.undo.callback(qInstallMessageHandler, qInstallMessageHandler(_on_qt_message))
    with contextlib.suppress(OSError):
        _open_log(folder or user_folder("log"))
    _watch(folder or user_folder("log"), death)
    return announcer


def uninstall() -> None:
    """Give the hooks back to whoever had them."""
    _hooks.undo.close()
    _hooks.announcer = None
    forget()


def forget() -> None:
    """Know of no error any more."""
    with _hooks.lock:
        for table in (_hooks.errors, _hooks.announced, _hooks.counts):
            table.clear()


def report(kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
    """Keep an error and announce it, from any thread; before `install` it goes to Python's own hook."""
    if kind is None or error is None:
        return
    if _hooks.announcer is None:
        sys.excepthook(kind, error, trace)
        return
    key = _key(kind, trace)
    now = time.monotonic()
    with _hooks.lock:
        count = _hooks.counts[key] = _hooks.counts.get(key, 0) + 1
        if now - _hooks.announced.get(key, -QUIET) < QUIET:
            return
        made = _hooks.errors[key] = _describe(kind, error, trace, count)
        _hooks.announced[key] = now
        if len(_hooks.errors) > KEPT:
            oldest = next(iter(_hooks.errors))
            for table in (_hooks.errors, _hooks.announced, _hooks.counts):
                table.pop(oldest, None)
    _log.error("%s\n%s", made.sentence, made.details)
    with contextlib.suppress(RuntimeError):  # the window has gone already
        _hooks.announcer.add(made)


def recent() -> list[ErrorReport]:
    """The last errors, oldest first."""
    with _hooks.lock:
        return list(_hooks.errors.values())


class QuitSignals(QObject):
    """SIGINT and SIGTERM become a call of `close` in the window's thread; a second one ends the process at once."""

    def __init__(self, close: Callable[[], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.received: int | None = None
        self._close = close
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)

    def restore(self) -> None:
        """Give the signals back."""
        if self._reader.fileno() < 0:
            return
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._fd)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _on_signal(self, number: int, _frame: Any) -> None:
        signal.signal(number, signal.SIG_DFL)

    def _on_activated(self) -> None:
        """The bytes in the socket are the numbers of the signals."""
        with contextlib.suppress(BlockingIOError):
            caught = [number for number in self._reader.recv(64) if number in self._before]
            if caught and self.received is None:
                self.received = caught[0]
                self._close()


def _on_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    report(kind, error, trace)
    alone = threading.current_thread() is threading.main_thread() and not QThread.currentThread().loopLevel()
    if alone and sys.stderr:  # no event loop, so nobody will see the message bar
        sys.stderr.write(_describe(kind, error, trace, 1).sentence + "\n")


def _on_thread(args: Any) -> None:
    report(args.exc_type, args.exc_value, args.exc_traceback)


def _on_unraisable(args: Any) -> None:
    report(args.exc_type, args.exc_value, args.exc_traceback)


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own words are for whoever reads the log: nothing in them helps a user."""
    severe = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    _log.log(logging.ERROR if severe else logging.WARNING, "Qt: %s [%s]", message[:SENTENCE], context.category)
    if kind == QtMsgType.QtFatalMsg and sys.stderr:  # the process ends now
        sys.stderr.write(message + "\n")


def _restore(uncaught: Any, thread: Any, unraisable: Any) -> None:
    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, thread, unraisable


def _open_log(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handler = _QuietFile(folder / "optlab.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _hooks.undo.callback(handler.close)
    _hooks.undo.callback(_log.removeHandler, handler)


def _watch(folder: Path, death: Death | None) -> None:
    """Leave behind what ends this process, should it be no peaceful end."""
    if death is not None and death.text:
        _log.error("the window before ended with:\n%s", death.text)
    witness.open(folder, death)
    _hooks.undo.callback(witness.close)
    if witness.file is not None and not faulthandler.is_enabled():  # else somebody asked for it on the terminal
        faulthandler.enable(witness.file)
        _hooks.undo.callback(faulthandler.disable)


def _key(kind: type[BaseException], trace: TracebackType | None) -> Key:
    file, line = _place(trace)
    return kind.__name__, file, line


def _place(trace: TracebackType | None) -> tuple[str, int]:
    """File and line where the error arose: the innermost frame."""
    if trace is None:
        return "", 0
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename, trace.tb_lineno


def _describe(kind: type[BaseException], error: BaseException, trace: TracebackType | None, count: int) -> ErrorReport:
    try:
        text = str(error)[:SENTENCE]
        details = "".join(traceback.TracebackException(kind, error, trace, limit=-20).format())
    except BaseException as second:  # an error whose own text raises
        text, details = "", f"{kind.__name__} ({type(second).__name__})"
    file, line = _place(trace)
    what = f"{kind.__name__}: {text}" if text else kind.__name__
    place = tr("{file}, line {line}", file=Path(file).name, line=line) if file else ""
    sentence = tr("Unexpected error: {what}", what=what.replace("\n", " "))
    sentence = f"{sentence} ({place})" if place else sentence
    details = tr("{n} times so far", n=count) + "\n" + details if count > 1 else details
    return ErrorReport(sentence[: SENTENCE + 100], details[:DETAILS])


def _several(reports: list[ErrorReport]) -> ErrorReport:
    sentence = tr("{first} and {n} more errors", first=reports[0].sentence, n=len(reports) - 1)
    return ErrorReport(sentence, "\n".join(report.details for report in reports)[:DETAILS])
