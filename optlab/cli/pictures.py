"""Pictures of the window, rendered off-screen."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from optlab.atomic import check_target
from optlab.cli.arguments import THEMES
from optlab.cli.terminal import plugins_print_to_stderr, report, window_refusal
from optlab.engine.experiment_file import dump_experiment
from optlab.engine.spec import Experiment
from optlab.fields import FieldError
from optlab.host import Host
from optlab.i18n import language, tr

SIZE = (1600, 980)
SMALLEST, LARGEST = 320, 8192


def parse_size(text: str) -> tuple[int, int]:
    """Pixels of `1600x980`; raises `FieldError`."""
    match = re.fullmatch(r"([0-9]{1,5})[x×X]([0-9]{1,5})", text.strip())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(SMALLEST <= side <= LARGEST for side in size) or size[0] * size[1] > 32_000_000:
        limits = {"lo": SMALLEST, "hi": LARGEST, "that": text}
        raise FieldError(
            tr("--size: expected WIDTHxHEIGHT, {lo} to {hi} each and 32 million in all, got {that!r}", **limits)
        )
    return size


def parse_steps(text: str | None) -> int | None:
    """Steps to run; raises `FieldError`."""
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or not int(text):
        raise FieldError(tr("--steps: expected a whole number, 1 or more, got {that!r}", that=text))
    return int(text)


def take(
    path: Path, experiment: str, theme: str = "dark", view: str = "training", steps: int | None = None,
    size: tuple[int, int] = SIZE, plugins: Sequence[Path] = (), safe_mode: bool = False,
) -> None:  # fmt: skip
    """Save a picture of the window with an experiment, run for `steps`, as PNG."""
    if theme not in THEMES:
        raise FieldError(tr("--theme: expected one of {options}, got {that!r}", options=", ".join(THEMES), that=theme))
    _prepare(path)
    from optlab.gui import screenshot

    screenshot.take(path, experiment, theme, view, steps, size, language(), plugins, safe_mode)


def write_report(path: Path, experiment: str, plugins: Sequence[Path] = (), safe_mode: bool = False) -> int:
    """Play a lesson in the window and write its report as HTML, behind a progress bar on stderr; the exit code."""
    _prepare(path)
    from optlab.cli.running import progress_bar
    from optlab.gui.lesson_tour import write_report as play

    with plugins_print_to_stderr(), progress_bar(experiment, None) as show:
        play(path, experiment, language(), plugins, safe_mode, show)
    report(tr("wrote {path}", path=path))
    return 0


def _prepare(path: Path) -> None:
    """Draw on no screen; raises `FieldError` where there is no Qt, and `ExportError` where the file cannot be."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # what the off-screen platform cannot do
    if sentence := window_refusal(os.environ):
        raise FieldError(sentence)
    check_target(path)


def take_experiment(
    path: Path, experiment: Experiment, host: Host, plugins: Sequence[Path] = (), safe_mode: bool = False
) -> None:
    """Save a picture of the window in which `experiment` has run to its end, in the view that it asks for first."""
    with TemporaryDirectory(prefix="optlab-") as folder:
        file = Path(folder) / "experiment.toml"
        file.write_text(dump_experiment(experiment, host.catalogue), "utf-8")
        view = next(iter(experiment.panels), "training")
        take(path, str(file), view=view, plugins=plugins, safe_mode=safe_mode)
