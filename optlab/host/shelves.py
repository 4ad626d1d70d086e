"""The shelves: what the loaded plugins add, by kind, each class with the plugin that it is from."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from optlab.engine.catalogue import KINDS, Catalogue, free_name
from optlab.host.parcel import Parcel
from optlab.host.record import PluginRecord


@dataclass
class Shelves:
    """The components, and the other classes by kind."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    panels: list[type] = field(default_factory=list)
    exporters: dict[str, type] = field(default_factory=dict)
    """By the names that they go by: the second one of a name is `plugin:name`."""
    homes: MutableMapping[type, Parcel] = field(default_factory=WeakKeyDictionary)
    """The plugin that each component class comes from, as long as anybody uses the class."""

    def put(self, record: PluginRecord, found: Iterable[tuple[str, str, Any]], parcel: Parcel) -> None:
        """Add what the hooks of a plugin returned."""
        for _, kind, cls in found:
            record.classes.append(cls)
            if kind in KINDS:
                self.homes[cls] = parcel
                record.adds.append(f"{kind} {self.catalogue.add(kind, cls, record.name)}")
            elif kind == "panel":
                self.panels.append(cls)
                record.adds.append(f"{kind} {getattr(cls, 'name', cls.__name__)}")
            else:
                name = free_name(getattr(cls, "name", cls.__name__), record.name, self.exporters)
                self.exporters[name] = cls
                record.adds.append(f"{kind} {name}")

    def clear(self, record: PluginRecord) -> None:
        """Take what a plugin added out of every list."""
        self.catalogue.drop(record.classes)
        self.panels = [cls for cls in self.panels if cls not in record.classes]
        self.exporters = {name: cls for name, cls in self.exporters.items() if cls not in record.classes}
        record.classes, record.adds, record.running, record.folder = [], [], "", None
