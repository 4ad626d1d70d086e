"""`python -m tests.readme`: write into README.md what the program knows: its catalogue, lessons and shortcuts."""

import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

from optlab.host import load_plugins
from optlab.i18n import LANGUAGES, set_language, tr
from optlab.store.library import experiments, lessons

README = Path(__file__).parents[1] / "README.md"


def catalogue() -> str:
    """A table of everything that is shipped, by name."""
    host = load_plugins(panels=True, shipped_only=True)
    lists = {f"{kind}s": host.catalogue.names(kind) for kind in ("optimizer", "schedule", "problem")}
    lists["experiments"] = [shelf.name for shelf in experiments() if shelf.origin == "shipped"]
    lists["views"] = sorted(panel.name for panel in host.panels)  # type: ignore[attr-defined]
    rows = [f"| {len(names)} {kind} | {' · '.join(f'`{name}`' for name in names)} |" for kind, names in lists.items()]
    return "\n".join(["| | |", "|---|---|", *rows])


def shortcuts() -> str:
    """A table of the commands that have keys, menu by menu."""
    from optlab.gui.menu import commands

    rows: dict[str, list[str]] = {}
    for command in commands(MagicMock()):
        if command.shortcut:
            keys = " or ".join(f"`{keys}`" for keys in command.shortcut.split("; "))
            rows.setdefault(command.menu, []).append(f"{keys} {command.text.rstrip('…')}")
    return "\n".join(["| menu | keys |", "|---|---|", *(f"| {menu} | {' · '.join(r)} |" for menu, r in rows.items())])


def gallery() -> str:
    """A table of the lessons as they follow each other, with the picture of each in both languages."""
    rows = []
    for shelf in (shelf for shelf in lessons() if shelf.origin == "shipped"):
        cells = []
        for language in LANGUAGES:
            set_language(language)
            cells.append(f"![{tr(shelf.question)}](assets/pictures/lessons/{shelf.name}-{language}.png)")
        rows.append(f"| `{shelf.name}` | {' | '.join(cells)} |")
    set_language("en")
    return "\n".join(["| lesson | English | 简体中文 |", "|---|---|---|", *rows])


BLOCKS: dict[str, Callable[[], str]] = {"catalogue": catalogue, "gallery": gallery, "shortcuts": shortcuts}


def renewed(text: str) -> str:
    """`text` with every block between its two marks as the program now writes it."""
    for name, write in BLOCKS.items():
        pattern = rf"(<!-- {name} -->).*?(<!-- end -->)"
        block = write()
        text, times = re.subn(pattern, lambda m, b=block: f"{m[1]}\n\n{b}\n\n{m[2]}", text, flags=re.S)
        assert times == 1, f"README.md: expected the marks of {name} once, found them {times} times"
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
