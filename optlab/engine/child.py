"""A worker process seen from the lab: started, listened to, ended, and the reason of its end in words."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from optlab.engine import frames, shared
from optlab.i18n import tr

MODULE = "optlab.host.worker"
"""What the process runs; it imports the rooms above this one."""

PRINTED = 256 * 1024
"""Bytes of what it prints that are kept, the last ones."""

BROKEN = 70
"""Exit code of a worker whose own code failed."""

Heard = Callable[[bytes, bytes], None]
Ended = Callable[[str], None]


class Child:
    """A process that waits for an order, and the thread that starts it, reads what it says and outlives it.

    On Linux the process dies with that thread, and so with the lab. Everything it starts is in its own group of
    processes, which ends with it.
    """

    def __init__(self, module: str = MODULE) -> None:
        self._module = module
        self.memory = shared.create()
        self._process: subprocess.Popen[bytes] | None = None
        self._sending, self._ending = threading.Lock(), threading.Lock()
        self._outbox: deque[tuple[bytes, bytes]] = deque()
        self._heard: Heard = lambda kind, payload: None
        self._ended: Ended = lambda reason: None
        self._printed: deque[bytes] = deque()
        self._killed = False
        self.echo = False
        """Whether what it prints is passed on to the terminal too."""
        self._thread = threading.Thread(target=self._work, name="optlab-child", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the process runs, or is about to."""
        return self._thread.is_alive()

    @property
    def pid(self) -> int:
        """The number of the process; 0 before it runs."""
        return self._process.pid if self._process is not None else 0

    @property
    def printed(self) -> str:
        """The end of what it printed."""
        return b"".join(list(self._printed)).decode(errors="replace")

    def order(self, payload: bytes, heard: Heard, ended: Ended) -> None:
        """Give it its work; `heard(kind, payload)` and then `ended(reason)` are called in its thread."""
        self._heard, self._ended = heard, ended
        self.send(frames.ORDER, payload)

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Say something to it as soon as it runs; never waits for somebody else who does. Nothing where it ended."""
        self._outbox.append((kind, payload))
        self._flush()

    def kill(self) -> None:
        """End it and what it has started, at once."""
        with self._ending:
            self._killed = True
            if self._process is not None and self._process.returncode is None:
                _kill(self._process)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for its end; False where `timeout` seconds passed first."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # in the thread

    def _work(self) -> None:
        try:
            process = self._start()
        except OSError as error:
            self.memory.close()
            self._ended(tr("it cannot be started: {error}", error=error.strerror or str(error)))
            return
        assert process.stdout is not None and process.stderr is not None and process.stdin is not None
        errors = threading.Thread(target=self._listen, args=(process.stderr,), name="optlab-prints", daemon=True)
        errors.start()
        reason = ""
        try:
            while (frame := frames.read(process.stdout)) is not None:
                self._heard(*frame)
        except Exception as error:
            reason = tr("it said what no worker says: {error}", error=str(error)[:200])
        with self._ending:  # its number is its own until `wait` has asked for what became of it
            _kill(process)
            code = process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()
        errors.join(1.0)
        self.memory.close()
        process.stdout.close()
        self._ended(reason or ("" if self._killed else _reason(code)))

    def _start(self) -> subprocess.Popen[bytes]:
        handle = self.memory.handle
        process = subprocess.Popen(
            [sys.executable, "-u", "-P", "-m", self._module, str(os.getpid())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
            pass_fds=(handle,) if isinstance(handle, int) else (), start_new_session=sys.platform != "win32",
        )  # fmt: skip
        with self._ending:
            if self._killed:
                _kill(process)
        self._process = process
        self._flush()
        return process

    def _flush(self) -> None:
        while self._outbox and self._process is not None and self._sending.acquire(blocking=False):
            try:
                while self._outbox:
                    assert self._process.stdin is not None
                    with contextlib.suppress(OSError, ValueError):  # it has ended: the thread says so
                        frames.write(self._process.stdin, *self._outbox.popleft())
            finally:
                self._sending.release()

    def _listen(self, stream: BinaryIO) -> None:
        """Keep the end of what it prints, and let who prints without end wait."""
        size = 0
        with stream:
            while piece := os.read(stream.fileno(), 65536):
                self._printed.append(piece)
                if self.echo:
                    _say(piece)
                size += len(piece)
                while size - len(self._printed[0]) >= PRINTED:
                    size -= len(self._printed.popleft())
                if len(piece) == 65536:
                    threading.Event().wait(0.005)


def _say(piece: bytes) -> None:
    """Pass on what a plugin prints; what Python prints of a crash is in the details of its run."""
    words = piece.decode(errors="replace")
    if not words.startswith("Fatal Python error"):
        with contextlib.suppress(OSError, ValueError):  # nobody listens
            sys.stderr.write(words)
            sys.stderr.flush()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """That of the lab, with one BLAS thread, and with the modules that the lab finds."""
    root = str(Path(__file__).parents[2])
    path = [entry for entry in sys.path if entry]
    path += [root] if root not in path else []
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONIOENCODING": "utf-8"}


def _reason(code: int) -> str:
    """Why a process ended that nobody ended."""
    names = {
        "SIGSEGV": tr("segmentation fault"), "SIGABRT": tr("it aborted itself"), "SIGFPE": tr("arithmetic fault"),
        "SIGBUS": tr("bus error"), "SIGILL": tr("illegal instruction"),
        "SIGKILL": tr("it was killed; the system may be out of memory"),
    }  # fmt: skip
    if sys.platform == "win32" and code in (0xC0000005, 0xC0000005 - 2**32):
        return names["SIGSEGV"]
    if code >= 0:
        broken = tr("its own code failed; what it printed says where")
        return broken if code == BROKEN else tr("it ended itself with exit code {code}", code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return names.get(name, tr("it was ended by the signal {name}", name=name))
