"""Tables in the terminal: as wide as it is, or as wide as they need where the output goes elsewhere."""

import sys
from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from optlab.cli.terminal import one_line, say

WIDE = 400
"""Columns where no terminal says how many there are."""
ROOMY = 100
SHORT = 12
"""Cells of no more signs than this are never broken."""


def show(*parts: RenderableType) -> None:
    """Print texts, tables and pages to stdout."""
    say(render(*parts, colour=sys.stdout.isatty()))


def render(*parts: RenderableType, colour: bool = False) -> str:
    """Texts, tables and pages as text; the words of users are never read as markup."""
    width = None if colour else WIDE
    console = Console(width=width, markup=False, highlight=False, emoji=False, force_terminal=colour or None)
    with console.capture() as capture:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str))
    return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> Table:
    """A table with the columns `right` aligned to the right."""
    heading = Text(one_line(title), style="bold") if title else None
    made = Table(title=heading, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    cells = [[one_line(cell) for cell in row] for row in rows]
    for k, name in enumerate(head):
        side: Literal["left", "right"] = "right" if k in right else "left"
        short = max([len(name), *(len(row[k]) for row in cells)]) <= SHORT
        made.add_column(Text(name), justify=side, overflow="fold", no_wrap=short)
    for row in cells:
        made.add_row(*map(Text, row))
    return made


def narrow() -> bool:
    """Whether a wide table would be broken by the terminal."""
    return sys.stdout.isatty() and get_terminal_size().columns < ROOMY
