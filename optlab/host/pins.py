"""Pins: what a plugin is before it runs, by its bytes; and what can be said of it without running it."""

import ast
import hashlib
import os
import re
import stat
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from optlab.host.finder import Source
from optlab.host.loader import read_plugin
from optlab.i18n import tr

LONGEST_SOURCE = 1 << 18
"""Bytes of a file whose imports are listed: the parser takes 5 s for 1 MiB of the worst that can be written."""

STATED_VERSION = re.compile(rb"^__version__\b[^=\n]*=\s*[\"']([\w.+-]{1,40})[\"']", re.M)
"""A line such as `__version__ = "1.2"`."""

NAMED = re.compile(rb"^\s+name\b[^=\n]*=\s*[\"']([a-z][a-z0-9_]{0,39})[\"']", re.M)
"""A class's line such as `name = "my_momentum"`."""


@dataclass(frozen=True)
class Pin:
    """The SHA-256 of a file, or of an installed package: its name, version, list of files and first module."""

    sha256: str
    content: bytes = b""
    """A file's bytes: what is hashed is what runs."""
    version: str = ""

    @property
    def size(self) -> int:
        return len(self.content)


def pin(source: Source) -> Pin:
    """Read a plugin without running it; raises `OSError` or `ValueError` where it cannot be read."""
    if source.entry is not None:
        return _of_package(source.entry)
    assert source.path is not None
    content = read_plugin(source.path)
    stated = STATED_VERSION.search(content)
    return Pin(hashlib.sha256(content).hexdigest(), content, stated[1].decode("ascii", "replace") if stated else "")


def _of_package(entry: EntryPoint) -> Pin:
    dist = getattr(entry, "dist", None)
    name, version = (dist.name, dist.version) if dist else ("", "")
    files = (dist.read_text("RECORD") or "") if dist else ""
    content = _module_bytes(entry.value.partition(":")[0])  # an editable install lists none of its own files
    parts = (entry.value, name, version, files)
    return Pin(hashlib.sha256("\0".join(parts).encode() + b"\0" + content).hexdigest(), content, version)


def _module_bytes(module: str) -> bytes:
    """The file of a module, found without importing the packages that it is in."""
    path: Any = None
    origin = None
    name = ""
    for part in module.split("."):
        name = f"{name}.{part}".lstrip(".")
        finders = (finder.find_spec(name, path) for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next((spec for spec in finders if spec is not None), None)
        if spec is None:
            return b""
        path, origin = spec.submodule_search_locations, spec.origin
    file = Path(origin or "")
    return read_plugin(file) if file.is_file() and file.suffix == ".py" else b""


def unsafe(path: Path, folder: Path | None) -> str:
    """Why a file is not even asked about, in a sentence; "" where nothing speaks against it.

    It may link to no file outside `folder`, where one is given.
    """
    if folder is not None and not path.resolve().is_relative_to(folder.resolve()):
        words = tr("{name}: links to {path}, outside of the plugin folder; copy the file there")
        return words.format(name=path.name, path=path.resolve())
    if os.name != "posix":
        return ""
    facts = path.stat()
    if facts.st_mode & stat.S_IWOTH:
        return tr("{name}: every user of this computer can write it; run chmod o-w {path}", name=path.name, path=path)
    if facts.st_uid not in (0, os.getuid()):
        return tr("{name}: belongs to another user of this computer; copy the file", name=path.name)
    return ""


def names_in(source: Source) -> set[str]:
    """The words that a plugin's file calls its classes by, as far as a look at its text tells."""
    if source.path is None:
        return set()
    try:
        text = read_plugin(source.path)
    except (OSError, ValueError):
        return set()
    return {match.decode() for match in NAMED.findall(text)}


def imports(content: bytes) -> list[str] | None:
    """The modules that a source imports, wherever in it; None where it is too large or cannot be parsed."""
    if len(content) > LONGEST_SOURCE:
        return None
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return sorted(found)
