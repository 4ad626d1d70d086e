"""What plugins of the user cost at start: fifty good ones and all that misbehave in the tests, all of them allowed."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from optlab.engine.remote import RemoteBatch
from tests.bench.measure import paired, percentiles, table
from tests.rude import AT_IMPORT, PLUGINS, filled, good

TICK = 5
"""Milliseconds between two events that are timed."""

HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


def install() -> None:
    """Put fifty good plugins and all bad ones into the user's folder, and allow them."""
    from optlab.host import trust
    from optlab.paths import user_folder

    folder = user_folder("plugins")
    folder.mkdir(parents=True)
    for n in range(50):
        (folder / f"good_{n}.py").write_text(good(f"good_{n}"), "utf-8")
    for name, fault in AT_IMPORT.items():
        (folder / f"{name}.py").write_text(filled(fault["source"]), "utf-8")
    shutil.copy(PLUGINS / "apart.py", folder)
    trust.develop(folder)


def window() -> None:
    """What the window feels of a first start with all of them, and of runs that do not answer."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from optlab.engine.experiment_file import build_experiment
    from optlab.gui import app, settings

    application = app.make_application()
    made, _ = app.make_window(application, settings.Settings(), "ravine", (), safe_mode=False, wait=False)
    made.show()
    app.finish(made)
    host, desk, delays = made.desk.host, made.desk, []
    last, timer = time.monotonic(), QTimer()

    def tick() -> None:
        nonlocal last
        now = time.monotonic()
        delays.append(1000 * (now - last) - TICK)
        last = now

    timer.timeout.connect(tick)
    timer.start(TICK)
    rows: list[tuple[object, ...]] = []

    def stretch(name: str, done: Callable[[], bool]) -> None:
        delays.clear()
        end = time.monotonic() + 180
        while not done() and time.monotonic() < end:
            application.processEvents()
            time.sleep(0.001)
        rows.append((name, *(f"{value:.0f}" for value in percentiles(delays)), len(delays)))

    def after(seconds: float) -> Callable[[], bool]:
        end = time.monotonic() + seconds
        return lambda: time.monotonic() > end

    stretch("all are tried out", lambda: not host.waiting)
    trials = [{"label": act, "optimizer": {"name": "apart", "act": act}} for act in ("nothing", "loop", "hog", "crash")]
    table_ = {"steps": 0, "problem": {"name": "sphere"}, "optimizer": {"name": "good_1", "lr": 0.01}}
    desk.document.open(build_experiment({**table_, "trial": [{"label": "good"}, *trials]}, host.catalogue), "x", None)
    made.actions_["run"].trigger()
    stretch("runs that hang and crash", after(5))
    good_run, bad = desk.entries[0].run, [entry.run for entry in desk.entries[2:]]
    made.actions_["stop"].trigger()
    stretch("they are stopped", lambda: not desk.session.busy)
    desk.document.undo_stack.setClean()
    pids = [entry.batch.child.pid for entry in desk.entries if isinstance(entry.batch, RemoteBatch)]
    started = time.monotonic()
    made.close()
    rows.append(("the window closes, s", f"{time.monotonic() - started:.2f}", "", "", ""))
    table("The window beside them, delays of events in ms (aim: 100)", ("", "p50", "p99", "max", "n"), rows)
    states = [sum(r.state == state for r in host.records if r.outside) for state in ("on", "broken", "waiting")]
    print(f"  on, broken, waiting: {states}; steps of the good run: {good_run.step}")
    print("  " + "\n  ".join(run.message for run in bad))
    print(f"  processes left: {sum(Path(f'/proc/{pid}').exists() for pid in pids)}", flush=True)
    QApplication.processEvents()


def starts() -> None:
    """First and second start with the plugins, and the second beside a start without them."""
    from optlab.host import load_plugins

    started = time.perf_counter()
    host = load_plugins()
    first = time.perf_counter() - started
    states = [sum(r.state == state for r in host.records if r.outside) for state in ("on", "broken")]
    without, second, ratio = paired(lambda: load_plugins(shipped_only=True), load_plugins)
    rows = [("on, broken", states), ("first start, s", f"{first:.1f}"), ("second start, s", f"{second:.2f}"),
            ("without them, s", f"{without:.2f}"), ("ratio (aim: 1.5)", f"{ratio:.2f}")]  # fmt: skip
    table("Plugins of the user", ("", ""), rows)


def main() -> None:
    """Each part from an empty home."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for part in (window, starts):
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(dict.fromkeys(HOMES, home))
            install()
            part()


if __name__ == "__main__":
    sys.exit(main())
