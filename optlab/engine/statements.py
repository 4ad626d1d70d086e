"""The equations of docstrings: which of their statements are known, and have a picture."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from optlab.paths import bundled

PICTURE, SOURCES = "equations.svg", "equations.toml"

UNITS = 200
"""Units of the picture in one em of its letters."""

PITCH = 5 * UNITS
"""From the baseline of one statement to that of the next."""

_GOES_ON = r"(?! ?[·/+−(√∛|‖⟨^]| ?[A-Za-zα-ω](?![a-z])|[\w²³ᵗᵖ\u0300-\u036f])"


def folder() -> Path:
    """Where the picture and its sources lie."""
    return bundled("assets") / "formulas"


@cache
def table() -> dict[str, Any]:
    """The file of sources: LaTeX by kind and statement."""
    return tomllib.loads((folder() / SOURCES).read_text("utf-8"))


@cache
def sources() -> dict[str, str]:
    """LaTeX of every known statement, by the words in which docstrings have it."""
    return {**table()["optimizers"], **table()["schedules"]}


def lines(page: str) -> list[str]:
    """The lines of equations in a help page: those that are indented by four."""
    return re.findall(r"(?m)^ {4}(.*\S)$", page)


@cache
def _known() -> re.Pattern[str]:
    longest = sorted(sources(), key=len, reverse=True)
    return re.compile(rf"(?<![\w\u0300-\u036f^_)])(?:{'|'.join(map(re.escape, longest))}){_GOES_ON}")


def parts(line: str) -> list[tuple[str, bool]]:
    """A line, cut where a known statement begins or ends; True for these."""
    found, at = [], 0
    for match in _known().finditer(line):
        found += [(line[at : match.start()], False), (match[0], True)]
        at = match.end()
    return [part for part in [*found, (line[at:], False)] if part[0]]


def typeset_in(page: str) -> list[str]:
    """The known statements of a page in their order, each once."""
    return list(dict.fromkeys(text for line in lines(page) for text, known in parts(line) if known))
