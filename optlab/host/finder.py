"""Where plugins come from: the shipped folder, the user's folder, `--plugin PATH`, installed packages."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from optlab.paths import bundled, user_folder

GROUP = "optlab"
SHIPPED = "shipped"


@dataclass(frozen=True)
class Source:
    """One plugin before it is imported: a file, or an entry point of an installed package."""

    name: str
    origin: str
    """shipped, yours, --plugin or package."""
    path: Path | None = None
    entry: EntryPoint | None = None

    @property
    def place(self) -> str:
        """Its file, or the name of its entry point."""
        return str(self.path) if self.path is not None else self.name

    @property
    def key(self) -> str:
        """What it is remembered by."""
        return str(self.path.absolute()) if self.path is not None else f"package:{self.name}"


def find_plugins(
    extra: Sequence[Path] = (), shipped_only: bool = False, allowed: Sequence[Path] = ()
) -> Iterator[Source]:
    """Every plugin there is, shipped ones first, each file once, in an order that does not change.

    `allowed` are files elsewhere that the user has allowed.
    """
    yield from _each_once(_all(extra, shipped_only, allowed))


def _all(extra: Sequence[Path], shipped_only: bool, allowed: Sequence[Path]) -> Iterator[Source]:
    yield from _files(bundled("plugins"), SHIPPED)
    yield from _named(extra)
    if shipped_only:
        return
    if find_spec("torch"):
        yield from _files(bundled("plugins") / "_torch", "shipped")
    yield from _own(allowed)
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        yield Source(entry.name, "package", entry=entry)


def find_files(
    extra: Sequence[Path] = (), shipped_only: bool = False, allowed: Sequence[Path] = ()
) -> Iterator[Source]:
    """The plugin files that are neither shipped nor installed, each once: what may change while the lab runs."""
    yield from _each_once(chain(_named(extra), () if shipped_only else _own(allowed)))


def glance(extra: Sequence[Path] = ()) -> list[str]:
    """What differs once a file of `find_files` has come or gone, in a hundredth of its time."""
    found: list[str] = []
    for folder in (*extra, user_folder("plugins")):
        for place, _, names in os.walk(folder):
            found += [place, *(name for name in names if name.endswith(".py"))]
    return found


def _each_once(sources: Iterable[Source]) -> Iterator[Source]:
    seen: set[Path] = set()
    for source in sources:
        place = source.path.resolve() if source.path else None
        if place is None or place not in seen:
            seen |= {place} if place else set()
            yield source


def _named(extra: Sequence[Path]) -> Iterator[Source]:
    for path in extra:
        yield from list(_files(path, "--plugin")) or [Source(path.stem, "--plugin", path)]


def _own(allowed: Sequence[Path]) -> Iterator[Source]:
    yield from _files(user_folder("plugins"), "yours")
    for path in allowed:
        yield Source(path.stem, "yours", path)


def _files(folder: Path, origin: str) -> Iterator[Source]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(("_", ".")) for part in parts):
            yield Source(path.stem, origin, path)
