"""`optlab plugins check`: the report of the conformance kit."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from optlab.cli.terminal import plugins_print_to_stderr, say
from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr
from optlab.kit import Report, check_paths
from optlab.paths import user_folder


def check(paths: list[Path], as_json: bool, against: str = "", maps: Sequence[str] = ()) -> int:
    """Print the report of each file, or of each file of a folder; 1 where something is wrong."""
    for pair in maps:
        if "=" not in pair:
            raise FieldError(tr("--map: expected OURS=THEIRS, got {that!r}", that=pair))
    files: list[Path] = []
    for path in map(find_plugin, paths):
        files += sorted(path.glob("[!_.]*.py")) if path.is_dir() else [path]
    with plugins_print_to_stderr():
        reports = check_paths(files, against, dict(pair.split("=", 1) for pair in maps))
    if as_json:
        say(json.dumps([found.plain() for found in reports], indent=2, ensure_ascii=False))
    else:
        for found in reports:
            say("\n".join(_lines(found)))
    return 0 if all(found.passed for found in reports) else 1


def find_plugin(words: Path) -> Path:
    """A plugin file or folder by its path, or a file of the user's own plugins by its name; raises `FieldError`."""
    if os.path.exists(words):  # noqa: PTH110 - Path.exists raises for a name that is too long
        return words
    folder = user_folder("plugins")
    own = {file.stem: file for file in sorted(folder.glob("[!_.]*.py"))}
    if len(words.parts) == 1 and words.suffix in ("", ".py") and words.stem in own:
        return own[words.stem]
    known = did_you_mean(words.stem, own) if own else tr("there is none in {folder}", folder=folder)
    text = tr("plugins: expected a file, a folder or a name of yours, got {path}; {hint}", path=words, hint=known)
    raise FieldError(text)


def _lines(found: Report) -> list[str]:
    words = {"wrong": tr("wrong"), "advice": tr("advice"), "note": tr("figure")}
    width = max(map(len, words.values()))
    lines = [f"{found.path}: {', '.join(found.components)}".rstrip(": ")]
    for component in dict.fromkeys(component for component, _ in found.findings):
        if len(found.components) > 1:
            lines.append(f"  {component}")
        own = [finding for of, finding in found.findings if of == component]
        for level in words:
            lines += [f"  {words[level]:<{width}}  {finding.text}" for finding in own if finding.level == level]
    lines.append("  " + (tr("keeps the contract") if found.passed else tr("does not keep the contract")))
    return lines
