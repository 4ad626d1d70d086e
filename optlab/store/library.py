"""The library of experiments: the shipped ones, and the user's own folder."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr
from optlab.paths import bundled, user_folder


@dataclass(frozen=True)
class Shelf:
    """One experiment that can be opened by name."""

    name: str
    title: str
    path: Path
    origin: str
    """shipped or yours."""


FIRST = "vanishing-gradient"
"""The experiment that opens first, and heads the list."""


def experiments() -> list[Shelf]:
    """Every experiment by name, shipped ones first; a file that cannot be read is listed by its name alone."""
    found: dict[str, Shelf] = {}
    for folder, origin in ((bundled("assets") / "experiments", "shipped"), (user_folder("experiments"), "yours")):
        paths = sorted(folder.glob("*.toml"), key=lambda p: (p.stem != FIRST, p.stem)) if folder.is_dir() else []
        for path in paths:
            found.setdefault(path.stem, Shelf(path.stem, _title(path), path, origin))
    return list(found.values())


def find_experiment(name: str) -> Path:
    """The file of an experiment's name, or of a path; raises `FieldError` with *did you mean* for neither."""
    shelves = {shelf.name: shelf.path for shelf in experiments()}
    if name in shelves:
        return shelves[name]
    path = Path(name).expanduser()
    if path.suffix == ".toml" or len(path.parts) > 1:
        if path.is_file():
            return path
        raise FieldError(tr("experiment: expected a file, got {path}, which is none", path=path))
    raise FieldError(tr("experiment: unknown name {name!r}; {hint}", name=name, hint=did_you_mean(name, shelves)))


def _title(path: Path) -> str:
    try:
        title = tomllib.loads(path.read_text("utf-8-sig")).get("title")
    except (OSError, ValueError, RecursionError):
        return path.stem
    return title if isinstance(title, str) and title else path.stem
