"""The host: one record for each plugin, working or broken; a broken one changes nothing else."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pluggy

from optlab.engine.spec import Trial
from optlab.engine.workers import Workers
from optlab.host import brought, trust, verdicts
from optlab.host.background import Background, Tried, examine
from optlab.host.checks import check_class, check_twice
from optlab.host.contain import Heard, contained
from optlab.host.finder import SHIPPED, Source, find_plugins
from optlab.host.hooks import call_hooks, make_manager
from optlab.host.loader import drop_module, import_plugin
from optlab.host.order import make_order
from optlab.host.parcel import Parcel, classes, pack
from optlab.host.pins import Pin, names_in, pin
from optlab.host.record import PluginRecord
from optlab.host.shelves import Shelves
from optlab.host.trust import Trust
from optlab.host.witness import witness
from optlab.i18n import bring, tr

BRIEFLY = 0.05
"""Seconds that the window spends on loading plugins in one go."""

PRINTED = 64 * 1024
"""Characters of what a plugin prints that are kept, the last ones."""


@dataclass
class Host(Shelves):
    """The loaded plugins: what they add, and a record for each."""

    trust: Trust = field(default_factory=Trust)
    complaint: str = ""
    """A sentence where what the user had allowed could not be read."""
    extra: Sequence[Path] = ()
    """Files and folders that are named for this start."""
    shipped_only: bool = False
    records: list[PluginRecord] = field(default_factory=list)
    _managers: dict[str, pluggy.PluginManager] = field(default_factory=dict)
    _asked: dict[str, str] = field(default_factory=dict)
    """SHA-256 of plugins that are tried out, by key."""

    def __post_init__(self) -> None:
        self.catalogue.explain = self._why_unknown

    @property
    def off(self) -> list[PluginRecord]:
        """The plugins that are there and not on, whatever the reason."""
        return [record for record in self.records if record.state != "on"]

    @property
    def waiting(self) -> bool:
        """Whether a plugin is tried out just now."""
        return any(record.state == "waiting" for record in self.records)

    @cached_property
    def workers(self) -> Workers:
        """What makes the batches of experiments: plugins from outside run in processes of their own."""
        return Workers(
            self.outside, lambda experiment, members: make_order(self, experiment, members), self._keep_prints
        )

    def keep_warm(self) -> None:
        """Let a worker process wait for the next run where a plugin from outside is on."""
        if any(record.outside and record.state == "on" for record in self.records):
            self.workers.warm()

    def outside(self, trial: Trial) -> tuple[str, ...]:
        """The names of the plugins that a trial uses and that run in a process of their own: those from outside.

        Where all of them are to stay in the lab's own process, there is none.
        """
        homes = [home for cls in classes([trial]) if (home := self.homes.get(cls)) is not None and home.outside]
        apart = any(home.source.key not in self.trust.inside for home in homes)
        return tuple(dict.fromkeys(home.name for home in homes)) if apart else ()

    @cached_property
    def background(self) -> Background:
        """What tries out plugins that nothing is known of yet, while the window works."""
        return Background()

    @property
    def broken(self) -> list[PluginRecord]:
        """The plugins that do not work."""
        return [record for record in self.records if record.state == "broken"]

    @property
    def complaints(self) -> list[str]:
        """What is to be said when the lab has started: a sentence for each plugin that somebody may miss."""
        said = [self.complaint] if self.complaint else []
        return said + [words for record in self.records if (words := record.complaint)]

    def admit(self, source: Source, panels: bool, wait: bool = True, pinned: Pin | None = None) -> PluginRecord:
        """Load a plugin that the user has allowed and that survives its probe; any other gets a record that says why.

        Where there is no verdict yet, the probe is waited for, or the plugin is left `waiting` until `settle`.
        """
        record = self._record(source)
        self.refrain(record)
        try:
            pinned = pinned or pin(source)
        except (OSError, ValueError) as error:
            record.fail(error)
            record.stay()
            return record
        record.sha256, record.version = pinned.sha256, pinned.version
        record.state, record.error = self.trust.judge(source, pinned)
        if record.state != "on":
            return record
        verdict = verdicts.find(source, pinned)
        if verdict is None and not wait:
            record.state, record.error = "waiting", tr("{name}: is tried out just now", name=Path(source.place).name)
            self.ask(source, pinned)
            return record
        return self._conclude(Tried(source, pinned, verdict or examine(source, pinned)), panels)

    def ask(self, source: Source, pinned: Pin, soon: bool = False) -> None:
        """Let a plugin be tried out as it is at `pinned`, beside what goes on; `settle` loads it."""
        self._asked[source.key] = pinned.sha256
        self.background.ask(source, pinned, soon)

    def refrain(self, record: PluginRecord) -> None:
        """Do not load what is tried out of a plugin just now."""
        self._asked.pop(record.source.key, None)

    def settle(self, panels: bool, seconds: float = BRIEFLY) -> list[PluginRecord]:
        """Load what has been tried out meanwhile, until `seconds` are over; returns the records that are new."""
        found, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline and (tried := self.background.poll()) is not None:
            if self._asked.get(tried.source.key) == tried.pin.sha256:  # else it is another one by now
                del self._asked[tried.source.key]
                found.append(self._conclude(tried, panels))
        return found

    def _conclude(self, tried: Tried, panels: bool) -> PluginRecord:
        """Load a plugin that has survived its probe; of any other, keep why it is broken."""
        verdict = tried.verdict
        if not verdict.error:
            record = self.load(tried.source, panels, tried.pin.content)
            record.notes += [note for note in verdict.notes if note not in record.notes]
            return record
        record = self._record(tried.source)
        record.state, record.error, record.traceback = "broken", verdict.error, verdict.traceback
        record.output, record.notes = verdict.output, verdict.notes
        record.stay()
        return record

    def load(self, source: Source, panels: bool, content: bytes | None = None) -> PluginRecord:
        """Import and register one plugin, a file from `content` where given, without asking whether it is allowed.

        Whatever it does wrong ends in its record; only a good one takes the place of what was loaded before.
        """
        record = self._record(source)
        heard = Heard()
        try:
            with contained(heard), witness.calling(*record.mark):
                module = import_plugin(source, content)
                manager = make_manager(module, source.name)
                found = call_hooks(manager, panels)
                for hook, kind, cls in found:  # all before the first is added: a plugin is on or broken, not half
                    check_class(hook, kind, cls)
            check_twice(found)
            self._take(record, found, pack(source, module), manager)
            record.folder = Path(module.__file__ or "").resolve().parent
            if record.outside:
                bring(source.key, record.folder)
        except BaseException as error:  # SystemExit and a plugin's own BaseException too
            if isinstance(error, KeyboardInterrupt) and heard.interrupted:
                raise
            record.fail(error)
            record.stay()
        record.output, record.notes = heard.text, list(dict.fromkeys(heard.changes))
        return record

    def allow(self, source: Source, panels: bool, wait: bool = True) -> PluginRecord:
        """Allow a plugin as it is now, for later starts too, and admit it.

        Raises `OSError` or `ValueError` where it cannot be read, or the decision not be written.
        """
        self.trust = trust.allow(source, pin(source))
        return self.admit(source, panels, wait)

    def switch(self, record: PluginRecord, on: bool, panels: bool, wait: bool = True) -> None:
        """Switch a plugin on or off, now and for later starts; raises `OSError` where that cannot be kept."""
        self.trust = trust.switch(record.source, on)
        self.workers.pardon(record.name)
        self.unload(record)
        self.admit(record.source, panels, wait)

    def runs_inside(self, record: PluginRecord) -> bool:
        """Whether a plugin's runs stay in the lab's own process."""
        return record.source.key in self.trust.inside

    def keep_inside(self, record: PluginRecord, inside: bool) -> None:
        """Let a plugin's runs stay in the lab's own process from the next one on, for debugging, or not."""
        self.trust = trust.keep_inside(record.source, inside)

    def retry(self, record: PluginRecord, panels: bool, wait: bool = True) -> None:
        """Try a plugin out again, as it is now, whatever was found of it; raises `OSError` or `ValueError`."""
        verdicts.keep(record.source, pin(record.source), None)
        self.admit(record.source, panels, wait)

    def unload(self, record: PluginRecord) -> None:
        """Take what a plugin added out of every list; runs that use it go on, and know where it is from."""
        self.clear(record)
        bring(record.source.key, None)
        self._managers.pop(record.source.key, None)

    def forget(self, record: PluginRecord) -> None:
        """Take a plugin off the list that is gone, with what it added."""
        self.refrain(record)
        self.unload(record)
        if record.source.path is not None:
            drop_module(record.source.path)
        self.records = [known for known in self.records if known.source.key != record.source.key]

    def find(self, key: str) -> PluginRecord | None:
        """The record of the plugin that is remembered by `key`."""
        return next((record for record in self.records if record.source.key == key), None)

    def _record(self, source: Source) -> PluginRecord:
        """A new record for a plugin, in the place of the one that it had."""
        record = PluginRecord.of(source)
        for place, known in enumerate(self.records):
            if known.source.key == source.key:
                record.follow(known)
                self.records[place] = record
                return record
        self.records.append(record)
        return record

    def record_of(self, cls: type) -> PluginRecord | None:
        """The plugin that a class is from."""
        return next((record for record in self.records if cls in record.classes), None)

    def _keep_prints(self, plugins: Sequence[str], text: str) -> None:
        """Show with the plugins of a worker process what it printed."""
        for record in self.records:
            if record.name in plugins and text.strip():
                record.output = f"{record.output}\n{text}".strip()[-PRINTED:]

    def _why_unknown(self, name: str) -> str:
        """The plugin that a name may come from and that is not on; `plugin:name` names it."""
        plugin, _, name = name.rpartition(":")
        for record in self.off:
            if record.name in (plugin, name) or name in names_in(record.source):
                return tr(
                    "it may be in the plugin {plugin}, which is not on: {why}", plugin=record.name, why=record.error
                )
        return ""

    def _take(
        self, record: PluginRecord, found: list[tuple[str, str, Any]], parcel: Parcel, manager: pluggy.PluginManager
    ) -> None:
        """Add what a plugin registers in the place of what it did before."""
        again = bool(record.classes)
        self.unload(record)
        self.put(record, found, parcel)
        self._managers[record.source.key] = manager
        record.running, record.reloads = record.sha256, record.reloads + again

    def notify(self, hook: str, run: Any) -> None:
        """Tell every plugin that listens of `run_started` or `run_finished`; one that raises hears no more."""
        for key, manager in list(self._managers.items()):
            try:
                getattr(manager.hook, hook)(run=run)
            except BaseException as error:
                del self._managers[key]
                if record := self.find(key):
                    record.fail(error)


def load_plugins(
    extra: Sequence[Path] = (), *, panels: bool = False, shipped_only: bool = False, wait: bool = True
) -> Host:
    """A host with every plugin that is found; `panels` also asks for views, which need Qt.

    Without `wait` those of which nothing is known yet are tried out beside what goes on, and loaded by `settle`.
    """
    host = Host(extra=extra, shipped_only=shipped_only)
    if not shipped_only:
        host.trust, host.complaint = trust.load()
    for source in find_plugins(extra, shipped_only, host.trust.files()):
        if source.origin != SHIPPED:
            host.admit(source, panels, wait)
        elif panels or source.path is None or source.path.parent.name != "panels":
            host.load(source, panels)
    brought.look(host.records, host.catalogue)
    return host
