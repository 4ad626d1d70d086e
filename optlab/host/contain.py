"""What a plugin changes in the process while it is imported is put back, and what it prints is kept apart."""

import builtins
import gc
import io
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import numpy as np

MOST = 10_000


class Heard(io.TextIOBase):
    """What was printed, up to `MOST` signs, and whether Ctrl-C was pressed; passed on to where errors go."""

    def __init__(self) -> None:
        self.text = ""
        self.interrupted = False
        self._errors = sys.stderr

    def write(self, text: str) -> int:
        kept = str(text)[: MOST - len(self.text)]
        self.text += kept
        if self._errors is not None:  # a window without a terminal has none
            self._errors.write(kept)
        return len(text)


@contextmanager
def contained(heard: Heard) -> Iterator[None]:
    """Run a plugin's import: settings of the process are as before afterwards, and its prints are no results.

    What cannot be put back in a thread is not tried: closed files, started threads, a process that ends itself.
    """
    put_back = [_builtins(), _modules(), *_settings(), *_signals(heard), _mapping(os.environ)]  # in this order
    with np.errstate(), warnings.catch_warnings(), redirect_stdout(heard), redirect_stderr(heard):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for restore in put_back:
                with suppress(Exception):
                    restore()


def _settings() -> Iterator[Callable[[], Any]]:
    with suppress(OSError):  # the folder may be gone
        folder = Path.cwd()
        yield lambda: os.chdir(folder)
    path, finders = list(sys.path), list(sys.meta_path)
    hook, thread_hook, stray_hook = sys.excepthook, threading.excepthook, sys.unraisablehook
    depth, interval, trace, collects = sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), gc.isenabled()
    yield lambda: sys.path.__setitem__(slice(None), path)
    yield lambda: sys.meta_path.__setitem__(slice(None), finders)
    yield lambda: setattr(sys, "excepthook", hook)
    yield lambda: setattr(threading, "excepthook", thread_hook)
    yield lambda: setattr(sys, "unraisablehook", stray_hook)
    yield lambda: sys.setrecursionlimit(depth)
    yield lambda: sys.setswitchinterval(interval)
    yield lambda: sys.settrace(trace)
    yield lambda: gc.enable() if collects else gc.disable()


def _signals(heard: Heard) -> Iterator[Callable[[], Any]]:
    if threading.current_thread() is not threading.main_thread():
        return

    def press(*_: Any) -> None:
        heard.interrupted = True  # a plugin may raise the same of itself
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)
        if before is not None:
            yield lambda number=number, before=before: signal.signal(number, before)  # type: ignore[misc]
    signal.signal(signal.SIGINT, press)


def _mapping(live: Any) -> Callable[[], Any]:
    before = dict(live)

    def restore() -> None:
        for key in [key for key in live if key not in before]:
            del live[key]
        for key, value in before.items():
            if live.get(key) != value:
                live[key] = value

    return restore


def _builtins() -> Callable[[], Any]:
    live, before = vars(builtins), dict(vars(builtins))
    return lambda: live.update(before)


def _modules() -> Callable[[], Any]:
    """Imported modules stay what and where they were; the plugin's own imports stay too."""
    live, before = sys.modules, dict(sys.modules)

    def restore() -> None:
        sys.modules = live
        live.update(before)

    return restore
