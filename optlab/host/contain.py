"""What a plugin changes in the process while it is imported is put back and told, and its prints are kept apart."""

import builtins
import gc
import io
import locale
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from optlab.i18n import tr

MOST = 10_000


class Heard(io.TextIOBase):
    """What was printed, up to `MOST` signs, what was changed, and whether Ctrl-C was pressed; prints are passed on to
    where errors go."""

    def __init__(self) -> None:
        self.text = ""
        self.changes: list[str] = []
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
    keepers = [_builtins(), _modules(), *_settings(), *_signals(heard), _mapping(os.environ)]  # in this order
    threads = set(threading.enumerate())
    with warnings.catch_warnings(), redirect_stdout(heard), redirect_stderr(heard):
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for restore in keepers:
                with suppress(Exception):
                    restore(heard)
            fresh = (thread.name for thread in threading.enumerate() if thread not in threads)
            started = [name for name in fresh if not name.startswith("optlab-")]  # the lab's own, which goes on beside
            if started:
                heard.changes.append(tr("started threads: {names}", names=", ".join(started)[:200]))


Restore = Callable[[Heard], Any]


def _kept(what: str, read: Callable[[], Any], write: Callable[[Any], Any]) -> Restore:
    """What puts a setting back; `what` is told where it was changed."""
    before = read()

    def restore(heard: Heard) -> None:
        if read() != before:
            write(before)
            heard.changes.append(tr("changed {what}; put back", what=what))

    return restore


def _settings() -> Iterator[Restore]:
    with suppress(OSError):  # the folder may be gone
        folder = Path.cwd()
        yield lambda heard: _folder(folder, heard)
    yield _kept(tr("NumPy's error handling"), np.geterr, lambda before: np.seterr(**before))
    yield _kept(tr("the global random state"), random.getstate, random.setstate)
    yield _kept(tr("the global random state"), _numpy_random, _set_numpy_random)
    yield _kept(tr("the locale"), lambda: locale.setlocale(locale.LC_ALL), lambda b: locale.setlocale(locale.LC_ALL, b))
    yield _kept(
        tr("the search path of modules"), lambda: list(sys.path), lambda b: sys.path.__setitem__(slice(None), b)
    )
    yield _kept(tr("how modules are found"), lambda: list(sys.meta_path),
                lambda b: sys.meta_path.__setitem__(slice(None), b))  # fmt: skip
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        yield _attribute(tr("how errors are reported"), module, name)
    yield _kept(tr("the depth of recursion"), sys.getrecursionlimit, sys.setrecursionlimit)
    yield _kept(tr("how threads take turns"), sys.getswitchinterval, sys.setswitchinterval)
    yield _kept(tr("tracing"), sys.gettrace, sys.settrace)
    yield _kept(tr("the collection of garbage"), gc.isenabled, lambda on: gc.enable() if on else gc.disable())


def _folder(before: Path, heard: Heard) -> None:
    with suppress(OSError):
        if Path.cwd() == before:
            return
    os.chdir(before)
    heard.changes.append(tr("changed {what}; put back", what=tr("the working directory")))


def _list(what: str, live: list[Any]) -> Restore:
    return _kept(what, lambda: list(live), lambda before: live.__setitem__(slice(None), before))


def _attribute(what: str, owner: Any, name: str) -> Restore:
    return _kept(what, lambda: getattr(owner, name), lambda before: setattr(owner, name, before))


def _numpy_random() -> tuple[Any, ...]:
    state: Any = np.random.get_state()
    return (state[0], state[1].tobytes(), *state[2:])


def _set_numpy_random(state: tuple[Any, ...]) -> None:
    kind, words, *rest = state
    np.random.set_state((kind, np.frombuffer(words, np.uint32), *rest))


def _signals(heard: Heard) -> Iterator[Restore]:
    if threading.current_thread() is not threading.main_thread():
        return

    def press(*_: Any) -> None:
        heard.interrupted = True  # a plugin may raise the same of itself
        raise KeyboardInterrupt

    own = {signal.SIGINT: press, signal.SIGTERM: signal.getsignal(signal.SIGTERM)}
    for number in own:
        before = signal.getsignal(number)
        if before is not None:
            yield partial(_signal, number, before, own[number])
    signal.signal(signal.SIGINT, press)


def _signal(number: int, before: Any, expected: Any, heard: Heard) -> None:
    if signal.getsignal(number) is not expected:
        heard.changes.append(tr("changed {what}; put back", what=tr("what Ctrl-C and other signals do")))
    signal.signal(number, before)


def _mapping(live: Any) -> Restore:
    before = dict(live)

    def restore(heard: Heard) -> None:
        if dict(live) == before:
            return
        for key in [key for key in live if key not in before]:
            del live[key]
        for key, value in before.items():
            if live.get(key) != value:
                live[key] = value
        heard.changes.append(tr("changed {what}; put back", what=tr("the environment")))

    return restore


def _builtins() -> Restore:
    live, before = vars(builtins), dict(vars(builtins))

    def restore(heard: Heard) -> None:
        changed = [name for name in before if name not in live or live[name] is not before[name]]
        live.update(before)
        changed = [name for name in changed if name != "_"]  # what an interactive session had last
        if changed:
            heard.changes.append(tr("changed {what}; put back", what=", ".join(changed)[:200]))

    return restore


def _modules() -> Restore:
    """Imported modules stay what and where they were; the plugin's own imports stay too."""
    live = sys.modules
    before = {name: module for name, module in live.items() if not name.startswith("optlab_plugins.")}  # loaded again

    def restore(heard: Heard) -> None:
        changed = sys.modules is not live or any(live.get(name) is not before[name] for name in before)
        sys.modules = live
        live.update(before)
        if changed:
            heard.changes.append(tr("changed {what}; put back", what=tr("the imported modules")))

    return restore
