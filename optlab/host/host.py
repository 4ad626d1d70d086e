"""The host: one record for each plugin, working or broken; a broken one changes nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pluggy

from optlab.engine import faults
from optlab.engine.catalogue import KINDS, Catalogue
from optlab.host.checks import check_class
from optlab.host.contain import Heard, contained
from optlab.host.finder import Source, find_plugins
from optlab.host.hooks import call_hooks, make_manager
from optlab.host.loader import import_plugin
from optlab.i18n import tr


@dataclass
class PluginRecord:
    """What the lab knows of one plugin; `state` is on or broken."""

    name: str
    origin: str
    path: str
    state: str = "on"
    error: str = ""
    """One sentence for a broken plugin."""
    traceback: str = ""
    adds: list[str] = field(default_factory=list)
    output: str = ""
    """What it printed while it was imported."""


@dataclass
class Host:
    """The loaded plugins: their components, their other classes by kind, and a record for each."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    records: list[PluginRecord] = field(default_factory=list)
    panels: list[type] = field(default_factory=list)
    exporters: list[type] = field(default_factory=list)
    _managers: list[tuple[PluginRecord, pluggy.PluginManager]] = field(default_factory=list)

    @property
    def broken(self) -> list[PluginRecord]:
        """The plugins that do not work."""
        return [record for record in self.records if record.state == "broken"]

    def load(self, source: Source, panels: bool) -> PluginRecord:
        """Import and register one plugin; whatever it does wrong ends in its record."""
        record = PluginRecord(source.name, source.origin, str(source.path or source.entry))
        self.records.append(record)
        heard = Heard()
        try:
            with contained(heard):
                manager = make_manager(import_plugin(source), source.name)
                found = call_hooks(manager, panels)
                for hook, kind, cls in found:  # all before the first is added: a plugin is on or broken, not half
                    check_class(hook, kind, cls)
            _check_twice(found)
            self._add(record, found)
            self._managers.append((record, manager))
        except BaseException as error:  # SystemExit and a plugin's own BaseException too
            if isinstance(error, KeyboardInterrupt) and heard.interrupted:
                raise
            _break(record, error)
        record.output = heard.text
        return record

    def _add(self, record: PluginRecord, found: list[tuple[str, str, Any]]) -> None:
        for _, kind, cls in found:
            if kind in KINDS:
                record.adds.append(f"{kind} {self.catalogue.add(kind, cls, record.name)}")
            else:
                (self.panels if kind == "panel" else self.exporters).append(cls)
                record.adds.append(f"{kind} {getattr(cls, 'name', cls.__name__)}")

    def notify(self, hook: str, run: Any) -> None:
        """Tell every plugin that listens of `run_started` or `run_finished`; one that raises hears no more."""
        for record, manager in self._managers:
            try:
                getattr(manager.hook, hook)(run=run)
            except BaseException as error:
                _break(record, error)
                self._managers = [kept for kept in self._managers if kept[0] is not record]


def load_plugins(extra: Sequence[Path] = (), *, panels: bool = False, shipped_only: bool = False) -> Host:
    """A host with every plugin that is found; `panels` also asks for views, which need Qt."""
    host = Host()
    for source in find_plugins(extra, shipped_only):
        if panels or source.path is None or source.path.parent.name != "panels":
            host.load(source, panels)
    return host


def _check_twice(found: list[tuple[str, str, Any]]) -> None:
    names = [(kind, cls.name) for _, kind, cls in found if kind in KINDS]
    for kind, name in names:
        if names.count((kind, name)) > 1:
            raise TypeError(tr("expected one {kind} called {name}, got several", kind=kind, name=name))


def _break(record: PluginRecord, error: BaseException) -> None:
    record.state = "broken"
    record.error = f"{Path(record.path).name}: {faults.words(error)}"
    record.traceback = faults.details(error)
