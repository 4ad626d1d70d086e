"""Reloads: what becomes of a plugin whose file is new, saved or gone while the lab runs, and of what uses it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from optlab.component import Component
from optlab.engine.catalogue import kind_of
from optlab.engine.spec import Trial
from optlab.host import trust
from optlab.host.finder import Source, find_files, glance
from optlab.host.host import Host
from optlab.host.parcel import classes
from optlab.host.pins import Pin
from optlab.host.prober import prober
from optlab.host.record import PluginRecord
from optlab.host.watcher import Change, Watcher
from optlab.i18n import tr


def watch(host: Host) -> Watcher:
    """What sees the files change that the host has loaded, and those that it has not."""
    known = [(record.source, record.sha256) for record in host.records if record.outside and record.source.path]
    if any(developed(host, source) for source, _ in known):
        prober.warm()

    def find() -> Iterable[Source]:
        return find_files(host.extra, host.shipped_only, () if host.shipped_only else trust.load()[0].files())

    return Watcher(find, lambda: (glance(host.extra), trust.written()), known)


def see(host: Host, change: Change, panels: bool) -> PluginRecord | None:
    """Take note of a file that has changed; the plugin's record where that is another one by now.

    What may run by itself is tried out beside what goes on, and `host.settle` loads it: only a good one takes the
    place of what runs.
    """
    if not host.shipped_only:
        host.trust, _ = trust.load()  # a command may have allowed it
    source, record = change.source, host.find(change.source.key)
    if change.gone:
        if record is not None:
            host.forget(record)
        return record
    if record is not None and record.state == "off":
        return None
    if change.pin is None or (record is None and source.origin != "--plugin"):
        return host.admit(source, panels, wait=False, pinned=change.pin)
    state, words = judge(host, source, change.pin, new=record is None)
    if record is None:
        record = PluginRecord.of(source)
        host.records.append(record)
    before, record.sha256 = (record.state, record.sha256), change.pin.sha256
    if state != "on" or change.pin.sha256 == record.running:  # it asks, or is as it was when it was good
        host.refrain(record)
        record.state, record.error, record.traceback = state, words, ""
        return record if before != (record.state, record.sha256) else None
    if developed(host, source):
        prober.warm()
    host.ask(source, change.pin, soon=True)
    return None


def judge(host: Host, source: Source, pinned: Pin, new: bool) -> tuple[str, str]:
    """Whether a changed file may run by itself, and why not: one that was named for this start was named as it was."""
    if source.origin != "--plugin" or host.trust.develops(source):
        return host.trust.judge(source, pinned)
    words = tr("{name}: new since the start") if new else tr("{name}: changed since it was loaded")
    return "refused" if new else "changed", words.format(name=Path(source.place).name)


def developed(host: Host, source: Source) -> bool:
    """Whether a plugin's file may run by itself whatever is in it."""
    return host.trust.develops(source)


def successor(host: Host, cls: type[Component]) -> type[Component] | None:
    """The class that took the place of one that is not registered any more, where there is one."""
    home = host.homes.get(cls)
    record = host.find(home.source.key) if home is not None and not host.catalogue.has(cls) else None
    same: Iterable[Any] = (other for other in (record.classes if record else []) if kind_of(other) == kind_of(cls))
    return next((other for other in same if other.name == cls.name), None)


def outdated(host: Host, trial: Trial) -> bool:
    """Whether the code of some component is another one by now, or gone."""
    for cls in classes([trial]):
        home = host.homes.get(cls)
        if home is not None and not host.catalogue.has(cls):
            new = successor(host, cls)
            if new is None or host.homes[new] != home:
                return True
    return False
