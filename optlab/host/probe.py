"""The probe process: imports plugins that the lab does not know yet, one after another, and tells how they are."""

import copy
import faulthandler
import importlib.util
import os
import queue
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from typing import BinaryIO

from optlab import i18n
from optlab.engine import frames
from optlab.engine.catalogue import KINDS, Catalogue
from optlab.engine.workers import MEMORY
from optlab.fields import Part
from optlab.host.apart import limit, open_channel
from optlab.host.finder import Source
from optlab.host.host import Host, load_plugins
from optlab.host.parcel import source_of
from optlab.host.prober import ANSWER, LIMIT, READY
from optlab.host.record import PluginRecord
from optlab.host.verdicts import Verdict
from optlab.i18n import tr

SLOW = 0.5
"""Seconds of an import that are told."""


def examine(source: Source, content: bytes | None) -> tuple[Verdict, bool]:
    """Import a plugin in this process, register it, and build all that it adds with its defaults.

    Also says whether it left the process as it was, as far as can be told.
    """
    host = Host()
    started = time.perf_counter()
    try:
        record = host.load(source, importlib.util.find_spec("PySide6") is not None, content)
    except KeyboardInterrupt as error:  # nobody presses Ctrl-C here
        record = host.records[-1]
        record.fail(error)
    seconds = time.perf_counter() - started
    if record.state == "on":
        try:
            _build(host, record)
        except BaseException as error:
            record.fail(error)
    clean = not record.notes and (not record.error or _never_ran(content))
    if seconds > SLOW:
        record.notes.append(tr("its import takes {n} s", n=f"{seconds:.1f}"))
    return Verdict(record.error, record.traceback, record.output, record.notes, record.adds), clean


def _never_ran(content: bytes | None) -> bool:
    """Whether a file is no Python at all: nothing of it has been left behind."""
    try:
        compile(content or b"", "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return True
    except (RecursionError, MemoryError):  # too deep for Python, and nobody knows what that leaves behind
        return False
    return False


def _build(host: Host, record: PluginRecord) -> None:
    """What has a component inside is built beside the shipped ones: `check_class` has built the others."""
    added = [(kind, host.catalogue.find(kind, name, "")) for kind, _, name in (a.partition(" ") for a in record.adds)
             if kind in KINDS]  # fmt: skip
    nested = [cls for _, cls in added if any(isinstance(field, Part) for field in cls.fields().values())]
    if nested:
        catalogue = copy.deepcopy(_shipped())
        names = [(kind, catalogue.add(kind, cls, record.name), cls) for kind, cls in added]
        for kind, name, cls in names:
            if cls in nested:
                catalogue.build(kind, {"name": name}, kind)


@cache
def _shipped() -> Catalogue:
    catalogue = load_plugins(shipped_only=True).catalogue
    catalogue.explain = lambda name: ""  # copied with it, and its host is not wanted
    return catalogue


def main() -> None:
    """Try out one plugin after another until the lab ends, or ends this process."""
    inward, outward = open_channel(int(sys.argv[1]))
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(inward, inbox), daemon=True).start()
    limit(MEMORY)
    while True:
        table, _ = frames.unpack(inbox.get())
        i18n.set_language(table["language"])
        sys.path[:] = table["search"]
        importlib.invalidate_caches()
        source, content = source_of(table)
        if content and b"optlab.gui" in content:
            _import_views()
        frames.write(outward, READY)
        faulthandler.dump_traceback_later(LIMIT + 5, exit=True)  # a thread could not, beside C code that runs on
        verdict, clean = examine(source, content)
        faulthandler.cancel_dump_traceback_later()
        frames.write(outward, ANSWER, frames.pack({"verdict": asdict(verdict), "clean": clean}))


def _import_views() -> None:
    """What views are made of takes a second to import, which is no plugin's fault."""
    with suppress(ImportError):
        importlib.import_module("optlab.gui.api")  # by its name: the host knows no Qt


def _listen(inward: BinaryIO, inbox: "queue.SimpleQueue[bytes]") -> None:
    while (frame := frames.read(inward)) is not None:
        inbox.put(frame[1])
    os._exit(0)  # the lab is gone


if __name__ == "__main__":
    main()
