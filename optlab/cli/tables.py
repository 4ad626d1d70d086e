"""Tables in the terminal: as wide as it is, or as wide as they need where the output goes elsewhere."""

import sys
from collections.abc import Iterable, Sequence
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from optlab.cli.terminal import one_line, say

WIDE = 400
"""Columns where no terminal says how many there are."""


def show(*parts: str | Table) -> None:
    """Print texts and tables to stdout."""
    say(render(*parts, colour=sys.stdout.isatty()))


def render(*parts: str | Table, colour: bool = False) -> str:
    """Texts and tables as text; the words of users are never read as markup."""
    width = None if colour else WIDE
    console = Console(width=width, markup=False, highlight=False, emoji=False, force_terminal=colour or None)
    with console.capture() as capture:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str))
    return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> Table:
    """A table with the columns `right` aligned to the right."""
    made = Table(
        title=Text(title, style="bold") if title else None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False
    )
    for k, name in enumerate(head):
        side: Literal["left", "right"] = "right" if k in right else "left"
        made.add_column(Text(name), justify=side, overflow="fold")
    for row in rows:
        made.add_row(*(Text(one_line(cell)) for cell in row))
    return made
