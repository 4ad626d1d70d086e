"""The author's guide: pages of Markdown in the language in force, and the reference made from docstrings."""

import re
from dataclasses import dataclass

from optlab.fields import FieldError, did_you_mean
from optlab.host.pins import NAMED
from optlab.i18n import language, tr
from optlab.paths import bundled
from optlab.store.reference import reference
from optlab.store.template import KINDS

WRITTEN = (
    "start", "optimizer", "schedule", "landscape", "network", "problem", "panel", "exporter", "lesson", "fields",
    "check", "debug", "sharing", "promise",
)  # fmt: skip
"""The pages that lie in assets/help, in the order in which they are read."""

MADE = {"reference": "optlab.api", "reference_views": "optlab.gui.api"}
"""The pages that are made from a module when they are opened."""

NAMES = (*WRITTEN, *MADE)
FIRST = WRITTEN[0]
FILE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Page:
    """One page of the guide."""

    name: str
    title: str
    text: str
    """Markdown, with its title; links to other pages are `name.md`."""

    @property
    def files(self) -> list[str]:
        """The whole plugin files that it shows."""
        return FILE.findall(self.text)

    @staticmethod
    def saved_as(file: str) -> str:
        """What a whole file is to be called: as its component."""
        found = NAMED.search(file.encode())
        return found[1].decode() if found else ""

    @property
    def headings(self) -> list[str]:
        """Its parts: of the reference the names, of other pages the chapters."""
        level = "###" if self.name in MADE else "##"
        return re.findall(rf"^{level} (.+)$", self.text, re.M)

    @property
    def kind(self) -> str:
        """The kind of plugin that it is about, as `plugins new` calls it; "" where it is about none."""
        kind = {"problem": "", "network": "problem"}.get(self.name, self.name)
        return kind if kind in KINDS else ""

    def holds(self, words: str) -> bool:
        """Whether all of some words stand in it."""
        text = self.text.casefold()
        return all(word in text for word in words.casefold().split())


def title_of(name: str) -> str:
    """The title of a page; the reference is not made for it."""
    made = {"reference": tr("Reference"), "reference_views": tr("Reference of views")}
    return made[name] if name in made else _written(name).split("\n", 1)[0].removeprefix("# ")


def page(name: str) -> Page:
    """A page by its name, in the language in force or else in English; raises `FieldError` for an unknown one."""
    if name not in NAMES:
        raise FieldError(tr("guide: unknown page {name!r}; {hint}", name=name, hint=did_you_mean(name, NAMES)))
    return Page(name, title_of(name), _made(name) if name in MADE else _written(name))


def _written(name: str) -> str:
    folder = bundled("assets") / "help"
    own = folder / language() / f"{name}.md"
    return (own if own.is_file() else folder / "en" / f"{name}.md").read_text("utf-8")


def _made(name: str) -> str:
    about = tr("What `{module}` has, as its own texts say it (they are English).", module=MADE[name])
    return f"# {title_of(name)}\n\n{about}\n\n{reference(MADE[name])}"
