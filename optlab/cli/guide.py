"""`optlab plugins guide`: the author's guide in the terminal; elsewhere as the Markdown that it is."""

import sys

from rich.markdown import Markdown

from optlab.cli.tables import show, table
from optlab.cli.terminal import say
from optlab.i18n import tr
from optlab.store.guide import NAMES, page, title_of


def show_page(name: str) -> int:
    """Print a page, or the list of all; raises `FieldError` for an unknown one."""
    if not name:
        show(table(tr("Writing plugins"), [tr("page"), tr("title")], [(each, title_of(each)) for each in NAMES]))
        return 0
    text = page(name.removesuffix(".md")).text  # as the links of the pages are written
    if sys.stdout.isatty():
        show(Markdown(text, code_theme="ansi_dark", hyperlinks=False))
    else:
        say(text.rstrip("\n"))
    return 0
