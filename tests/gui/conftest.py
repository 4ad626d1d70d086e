"""Fixtures of the window's tests: no error may hide behind a guard."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from optlab.engine.experiment_file import build_experiment
from optlab.gui import app, errors
from optlab.gui.desk import Desk
from optlab.gui.document import Document
from optlab.gui.panel import Panel
from optlab.gui.settings import Settings
from optlab.gui.theme import load_theme
from optlab.gui.window import Window
from optlab.host.host import Host, load_plugins


@pytest.fixture(autouse=True)
def no_hidden_errors() -> Iterator[None]:
    """A virtual that raised was guarded, not correct."""
    errors.forget()
    yield
    found = [report.details for report in errors.recent()]
    assert not found, found


@pytest.fixture(autouse=True)
def closed_windows_go() -> Iterator[None]:
    """A closed window stays as long as the application, with its host: some of them make every test slow."""
    yield
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, Window) and not w.isVisible()]
    for window in windows:
        window.deleteLater()
    if windows:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def opened_window(qapp: QApplication, qtbot: Any) -> Iterator[Callable[..., Window]]:
    """`opened_window(settings, experiment, plugins)`: a window as a start shows it, closed in the end unasked."""
    windows: list[Window] = []

    def make(values: Settings, experiment: str, plugins: Sequence[Path] = ()) -> Window:
        window, messages = app.make_window(qapp, values, experiment, plugins, safe_mode=True)
        assert messages == []
        windows.append(window)
        window.show()
        qtbot.waitExposed(window)
        app.finish(window)
        return window

    yield make
    for window in windows:
        window.desk.document.undo_stack.setClean()
        window.close()
        qtbot.waitUntil(lambda w=window: not w.desk.session.busy, timeout=5000)


@pytest.fixture(scope="session")
def host() -> Host:
    """The shipped plugins, with their panels."""
    return load_plugins(panels=True, shipped_only=True)


@pytest.fixture
def panel_of(host: Host, qtbot: Any) -> Callable[..., Panel]:
    """`panel_of("training", {"problem": …}, …, steps=9)`: the shown panel on a desk with these trials, not run yet."""

    def make(name: str, *trials: dict[str, Any], **top: Any) -> Panel:
        tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials)]
        base = {kind: tables[0][kind] for kind in ("problem", "optimizer")}
        experiment = build_experiment({"steps": 30, **base, **top, "trial": tables}, host.catalogue)
        cls = next(cls for cls in host.panels if cls.name == name)
        panel = cls(Desk(host, Document(experiment), load_theme("dark")))
        qtbot.addWidget(panel)
        qtbot.addWidget(panel.tools)
        panel.ensure_built()
        panel.resize(1000, 600)
        panel.show()
        panel.refresh()
        return panel

    return make


def show_whole(panel: Panel) -> None:
    """Refresh as the window does, until nothing is left to measure."""
    lookout, seen = panel.desk.lookout, -1
    while (
        lookout.busy or lookout.count != seen
    ):  # an answer may come between a look and the question whether it is busy
        assert lookout.wait(60)
        seen = lookout.count
        panel.refresh()
    panel.grab()


@pytest.fixture
def show() -> Callable[[Panel], None]:
    """`show(panel)` brings it up to date, with all that is measured for it."""
    return show_whole


@pytest.fixture
def run() -> Callable[[Panel], None]:
    """`run(panel)` runs the panel's experiment to its end and shows it whole."""

    def ran(panel: Panel) -> None:
        desk = panel.desk
        desk.session.start(desk.document.experiment)
        assert desk.session.runner is not None and desk.session.runner.join(60)
        desk.forget()
        panel.reset()
        show_whole(panel)

    return ran
