"""Where plugins come from: the shipped folder, the user's folder, `--plugin PATH`, installed packages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from optlab.paths import bundled, user_folder

GROUP = "optlab"


@dataclass(frozen=True)
class Source:
    """One plugin before it is imported: a file, or an entry point of an installed package."""

    name: str
    origin: str
    """shipped, yours, --plugin or package."""
    path: Path | None = None
    entry: EntryPoint | None = None


def find_plugins(extra: Sequence[Path] = (), shipped_only: bool = False) -> Iterator[Source]:
    """Every plugin there is, shipped ones first, each file once, in an order that does not change."""
    seen: set[Path] = set()
    for source in _all(extra, shipped_only):
        place = source.path.resolve() if source.path else None
        if place is None or place not in seen:
            seen |= {place} if place else set()
            yield source


def _all(extra: Sequence[Path], shipped_only: bool) -> Iterator[Source]:
    yield from _files(bundled("plugins"), "shipped")
    for path in extra:
        yield from list(_files(path, "--plugin")) or [Source(path.stem, "--plugin", path)]
    if shipped_only:
        return
    yield from _files(user_folder("plugins"), "yours")
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        yield Source(entry.name, "package", entry=entry)


def _files(folder: Path, origin: str) -> Iterator[Source]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(("_", ".")) for part in parts):
            yield Source(path.stem, origin, path)
