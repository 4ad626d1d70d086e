"""`optlab` where there is no display: the experiment runs without a window, and its results go into a folder."""

from pathlib import Path

from optlab.atomic import ExportError, write_atomic
from optlab.cli.arguments import Opening
from optlab.cli.running import compute, exit_code, load_experiment, load_host
from optlab.cli.summary import summary
from optlab.cli.tables import narrow, render, show
from optlab.cli.terminal import complain
from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.store.library import FIRST
from optlab.store.names import slug

FOLDER = Path("optlab-results")


def run_instead(opening: Opening) -> int:
    """Run the experiment of `opening` and write CSV, summary and, where Qt can be loaded, a picture."""
    name = opening.experiment or FIRST
    complain(tr("there is no display for the window: {name} runs without it, into {folder}", name=name, folder=FOLDER))
    host = load_host(opening.plugins, opening.safe_mode)
    experiment = load_experiment(name, (), host)
    try:
        FOLDER.mkdir(exist_ok=True)
    except OSError as error:
        text = tr("{path}: this folder cannot be made: {error}", path=FOLDER, error=error.strerror)
        raise ExportError(text) from error
    results = compute(experiment, host)
    base = slug(Path(name).stem)
    results.to_csv(FOLDER / f"{base}.csv")
    write_atomic(FOLDER / f"{base}.txt", (render(*summary(results)) + "\n").encode())
    show(*summary(results, narrow()))
    _take(FOLDER / f"{base}.png", name, opening, next(iter(experiment.panels), "training"))
    return exit_code(results)


def _take(path: Path, name: str, opening: Opening, view: str) -> None:
    """The picture is an extra: without Qt the numbers are still there."""
    from optlab.cli.pictures import take

    try:
        take(path, name, opening.theme or "dark", view, plugins=opening.plugins, safe_mode=opening.safe_mode)
    except (FieldError, ExportError, ImportError) as error:
        complain(tr("no picture: {error}", error=error))
