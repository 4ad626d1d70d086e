"""Trust: which plugins the user has allowed, by hash, which are off, and the folders that are developed in.

Whoever can write this file could as well replace OptLab itself: it is no secret and carries no signature.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from optlab.atomic import put_aside, write_atomic
from optlab.host.finder import Source
from optlab.host.pins import Pin, unsafe
from optlab.i18n import tr
from optlab.paths import user_folder

NAME = "trust.json"
LARGEST = 1 << 20


@dataclass
class Trust:
    """What the user has decided. A plugin goes by its `key`: a path, or `package:` and the name of its entry point."""

    allowed: dict[str, str] = field(default_factory=dict)
    """SHA-256 by key."""
    off: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    """Folders that are developed in: their files are allowed whatever is in them."""
    inside: list[str] = field(default_factory=list)
    """Those whose runs stay in the lab's own process, for debugging."""

    def judge(self, source: Source, pin: Pin) -> tuple[str, str]:
        """`on`, or the state that a plugin has instead, and the sentence for it."""
        name, place = Path(source.place).name, source.place
        if source.origin == "--plugin":  # named for this start: the user's own word
            return "on", ""
        if source.key in self.off:
            return "off", tr("{name}: switched off", name=name)
        developed = self.develops(source)
        if source.path is not None and (reason := unsafe(source.path, None if developed else _folder(source.path))):
            return "refused", reason
        if developed:
            return "on", ""
        allowed = self.allowed.get(source.key)
        if allowed is None:
            words = tr('{name}: not allowed yet; allow it under Plugins, or with: optlab plugins trust "{place}"',
                       name=name, place=place)  # fmt: skip
            return "refused", words
        if allowed != pin.sha256:
            words = tr('{name}: changed since you allowed it; look at it under Plugins, or run: '
                       'optlab plugins trust "{place}"', name=name, place=place)  # fmt: skip
            return "changed", words
        return "on", ""

    def develops(self, source: Source) -> bool:
        """Whether the plugin is a file in a folder that the user develops in."""
        return source.path is not None and any(source.path.resolve().is_relative_to(each) for each in self.folders)

    def files(self) -> list[Path]:
        """The files that were allowed by their path and are still there."""
        return [Path(key) for key in self.allowed if not key.startswith("package:") and Path(key).is_file()]


def load() -> tuple[Trust, str]:
    """What was decided, and a sentence where the file was damaged: it is put aside, and nothing is allowed."""
    path = user_folder("settings") / NAME
    try:
        with path.open("rb") as file:
            return _checked(json.loads(file.read(LARGEST))), ""
    except FileNotFoundError:
        return Trust(), ""
    except OSError as error:
        why = error.strerror or str(error)
        return Trust(), tr("{name} cannot be read ({why}): no plugin of yours is allowed", name=NAME, why=why)
    except (ValueError, RecursionError):
        bad = put_aside(path)
        words = tr("{name} was damaged and is put aside as {bad}: allow your plugins again", name=NAME,
                   bad=bad.name if bad else NAME)  # fmt: skip
        return Trust(), words


def written() -> tuple[int, int] | None:
    """What differs when decisions have been written anew, by another process too."""
    try:
        facts = (user_folder("settings") / NAME).stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


def edit(change: Callable[[Trust], Any]) -> Trust:
    """Change what is decided, and keep it; raises `ExportError` where it cannot be written."""
    trust, _ = load()
    change(trust)
    path = user_folder("settings") / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, json.dumps(asdict(trust), indent=1).encode("ascii"), private=True)
    return trust


def allow(source: Source, pin: Pin) -> Trust:
    """Allow a plugin as it is now; a copy of a file is kept, to show later what has changed."""

    def change(trust: Trust) -> None:
        trust.allowed[source.key] = pin.sha256
        trust.off = [key for key in trust.off if key != source.key]

    if source.path is not None:
        copy = approved(pin.sha256)
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(copy, pin.content, private=True)
    return edit(change)


def develop(folder: Path) -> Trust:
    """Mark a folder as one that the user develops in."""
    word = str(folder.resolve())
    return edit(lambda trust: trust.folders.append(word) if word not in trust.folders else None)


def switch(source: Source, on: bool) -> Trust:
    """Switch a plugin on or off, for this and later starts."""

    def change(trust: Trust) -> None:
        trust.off = [key for key in trust.off if key != source.key] + ([] if on else [source.key])

    return edit(change)


def keep_inside(source: Source, inside: bool) -> Trust:
    """Let the runs of a plugin stay in the lab's own process, or not, from the next one on."""

    def change(trust: Trust) -> None:
        trust.inside = [key for key in trust.inside if key != source.key] + ([source.key] if inside else [])

    return edit(change)


def approved(sha256: str) -> Path:
    """Where the copy of an allowed file is."""
    return user_folder("approved") / f"{sha256}.py"


def _folder(path: Path) -> Path:
    """The folder out of which a file may not link: the user's plugins, or the one that it was allowed in."""
    plugins = user_folder("plugins")
    return plugins if path.is_relative_to(plugins) else path.parent


def _checked(table: Any) -> Trust:
    """The decisions of a file; raises `ValueError` where it is none of ours."""
    if not isinstance(table, dict) or not set(table) <= set(asdict(Trust())) or "allowed" not in table:
        raise ValueError
    trust = Trust(**table)
    lists = (trust.off, trust.folders, trust.inside)
    if not isinstance(trust.allowed, dict) or not all(isinstance(words, list) for words in lists):
        raise ValueError
    if not all(isinstance(word, str) for words in (*lists, trust.allowed.values()) for word in words):
        raise ValueError
    return trust
