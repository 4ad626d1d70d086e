"""`optlab run`: an experiment with a progress bar, its summary, and its files."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from optlab import lab
from optlab.atomic import check_target
from optlab.cli.arguments import check_plugin
from optlab.cli.summary import BAD, as_json, summary
from optlab.cli.tables import narrow, show
from optlab.cli.terminal import complain, one_line, plugins_print_to_stderr, report, say
from optlab.engine.experiment_file import LARGEST_FILE, parse_experiment
from optlab.engine.session import check, notices
from optlab.engine.spec import Experiment
from optlab.fields import FieldError
from optlab.host import Host, load_plugins
from optlab.i18n import tr
from optlab.lab import Results
from optlab.store.exporting import export_runs, find_exporter

STDIN = "-"


@dataclass
class Order:
    """What `optlab run` is asked for."""

    experiment: str
    sets: Sequence[str] = ()
    csv: Path | None = None
    png: Path | None = None
    json: bool = False
    export: tuple[str, Path] | None = None
    """The name of an exporter, and its file."""
    plugins: Sequence[Path] = field(default_factory=list)
    safe_mode: bool = False


def load_host(plugins: Sequence[Path], safe_mode: bool) -> Host:
    """The plugins, with a line on stderr for each that is missed; raises `FieldError` for a path that is none."""
    with plugins_print_to_stderr():
        host = load_plugins([check_plugin(path) for path in plugins], shipped_only=safe_mode)
    for sentence in host.complaints:
        complain(sentence)
    return host


def load_experiment(name: str, sets: Sequence[str], host: Host) -> Experiment:
    """The experiment of a name, a path or `-` (stdin); raises `FieldError`."""
    try:
        if name != STDIN:
            return lab.load(name, sets, host=host)
        text = sys.stdin.buffer.read(LARGEST_FILE + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FieldError(tr("{file}: expected UTF-8 text; save the file as UTF-8", file=STDIN)) from None
    except OSError as error:
        text = tr("{path}: cannot be read: {error}", path=name, error=error.strerror or error)
        raise FieldError(text) from None
    return parse_experiment(text, host.catalogue, STDIN, sets)


def run(order: Order) -> int:
    """Run, write the files, print the summary; the exit code."""
    host = load_host(order.plugins, order.safe_mode)
    experiment = load_experiment(order.experiment, order.sets, host)
    exporter = find_exporter(host.exporters, order.export[0]) if order.export else None
    for path in (order.csv, order.png, order.export[1] if order.export else None):
        if path is not None:  # before the run: its time would be lost
            check_target(path)
    results = compute(experiment, host)
    if order.json:
        say(as_json(results))
    else:
        show(*summary(results, narrow()))
    if order.csv is not None:
        results.to_csv(order.csv)
        report(tr("wrote {path}", path=order.csv))
    if order.export is not None:
        with plugins_print_to_stderr():
            export_runs(exporter, list(results), order.export[1])
        report(tr("wrote {path}", path=order.export[1]))
    if order.png is not None and not results.interrupted:
        _take(order.png, order, experiment, host)
        report(tr("wrote {path}", path=order.png))
    return exit_code(results)


def _take(path: Path, order: Order, experiment: Experiment, host: Host) -> None:
    from optlab.cli.pictures import take, take_experiment

    if order.sets or order.experiment == STDIN:
        take_experiment(path, experiment, host, order.plugins, order.safe_mode)
    else:  # under its own name
        view = next(iter(experiment.panels), "training")
        take(path, order.experiment, view=view, plugins=order.plugins, safe_mode=order.safe_mode)


def compute(experiment: Experiment, host: Host) -> Results:
    """Run an experiment behind a progress bar on stderr, after a line there for each notice."""
    check(experiment)
    for words in notices(experiment):
        complain(tr("note: {words}", words=words))
    with plugins_print_to_stderr(), progress_bar(experiment.title, _asked(experiment)) as show:
        return lab.run(experiment, progress=lambda done, _: show(done), host=host)


def exit_code(results: Results) -> int:
    """130 after Ctrl-C, 1 where a run failed or diverged, else 0."""
    if results.interrupted:
        return 130
    return 1 if any(item.status in BAD for item in results) else 0


@contextmanager
def progress_bar(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr, where that is a terminal, that is told what is done of `total`."""
    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(one_line(title)[:40], total=total)
        yield lambda done: bar.update(task, completed=done)


def _asked(experiment: Experiment) -> int | None:
    return experiment.steps * len(experiment.trials) * len(experiment.seeds) or None
