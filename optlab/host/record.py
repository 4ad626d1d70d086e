"""What the lab knows of one plugin: where it is from, what it adds, and why it is not on."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optlab.engine import faults
from optlab.host.finder import Source
from optlab.i18n import tr

STATES = ("on", "off", "waiting", "refused", "changed", "broken")
"""On; switched off; tried out just now; not allowed; not what was allowed; does not work."""


@dataclass
class PluginRecord:
    """One plugin with its state. A plugin that is not on stays in the list, with its reason."""

    name: str
    origin: str
    path: str
    source: Source
    state: str = "on"
    error: str = ""
    """One sentence for a plugin that is not on."""
    traceback: str = ""
    adds: list[str] = field(default_factory=list)
    output: str = ""
    """What it printed while it was imported."""
    notes: list[str] = field(default_factory=list)
    """What it changed in the process while it was imported, and whether it is slow."""
    version: str = ""
    sha256: str = ""
    classes: list[type] = field(default_factory=list)
    """What its hooks returned; of a plugin whose file is broken or not allowed any more, when it was last good."""
    running: str = ""
    """SHA-256 of what they were made from."""
    folder: Path | None = None
    """Where its module lies, and beside it what it brings; of a loaded plugin alone."""
    brought: list[str] = field(default_factory=list)
    """What is wrong with the experiments and translations that it brings, a sentence each."""
    reloads: int = 0
    """How often other classes took their place."""

    @classmethod
    def of(cls, source: Source) -> "PluginRecord":
        """The record of a plugin of which nothing is known yet."""
        return cls(source.name, source.origin, source.place, source)

    @property
    def outside(self) -> bool:
        """Whether it is not one of the shipped ones."""
        return self.origin != "shipped"

    @property
    def complaint(self) -> str:
        """A sentence where somebody may miss it; "" of one that is on, switched off or tried out just now."""
        if self.state == "broken":
            return tr("plugin {name} is broken: {error}", name=self.name, error=self.error)
        return self.error if self.state in ("refused", "changed") else ""

    @property
    def mark(self) -> tuple[str, str]:
        """What the witness calls it while its code runs: nothing where it is a shipped one."""
        return (self.source.key, self.sha256) if self.outside else ("", "")

    def follow(self, before: "PluginRecord") -> None:
        """Take the place of an earlier record of the same plugin: what it runs goes on."""
        self.version, self.sha256 = before.version, before.sha256
        self.classes, self.adds, self.folder = before.classes, before.adds, before.folder
        self.running, self.reloads = before.running, before.reloads

    def fail(self, error: BaseException) -> None:
        """Keep what it raised."""
        self.state = "broken"
        self.error = f"{Path(self.path).name}: {faults.words(error)}"
        self.traceback = faults.details(error)

    def stay(self) -> None:
        """Say of a plugin that is broken now that its last good version is still there."""
        if self.classes:
            self.error = tr("{error}; the last good version goes on", error=self.error)

    def plain(self) -> dict[str, Any]:
        """The record as JSON knows it."""
        keys = ("name", "origin", "path", "version", "state", "adds", "error", "notes", "brought", "output", "sha256")
        return {key: getattr(self, key) for key in keys}
