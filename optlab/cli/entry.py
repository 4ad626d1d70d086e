"""What was asked: the window, or a sub-command; and how whatever goes wrong ends in one line and an exit code."""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from optlab.atomic import ExportError
from optlab.cli import terminal
from optlab.cli.arguments import Opening, read_arguments
from optlab.fields import FieldError

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line; 0, 1 (a run failed or diverged), 2 (bad input) or 130 (Ctrl-C) is its exit code."""
    terminal.speak_utf8()
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        opening = read_arguments(args)
        if opening is not None:
            return _open(opening)
        from optlab.cli.app import call  # typer and rich: not on the window's way

        return call(args)
    except (FieldError, ExportError) as error:
        terminal.complain(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # a fault of ours or of a plugin: still no traceback in the terminal
        frame = traceback.extract_tb(error.__traceback__)[-1]
        terminal.complain(f"{type(error).__name__}: {error} ({Path(frame.filename).name}:{frame.lineno} {frame.name})")
        return FAILED


def _open(opening: Opening) -> int:
    from optlab.gui import startup

    if opening.version:
        from optlab import __version__

        terminal.say(f"optlab {__version__}")
        return 0
    if not startup.has_display():
        from optlab.cli.headless import run_instead

        return run_instead(opening)
    if sentence := terminal.window_refusal(os.environ):
        raise FieldError(sentence)
    from optlab.gui.app import main as open_window

    return open_window(
        opening.experiment,
        language=opening.language,
        theme=opening.theme,
        plugins=opening.plugins,
        safe_mode=opening.safe_mode,
    )
