"""The window's own arguments, read without a parser library, so that the window opens at once."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from optlab import i18n
from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr

COMMANDS = ("run", "tune", "list", "screenshot", "report", "plugins")
THEMES = ("dark", "light", "system")
_VALUED = ("--language", "--theme", "--plugin")
_FLAGS = ("--safe-mode", "--version", "--help", "-h")


@dataclass
class Opening:
    """How the window is to open."""

    experiment: str | None = None
    language: str | None = None
    theme: str | None = None
    plugins: list[Path] = field(default_factory=list)
    safe_mode: bool = False
    version: bool = False


def read_arguments(args: Sequence[str]) -> Opening | None:
    """How the window is to open, or None where a sub-command or help is asked for; raises `FieldError`.

    The language is set at once, so that what follows speaks it.
    """
    choose_language(_named_language(args))
    opening = Opening()
    rest = iter(args)
    for argument in rest:
        option, sign, value = argument.partition("=")
        if argument in ("--help", "-h"):
            return None
        if option in _VALUED:
            _take(opening, option, value if sign else _next(rest, option))
        elif argument == "--version":
            opening.version = True
        elif argument == "--safe-mode":
            opening.safe_mode = True
        elif argument.startswith("-"):
            hint = did_you_mean(argument, (*_VALUED, *_FLAGS))
            raise FieldError(tr("unknown option {option}; {hint}", option=argument, hint=hint))
        elif argument in COMMANDS and opening.experiment is None:
            return None
        elif opening.experiment is None:
            opening.experiment = argument
        else:
            hint = did_you_mean(opening.experiment, COMMANDS)
            raise FieldError(tr("expected one experiment, got also {that!r}; {hint}", that=argument, hint=hint))
    if opening.experiment is not None:
        _check_experiment(opening)
    return opening


def choose_language(code: str | None) -> None:
    """Speak `code`; raises `FieldError` for a language that there is not."""
    if code is None:
        return
    try:
        i18n.set_language(code)
    except ValueError as error:
        raise FieldError(f"--{error}") from None


def check_plugin(path: Path) -> Path:
    """`path` itself; raises `FieldError` where there is nothing."""
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for a name that is too long
        raise FieldError(tr("--plugin: expected a file or a folder, got {path}, which does not exist", path=path))
    return path


def _named_language(args: Sequence[str]) -> str | None:
    for argument, following in pairwise([*args, None]):
        assert argument is not None
        if argument == "--language":
            return following
        if argument.startswith("--language="):
            return argument.partition("=")[2]
    return None


def _next(rest: Iterator[str], option: str) -> str:
    value = next(rest, None)
    if value is None:
        raise FieldError(tr("{option}: expected a value, got none", option=option))
    return value


def _take(opening: Opening, option: str, value: str) -> None:
    if option == "--language":
        opening.language = value
    elif option == "--plugin":
        opening.plugins.append(check_plugin(Path(value)))
    elif value in THEMES:
        opening.theme = value
    else:
        known = ", ".join(THEMES)
        raise FieldError(tr("--theme: expected one of {options}, got {that!r}", options=known, that=value))


def _check_experiment(opening: Opening) -> None:
    """Refuse an unknown name now, in the terminal where it was typed; a command's name may have been meant.

    What a plugin may bring is known when the plugins are loaded.
    """
    name = opening.experiment or ""
    from optlab.host.brought import may_bring
    from optlab.store.library import experiments, find_experiment

    try:
        find_experiment(name)
    except FieldError:
        if Path(name).suffix or len(Path(name).parts) > 1:
            raise
        if may_bring(name, opening.plugins, opening.safe_mode):
            return
        hint = did_you_mean(name, [*COMMANDS, *(shelf.name for shelf in experiments())])
        text = tr("{name!r} is neither an experiment nor a command; {hint}", name=name, hint=hint)
        raise FieldError(text) from None
