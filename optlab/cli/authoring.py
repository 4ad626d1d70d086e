"""`optlab plugins new`: from nothing to a file that runs, allowed and open in an editor."""

import sys
from pathlib import Path

from optlab.cli.terminal import complain, report, say
from optlab.i18n import tr
from optlab.store.template import adopt, new_package, new_plugin
from optlab.store.text_editor import edit_in_terminal

PARTS = {"optimizer": "optimizer", "schedule": "schedule", "problem": "problem", "landscape": "problem"}
"""The part of an experiment that a kind of plugin can be."""


def new(kind: str, name: str, into: Path | None, package: bool, edit: bool) -> int:
    """Write a new plugin, and say where it is and how to go on."""
    path = (new_package if package else new_plugin)(kind, name, into)
    say(str(path))
    short = path.stem if not package and into is None else _quoted(path)
    report(tr("check it: optlab plugins check {path}", path=short))
    if package:
        report(tr("open it in the window: optlab --plugin {path}", path=_quoted(path)))
        python = _quoted(Path(sys.executable))
        report(tr("install it: {python} -m pip install -e {path}", python=python, path=_quoted(path.parents[1])))
    else:
        adopt(path)
        if part := PARTS.get(kind):
            report(tr("run it: optlab run ravine --set {part}.name={name}", part=part, name=path.stem))
        report(tr("open the window: optlab; the plugin is there at every start"))
    if edit and (sentence := edit_in_terminal(path)):
        complain(sentence)
    return 0


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
