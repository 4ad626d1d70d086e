"""`optlab plugins check`: the report of the conformance kit."""

import json
from collections.abc import Sequence
from pathlib import Path

from optlab.cli.arguments import check_plugin
from optlab.cli.terminal import plugins_print_to_stderr, say
from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.kit import Report, check_paths


def check(paths: list[Path], as_json: bool, against: str = "", maps: Sequence[str] = ()) -> int:
    """Print the report of each file, or of each file of a folder; 1 where something is wrong."""
    for pair in maps:
        if "=" not in pair:
            raise FieldError(tr("--map: expected OURS=THEIRS, got {that!r}", that=pair))
    files: list[Path] = []
    for path in paths:
        check_plugin(path)
        files += sorted(path.glob("[!_.]*.py")) if path.is_dir() else [path]
    with plugins_print_to_stderr():
        reports = check_paths(files, against, dict(pair.split("=", 1) for pair in maps))
    if as_json:
        say(json.dumps([found.plain() for found in reports], indent=2, ensure_ascii=False))
    else:
        for found in reports:
            say("\n".join(_lines(found)))
    return 0 if all(found.passed for found in reports) else 1


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
