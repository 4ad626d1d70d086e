"""Parcels: a plugin as a worker process gets it, the very bytes that the lab runs or the entry point of a package."""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

from optlab.component import Component
from optlab.engine.catalogue import KINDS
from optlab.engine.spec import Trial
from optlab.host.finder import GROUP, SHIPPED, Source
from optlab.host.loader import import_plugin


@dataclass(frozen=True)
class Parcel:
    """One plugin that the lab has imported."""

    name: str
    origin: str
    path: str
    entry: str
    """`module:attribute` of a package; "" for a file."""
    content: bytes
    """What ran of a file; nothing of a package."""

    @property
    def outside(self) -> bool:
        """Whether it is not one of the shipped ones."""
        return self.origin != SHIPPED

    @property
    def source(self) -> Source:
        """Where it came from."""
        entry = EntryPoint(self.name, self.entry, GROUP) if self.entry else None
        return Source(self.name, self.origin, None if entry else Path(self.path), entry)

    def table(self) -> dict[str, str]:
        """What JSON knows of it."""
        return {**vars(self), "content": b64encode(self.content).decode()}


def pack(source: Source, module: ModuleType) -> Parcel:
    """The parcel of a plugin whose module has just been imported."""
    content = getattr(module.__spec__, "loader_state", None)
    entry = source.entry.value if source.entry is not None else ""
    kept = content if isinstance(content, bytes) and source.path is not None else b""
    return Parcel(source.name, source.origin, str(source.path or ""), entry, kept)


def unpack(table: dict[str, Any]) -> ModuleType:
    """Import the plugin of a parcel's table."""
    return import_plugin(*source_of(table))


def source_of(table: dict[str, Any]) -> tuple[Source, bytes | None]:
    """The plugin of a parcel's table, and the bytes to run of a file."""
    content = b64decode(table["content"])
    parcel = Parcel(table["name"], table["origin"], table["path"], table["entry"], content)
    return parcel.source, None if parcel.entry else parcel.content


def classes(trials: Iterable[Trial]) -> list[type[Component]]:
    """The classes of all components of some trials, those inside of others too, each once."""
    found: dict[type[Component], None] = {}
    for trial in trials:
        for kind in KINDS:
            found |= dict.fromkeys(_classes(trial.part(kind)))
    return list(found)


def _classes(component: Component) -> list[type[Component]]:
    found = [type(component)]
    for key in component.fields():
        value = getattr(component, key)
        for part in value if isinstance(value, tuple) else (value,):
            found += _classes(part) if isinstance(part, Component) else []
    return found
