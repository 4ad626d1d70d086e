"""`python -m optlab.gui.panel_kit FILE`: what the conformance kit tries of a view, with Qt off-screen."""

import gc
import json
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from optlab.engine.experiment_file import build_experiment
from optlab.gui import errors
from optlab.gui.app import make_application
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.panel import Panel
from optlab.gui.theme import load_theme
from optlab.host import Host, load_plugins
from optlab.i18n import set_language, tr
from optlab.kit import general
from optlab.kit.finding import Finding, advice, note, tried, wrong

FRAME = 33.0
"""Milliseconds between two refreshes of the window."""
NET = {"name": "spirals", "hidden": 2, "width": 4}
EXPERIMENTS: dict[str, list[dict[str, Any]]] = {
    "a landscape": [{"problem": {"name": "ravine"}, "optimizer": {"name": "sgd"}}],
    "networks of different layers": [
        {"problem": NET, "optimizer": {"name": "adam"}},
        {"problem": {**NET, "hidden": 4}, "optimizer": {"name": "sgd"}},
        {"problem": {"name": "rosenbrock"}, "optimizer": {"name": "sgd", "lr": 10.0}},
    ],
}


def main(file: str, code: str) -> int:
    """Print the views of a plugin file and the findings of each as one line of JSON."""
    set_language(code)
    application = make_application()
    errors.install(application, Path(tempfile.mkdtemp(prefix="optlab-kit-")))
    host = load_plugins([Path(file)], panels=True, shipped_only=True)
    record = next(r for r in reversed(host.records) if Path(r.path).resolve() == Path(file).resolve())
    names = [added.partition(" ")[2] for added in record.adds if added.startswith("panel ")]
    found: list[tuple[str, Finding]] = []
    for name in names:
        cls: Any = next(cls for cls in reversed(host.panels) if getattr(cls, "name", cls.__name__) == name)
        found += [(f"panel {name}", finding) for finding in check_view(cls, host, Path(file))]
    if record.state != "on":
        found = [("", wrong("loads", record.error))]
    plain = [(component, astuple(finding)) for component, finding in found]
    sys.stdout.write(json.dumps({"components": [f"panel {name}" for name in names], "findings": plain}) + "\n")
    application.processEvents()
    return 0


def check_view(cls: type[Panel], host: Host, path: Path) -> list[Finding]:
    """Everything that is tried of one view."""
    found = list(_name(cls, host, path))
    if "Look for:" not in (cls.__doc__ or ""):
        found.append(advice("has a page", tr("no line that begins with Look for: (a healthy and a sick curve)")))
    for check in (draws_whatever_there_is, closes):
        found += tried(check.__name__.replace("_", " "), check, cls, host)
        found += [wrong("raises nothing", report.sentence) for report in errors.recent()]
        errors.forget()
        if any(finding.level == "wrong" for finding in found):
            break
    return found


def _name(cls: Any, host: Host, path: Path) -> Iterator[Finding]:
    taken = [other for other in host.panels if other is not cls and getattr(other, "name", "") == cls.name]
    if taken:
        yield wrong("has a name of its own", tr("{name} is the name of another view", name=cls.name))
    yield from general.has_a_name_of_its_own(cls, cls.name, path)


def draws_whatever_there_is(cls: type[Panel], host: Host) -> Iterator[Finding]:
    """No run, one step, whole runs, of one kind and of several, at the end and in between, in both themes."""
    slowest = 0.0
    for trials in EXPERIMENTS.values():
        for steps in (1, 40):
            panel = _made(cls, host, trials, steps)
            session = panel.desk.session
            session.start(panel.desk.document.experiment)
            assert session.runner is not None
            session.runner.join(60)
            panel.desk.forget()
            panel.reset()
            for cursor in (None, 0, steps):
                panel.desk.set_cursor(cursor)
                slowest = max(slowest, _refreshed(panel))
            panel.desk.set_theme(load_theme("light"))
            panel.restyle()
            panel.refresh()
            panel.grab()
            _close(panel)
    yield note("refresh", tr("at most {ms:.1f} ms a refresh", ms=1e3 * slowest))
    if 1e3 * slowest > FRAME:
        text = tr("a refresh took {ms:.0f} ms: the window has {frame:g} ms between two", ms=1e3 * slowest, frame=FRAME)
        yield advice("is quick", text)


def closes(cls: type[Panel], host: Host) -> Iterator[Finding]:
    """Nothing holds on to a view that was closed."""
    panel = _made(cls, host, EXPERIMENTS["a landscape"], 1)
    gone = weakref.ref(panel)
    _close(panel)
    del panel
    gc.collect()
    left = gone()
    if left is not None and isValid(left):
        yield wrong("closes", tr("the view lives on after it was closed: a global or a class holds on to it"))
    elif left is not None:
        yield advice("closes", tr("Python keeps the closed view: does a list, a global or a class refer to it?"))


def _made(cls: type[Panel], host: Host, trials: list[dict[str, Any]], steps: int) -> Panel:
    tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials)]
    base = {kind: tables[0][kind] for kind in ("problem", "optimizer")}
    experiment = build_experiment({**base, "steps": steps, "trial": tables}, host.catalogue)
    panel = cls(Desk(host, Document(experiment), load_theme("dark")))
    panel.ensure_built()
    panel.resize(1000, 600)
    panel.show()
    panel.why_not()
    panel.refresh()
    panel.grab()
    return panel


def _refreshed(panel: Panel) -> float:
    panel.refresh()  # the first one after a change makes what the others use
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        panel.refresh()
        best = min(best, time.perf_counter() - started)
    panel.grab()
    QApplication.processEvents()
    return best


def _close(panel: Panel) -> None:
    panel.close()
    panel.tools.deleteLater()
    panel.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
