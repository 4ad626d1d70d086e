"""The options that several commands take."""

from pathlib import Path

import typer

from optlab.cli.arguments import THEMES
from optlab.i18n import LANGUAGES, tr


class Shared:
    """Each with its help, in the language in force; some may also stand before the command."""

    def __init__(self) -> None:
        self.plugins: list[Path] = []
        self.safe_mode = False
        self.theme: str | None = None
        option = typer.Option
        self.plugin = option("--plugin", metavar="PATH", help=tr("A plugin file or folder; repeatable."))
        self.safe = option("--safe-mode", help=tr("Load the shipped plugins only."))
        self.language = option("--language", metavar="|".join(LANGUAGES), help=tr("Language of all texts."))
        self.colours = option("--theme", metavar="|".join(THEMES), help=tr("Colours of the window."))
        self.steps = option("--steps", metavar="N", help=tr("Number of steps; 0 runs until Ctrl-C."))
        self.experiment = typer.Argument(help=tr("A name of `optlab list experiments`, a .toml file, or - for stdin."))
        self.key = option("--set", metavar="KEY=VALUE", help=tr("Change a key, such as problem.width=32; repeatable."))
        self.seeds = option("--seeds", metavar="0,1,2", help=tr("A run of each trial for each of these seeds."))
        self.json = option("--json", help=tr("Print the summary as JSON."))
