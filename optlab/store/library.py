"""The library of experiments: the shipped ones, the user's own folder, and what plugins bring."""

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from optlab.engine.catalogue import free_name
from optlab.fields import FieldError, did_you_mean
from optlab.host import Host
from optlab.host.brought import experiment_files
from optlab.i18n import spellings, tr
from optlab.paths import bundled, user_folder


@dataclass(frozen=True)
class Shelf:
    """One experiment that can be opened by name."""

    name: str
    title: str
    path: Path
    origin: str
    """shipped, yours or plugin."""
    question: str = ""
    """Of a lesson; empty where it is none."""
    tags: tuple[str, ...] = ()
    """The words for which the lesson is found."""
    questions: int = 0
    """How many of its steps ask for a prediction."""
    next: str = ""
    """The name of the lesson that follows."""
    plugin: str = ""
    """The plugin that brings it; empty where none does."""

    def place(self) -> str:
        """Its name, and the plugin that brings it."""
        return tr("{name} · plugin {plugin}", name=self.name, plugin=self.plugin) if self.plugin else self.name

    def words(self) -> str:
        """All that one may search for, in every language and in small letters."""
        texts = (self.name, self.plugin, *spellings(self.title), *spellings(self.question), *self.tags)
        return " ".join(texts).casefold()


FIRST = "vanishing-gradient"
"""The experiment that opens first, and heads the list."""


def experiments(host: Host | None = None) -> list[Shelf]:
    """Every experiment by name, shipped ones first, those of the host's plugins last.

    A file that cannot be read is listed by its name alone. Where a name is taken, a plugin's is `plugin:name`.
    """
    found: dict[str, Shelf] = {}
    for folder, origin in ((bundled("assets") / "experiments", "shipped"), (user_folder("experiments"), "yours")):
        paths = sorted(folder.glob("*.toml"), key=lambda p: (p.stem != FIRST, p.stem)) if folder.is_dir() else []
        for path in paths:
            found.setdefault(path.stem, _shelf(path, origin))
    for record, path in experiment_files(host.records) if host is not None else ():
        name = free_name(path.stem, record.name, found)
        found[name] = replace(_shelf(path, "plugin"), name=name, plugin=record.name)
    return list(found.values())


def lessons(host: Host | None = None) -> list[Shelf]:
    """The experiments that are lessons: from the first one on as they follow each other, then the others."""
    left = {shelf.name: shelf for shelf in experiments(host) if shelf.question}
    found: list[Shelf] = []
    while left:
        after = left.pop(found[-1].next, None) if found else None
        found.append(after or left.pop(next(iter(left))))
    return found


def find_experiment(name: str, host: Host | None = None) -> Path:
    """The file of an experiment's name, or of a path; raises `FieldError` with *did you mean* for neither."""
    shelves = {shelf.name: shelf.path for shelf in experiments(host)}
    if name in shelves:
        return shelves[name]
    path = Path(name).expanduser()
    if path.suffix == ".toml" or len(path.parts) > 1:
        if path.is_file():
            return path
        raise FieldError(tr("experiment: expected a file, got {path}, which is none", path=path))
    raise FieldError(tr("experiment: unknown name {name!r}; {hint}", name=name, hint=did_you_mean(name, shelves)))


def _shelf(path: Path, origin: str) -> Shelf:
    """What a list says of a file; whether it can be opened shows when it is."""
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        table = {}
    title, lesson = table.get("title"), table.get("lesson")
    name = title if isinstance(title, str) and title else path.stem
    if not isinstance(lesson, dict) or not isinstance(lesson.get("question"), str):
        return Shelf(path.stem, name, path, origin)
    words, steps, following = lesson.get("words"), lesson.get("step"), lesson.get("next")
    tags = tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()
    asked = (
        [step for step in steps if isinstance(step, dict) and step.get("answers")] if isinstance(steps, list) else []
    )
    after = following if isinstance(following, str) else ""
    return Shelf(path.stem, name, path, origin, lesson["question"], tags, len(asked), after)
