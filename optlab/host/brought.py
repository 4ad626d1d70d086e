"""What a plugin brings beside its code: experiments, lessons among them, and translations. Data, which never runs."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from optlab.engine.catalogue import Catalogue, shown
from optlab.engine.experiment_file import load_experiment
from optlab.fields import FieldError
from optlab.host import trust
from optlab.host.finder import GROUP, find_files
from optlab.host.record import PluginRecord
from optlab.i18n import BROUGHT, tr

EXPERIMENTS = "experiments"
"""The folder beside a plugin in which its experiments lie."""

MOST = 200
"""Experiments of a folder, beyond which nobody looks."""


def experiment_files(records: Iterable[PluginRecord]) -> Iterator[tuple[PluginRecord, Path]]:
    """The experiments of the plugins from outside that are loaded, each once: of plugins in one folder, the first's."""
    seen: set[Path] = set()
    for record in records:
        if record.outside and record.folder is not None and record.folder not in seen:
            seen.add(record.folder)
            yield from ((record, path) for path in _toml(record.folder / EXPERIMENTS))


def may_bring(name: str, extra: Sequence[Path], shipped_only: bool) -> bool:
    """Whether a plugin that is not loaded yet may bring an experiment of this name, as far as its files tell."""
    sources = find_files(extra, shipped_only, () if shipped_only else trust.load()[0].files())
    file = f"{name.rpartition(':')[2]}.toml"
    beside = (source.path.parent / EXPERIMENTS / file for source in sources if source.path is not None)
    return any(path.is_file() for path in beside) or (not shipped_only and bool(entry_points(group=GROUP)))


def look(records: Iterable[PluginRecord], catalogue: Catalogue) -> None:
    """Let the record of every plugin say which experiments it adds, and what is wrong with them."""
    for record in records:
        record.adds = [added for added in record.adds if not added.startswith("experiment ")]
        record.brought = [words for path in _catalogues(record) if (words := _unreadable(path))]
    for record, path in experiment_files(records):
        record.adds.append(f"experiment {path.stem}")
        try:
            load_experiment(path, catalogue)
        except (FieldError, OSError) as error:
            words = str(error) if isinstance(error, FieldError) else f"{path.name}: {error.strerror or error}"
            record.brought.append(f"{EXPERIMENTS}/{words}")


def _catalogues(record: PluginRecord) -> list[Path]:
    return _toml(record.folder / BROUGHT) if record.outside and record.folder is not None else []


def _unreadable(path: Path) -> str:
    try:
        tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        return f"{BROUGHT}/{path.name}: {tr('not valid TOML: {error}', error=shown(error))}"
    return ""


def _toml(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.toml") if path.is_file())[:MOST] if folder.is_dir() else []
