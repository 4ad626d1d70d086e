"""How the window feels beside a worker that goes flat out, how soon it opens, and what a long run costs it.

Run it with `python -m tests.bench.window`; it draws off-screen unless QT_QPA_PLATFORM says otherwise.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # what the off-screen platform cannot do

from tests.bench.measure import machine, percentiles, table
from tests.bench.starting import starting

DEEP = """
title = "{trials} x {hidden} hidden layers"
steps = 0
[problem]
name = "spirals"
hidden = {hidden}
width = {width}
activation = "tanh"
[optimizer]
name = "momentum"
[[trial]]
label = "tanh"
"""
SECOND = """
[[trial]]
label = "ReLU + He"
problem = { activation = "relu", init = "he" }
"""
FLAT = """
title = "Rosenbrock, four runs"
steps = 0
panels = ["landscape"]
[problem]
name = "rosenbrock"
[optimizer]
name = "adam"
[[trial]]
label = "1e-3"
[[trial]]
label = "1e-4"
optimizer = { lr = 1e-4 }
[[trial]]
label = "momentum"
optimizer = { name = "momentum", lr = 1e-4 }
[[trial]]
label = "sgd"
optimizer = { name = "sgd", lr = 1e-4 }
"""
EXPERIMENTS = {
    "32 layers": (DEEP.format(trials=1, hidden=31, width=24), "training"),
    "2 runs of 32 layers": (DEEP.format(trials=2, hidden=31, width=24) + SECOND, "training"),
    "the same, gradient flow": (DEEP.format(trials=2, hidden=31, width=24) + SECOND, "gradient_flow"),
    "the same, layers": (DEEP.format(trials=2, hidden=31, width=24) + SECOND, "layers"),
    "100 layers of 512, layers": (DEEP.format(trials=1, hidden=100, width=512), "layers"),
    "100 layers of 512": (DEEP.format(trials=1, hidden=100, width=512), "training"),
    "landscape, 4 runs": (FLAT, "landscape"),
    "landscape's training view": (FLAT, "training"),
}
SIZE = 1600, 980
SECONDS = 4.0
ROUNDS = 3
TICK = 5


def open_window(folder: Path, text: str, view: str):
    """The real window, on the screen, with one experiment and view."""
    from optlab.gui import app, settings

    path = folder / "bench.toml"
    path.write_text(text, "utf-8")
    application = app.make_application()
    application.setQuitOnLastWindowClosed(False)
    window, _ = app.make_window(application, settings.Settings(theme="dark"), str(path), (), True)
    window.resize(*SIZE)
    window.show()
    app.finish(window)
    window.views.show_view(view)
    wait(lambda: False, 0.3)
    assert window.views.current.name == view
    return window


def close(window) -> None:
    window.control.stop()
    window.player.stop()
    window.desk.document.undo_stack.setClean()
    window.close()
    window.deleteLater()
    wait(lambda: False, 0.2)


def wait(done: Callable[[], bool], seconds: float) -> None:
    """Let the event loop itself go, as in the program, until `done`."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    look, end = QTimer(), QTimer(singleShot=True)
    look.timeout.connect(lambda: done() and loop.quit())
    end.timeout.connect(loop.quit)
    look.start(50)
    end.start(int(seconds * 1000))
    loop.exec()
    look.stop()


def play(window, seconds: float) -> tuple[float, list[float], int]:
    """Run flat out for a while: steps per second of the worker, lateness of a 5 ms timer in ms, and frames."""
    from PySide6.QtCore import Qt, QTimer

    late: list[float] = []
    frames = [0]
    last = [0.0]

    def on_tick() -> None:
        now = time.perf_counter()
        late.append(max(0.0, (now - last[0]) * 1000 - TICK))
        last[0] = now

    def on_frame() -> None:
        frames[0] += 1

    window.control.rate = float("inf")
    window.control.run()
    wait(lambda: done(window) > 0, 60)
    wait(lambda: False, 0.7)  # past the build of the view and the first growth of the axes
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK)
    timer.timeout.connect(on_tick)
    window.player.frame.connect(on_frame)
    before, started = done(window), time.perf_counter()
    last[0] = started
    timer.start()
    wait(lambda: time.perf_counter() - started > seconds and done(window) - before > 3, 60)
    rate = (done(window) - before) / (time.perf_counter() - started)
    timer.stop()
    window.player.frame.disconnect(on_frame)
    window.control.stop()
    wait(lambda: not window.desk.session.busy, 5)
    return rate, late, frames[0]


def done(window) -> int:
    return sum(entry.run.count for entry in window.desk.entries)


def headless(window, seconds: float) -> float:
    """Steps per second of the same experiment in a worker beside a thread that sleeps."""
    from optlab.engine.planning import plan
    from optlab.engine.runner import Runner

    runner = Runner(plan(window.desk.document.experiment))

    def count() -> int:
        return sum(run.count for run in runner.runs)

    runner.start()
    while not count():
        time.sleep(0.1)
    time.sleep(0.3)
    before, started = count(), time.perf_counter()
    while time.perf_counter() - started < seconds or count() - before < 4:
        time.sleep(0.05)
    rate = (count() - before) / (time.perf_counter() - started)
    runner.stop()
    runner.join()
    return rate


def beside_a_worker(folder: Path) -> None:
    rows = []
    for name, (text, view) in EXPERIMENTS.items():
        window = open_window(folder, text, view)
        shares, late, frames, rates = [], [], 0, []
        for _ in range(ROUNDS):
            alone = headless(window, SECONDS / 2)
            rate, more, count = play(window, SECONDS)
            late, frames = late + more, frames + count
            shares.append(rate / alone)
            rates.append(rate)
        close(window)
        p50, p99, worst = percentiles(late)
        below = 100 * sum(ms <= 33 for ms in late) / len(late)
        rows.append((
            name, f"{p50:.1f}", f"{p99:.1f}", f"{worst:.0f}", f"{below:.2f} %", f"{frames / ROUNDS / SECONDS:.1f}",
            f"{median(rates):,.0f}", f"{100 * median(shares):.0f} %",
        ))  # fmt: skip
    head = ("", "p50 ms", "p99 ms", "max ms", "within 33 ms", "frames/s", "steps/s", "of headless")
    table("A 5 ms timer's lateness beside a worker flat out (aim: 99 % within 33 ms, 70 % of headless)", head, rows)


def long_run(folder: Path) -> None:
    """A million recorded steps: what looking at a part costs, and what they take of the memory."""
    from PySide6.QtWidgets import QApplication

    rows = []
    for name, text in (("5 layers", DEEP.format(trials=1, hidden=4, width=24)), ("rosenbrock", FLAT)):
        window = open_window(folder, text, "training")
        before = resident()
        entry = recorded(window, 1_000_000)
        held = entry.run.history.nbytes
        after = resident()
        started = time.perf_counter()
        window.desk.runs_changed.emit()
        QApplication.processEvents()
        first = time.perf_counter() - started
        frames = [1000 * seconds for seconds in panning(window)]
        p50, p99, worst = percentiles(frames)
        rows.append((
            name, len(entry.run.history.columns), f"{first:.2f}", f"{p50:.1f}", f"{p99:.1f}", f"{worst:.1f}",
            f"{held >> 20}", f"{(after - before) >> 20}", f"{(resident() - before) >> 20}",
        ))  # fmt: skip
        window.desk.session.entries = []
        close(window)
    head = ("", "columns", "first look s", "p50 ms", "p99 ms", "max ms", "history MiB", "RSS MiB", "RSS seen MiB")
    table("A million recorded steps in the Training view: a frame of panning and zooming, and memory", head, rows)


def recorded(window, steps: int):
    """An entry of the session whose run has `steps` rows of noise, as long and wide as real ones."""
    import numpy as np

    from optlab.engine.planning import plan
    from optlab.engine.session import Entry

    batch = plan(window.desk.document.experiment)[0]
    run, history, rng = batch.runs[0], batch.history, np.random.default_rng(0)
    for start in range(0, steps, 4096):
        n = min(4096, steps - start)
        rows = np.exp(rng.standard_normal((n, history.runs, len(history.columns))))
        rows[:, :, 0] = np.arange(start, start + n)[:, None]
        rows[:, :, 1] = rows[:, :, 0] + 1
        rows[:, :, 2] = 1e-3
        history.append(rows)
    history.close(run.row, steps)
    run.steps, run.status = steps, "done"
    entry = Entry(1, run, batch, run.label, 0)
    window.desk.session.entries = [entry]
    return entry


def panning(window) -> list[float]:
    """Seconds of each frame while one zooms in from the whole to a thousandth and moves along."""
    from PySide6.QtWidgets import QApplication

    plot = window.views.current.panel.loss
    lo, hi = plot.view.whole_x
    costs = []
    for k in range(200):
        width = (hi - lo) * 10 ** (-3 * min(k, 100) / 100)
        left = lo + (hi - lo - width) * (k % 100) / 100
        started = time.perf_counter()
        plot.zoom_to((left, left + width), None)
        QApplication.processEvents()
        costs.append(time.perf_counter() - started)
    return costs


def resident() -> int:
    """Bytes of memory that the process holds now; 0 where the system does not say so in a file."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        for work in (starting, beside_a_worker, long_run):
            work(Path(name))


if __name__ == "__main__":
    main()
