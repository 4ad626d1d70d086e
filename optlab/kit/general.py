"""What the kit tries of every component: its page, its fields, its name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optlab.component import Component
from optlab.fields import Part
from optlab.i18n import tr
from optlab.kit.finding import Finding, advice, wrong


def has_a_page(cls: type, name: str, path: Path | None) -> Iterator[Finding]:
    """The docstring is the help page; it says where the idea comes from."""
    text = (cls.__doc__ or "").strip()
    if not text or text.startswith(f"{cls.__name__}("):  # what dataclasses write by themselves
        yield advice(
            "has a page", tr("no docstring: the help page stays empty; say the idea, the equations, the source")
        )
    elif not any(line.strip().startswith("Source:") for line in text.splitlines()):
        yield advice("has a page", tr("no line that begins with Source: (authors, title, venue, year, equation)"))


def describes_its_fields(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    for key, declaration in cls.fields().items():
        if not declaration.doc and not isinstance(declaration, Part):
            yield advice("describes its fields", tr("{key} has no doc=: say in a few words what it does", key=key))


def survives_json(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    if any(isinstance(declaration, Part) for declaration in cls.fields().values()):
        return
    values = json.loads(json.dumps(cls().values(), allow_nan=False))
    if cls(**values) != cls():
        yield wrong("survives JSON", tr("the fields read back from JSON make another component"))


def has_a_name_of_its_own(cls: Any, name: str, path: Path | None) -> Iterator[Finding]:
    if name != cls.name:
        text = tr("{taken} is taken by another plugin: this one is called {name}", taken=cls.name, name=name)
        yield wrong("has a name of its own", text)
    if path is not None and cls.name != path.stem:
        yield advice(
            "has a name of its own",
            tr("the file is called {file}.py and the component {name}", file=path.stem, name=cls.name),
        )


CHECKS = (has_a_page, describes_its_fields, survives_json, has_a_name_of_its_own)
