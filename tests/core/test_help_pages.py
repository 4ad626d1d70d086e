"""Every component and view has a page of help in Chinese, with the equations and the source of the English one."""

import inspect
import re
import tomllib
from collections import Counter
from collections.abc import Iterator

import pytest

from optlab.component import Component
from optlab.engine.catalogue import FIXED
from optlab.fields import Part
from optlab.gui.run_settings import RunSettings
from optlab.host import load_plugins
from optlab.paths import bundled

FILE = bundled("assets") / "i18n" / "zh_CN.toml"
TABLES = tomllib.loads(FILE.read_text("utf-8"))
KEYS = {key: text for name, table in TABLES.items() if name != "text" for key, text in table.items()}


def explained() -> Iterator[tuple[str, type]]:
    """All classes that F1 can be asked about, with their kinds."""
    host = load_plugins(panels=True, shipped_only=True)
    assert not host.broken
    found = [(kind, cls) for kind in ("optimizer", "schedule", "problem") for cls in host.catalogue.classes(kind)]
    found += [("section", cls) for cls in (*FIXED, RunSettings)]
    yield from found
    bases = {f.base: None for _, cls in found for f in cls.fields().values() if isinstance(f, Part) and f.base.name}
    yield from (("part", base) for base in bases)
    yield from (("panel", cls) for cls in host.panels)


EXPLAINED = list(explained())
PAGES = [cls for _, cls in EXPLAINED if f"{cls.name}.help" in KEYS]
pages = pytest.mark.parametrize("cls", PAGES, ids=lambda cls: cls.name)


def test_every_component_and_view_has_a_page():
    missing = [f"{kind} {cls.name}" for kind, cls in EXPLAINED if cls not in PAGES]
    assert not missing, f'{FILE.name}: expected a page "NAME.help" of each, got none of {", ".join(missing)}'


def english(cls: type) -> str:
    return inspect.cleandoc(cls.__doc__ or "")


def chinese(cls: type) -> str:
    return KEYS[f"{cls.name}.help"].strip("\n")


FUNCTIONS = {
    "abs", "arctan", "bad", "best", "better", "clip", "cos", "cosh", "diag", "exp", "factor", "ln", "log", "lr", "max",
    "mean", "min", "momentum", "pi", "sign", "sin", "sinh", "sqrt", "tan", "tanh",
}  # fmt: skip
"""Words that are mathematics wherever they stand in an equation."""

TOKEN = re.compile(r"\s{2,}|['’]s?\b|\d+(?:\.\d+)?(?:e-?\d+)?|[A-Za-z]+(?:_[A-Za-z]+)*|\S")
PROSE = re.compile(r"\s{2,}|['’]s?|[-,;:.`\"“”\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def counts(word: str, before: str, after: str, fields: set[str]) -> bool:
    """Whether a word in an equation is mathematics: a symbol, a function, or a field beside an operator."""
    if word == "a":  # or an article
        following = re.match(" ([a-z]{2,})", after)
        return not following or following[1] in FUNCTIONS
    if word == "mean":
        return bool(re.match(r" ?\(| cos| xᵢ", after))
    if len(word) == 1 or "_" in word or word in FUNCTIONS:
        return True
    return word in fields and bool(re.search(r"[=←·+−/^(±<>≤≥] ?$", before) or re.match(" ?[·+/^]", after))


def formulas(line: str, fields: set[str]) -> list[list[str]]:
    """The mathematics of a line, without words and punctuation: what any language has to keep."""
    found: list[list[str]] = [[]]
    for token in TOKEN.finditer(line):
        word, before, after = token[0], line[: token.start()], line[token.end() :]
        latin = word[0].isascii() and word[0].isalpha()
        if PROSE.fullmatch(word) or (latin and not counts(word, before, after, fields)):
            found.append([])
        else:
            found[-1].append(word)
    return [formula for formula in found if formula]


def equations(page: str) -> list[str]:
    return re.findall(r"(?m)^ {4}.*\S$", page)


def keeps(ours: list[list[str]], theirs: list[list[str]]) -> bool:
    """Whether `theirs` has the symbols of `ours`, and each of its equations without a break."""
    if Counter(symbol for part in ours for symbol in part) != Counter(symbol for part in theirs for symbol in part):
        return False
    lines = ["\n".join(["", *part, ""]) for part in theirs]
    equal = ["\n".join(["", *part, ""]) for part in ours if {"=", "←"} & {*part}]
    return all(any(equation in line for line in lines) for equation in equal)


@pages
def test_page_keeps_every_equation(cls):
    ours, theirs = equations(english(cls)), equations(chinese(cls))
    assert len(ours) == len(theirs), "as many lines of equations as the docstring has"
    fields = set(cls.fields()) if issubclass(cls, Component) else set()
    changed = [
        (line, other)
        for line, other in zip(ours, theirs, strict=True)
        if not keeps(formulas(line, fields), formulas(other, fields))
    ]
    assert not changed


TRANSLATED = {"Gaussian"}


@pages
def test_page_keeps_its_source(cls):
    """Authors, titles, places, years, numbers and the names of libraries: all that stands in capitals or digits."""
    source = " ".join(english(cls).split()).partition("Source:")[2]
    _, mark, kept = chinese(cls).partition("\n来源：")
    assert bool(mark) == bool(source)
    cited = re.findall(r'(?:[A-Z][\w’–-]+(?:, | & ))*[A-Z][\w’–-]+(?: et al\.)?, "[^"]+"', source)
    words = re.findall(r"\w*[A-Z\d][\w.:/()–-]*\w|[A-Z\d]", re.sub(r"(?<=\. )[A-Z][a-z]+(?= )", "", source))
    assert not [part for part in (*cited, *words) if part not in kept and part not in TRANSLATED]


@pages
def test_page_says_what_to_look_for_where_the_english_one_does(cls):
    assert ("\n看点：" in chinese(cls)) == ("\nLook for:" in english(cls))


@pages
def test_page_has_the_blocks_of_the_english_one(cls):
    """Paragraphs and equations in the same order."""

    def shape(page: str) -> list[bool]:
        return [block.startswith("    ") for block in re.split(r"\n\s*\n", page)]

    assert shape(english(cls)) == shape(chinese(cls))
