"""Translation without Qt: one catalogue per language; texts by their English, components' texts by their names.

A plugin may bring catalogues of its own: they add to the shipped ones and change nothing in them.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from optlab.paths import bundled

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

BROUGHT = "i18n"
"""The folder beside a plugin in which its catalogues lie, such as `zh_CN.toml`."""

LARGEST = 1_000_000  # bytes of a plugin's catalogue

_Tables = Mapping[str, Mapping[str, str]]

_folders: dict[str, Path] = {}
_texts: dict[str, str] = {}
_keys: dict[str, str] = {}  # apart from the texts: `step` is a schedule, "step" is what axes count
_language = "en"


def set_language(code: str) -> None:
    """Load the catalogue of `code`; raises `ValueError` with the known codes for an unknown one."""
    global _language
    if code not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}, got {code!r}")
    _language = code
    _fill()


def bring(owner: str, folder: Path | None) -> None:
    """Let the catalogues in a plugin's folder hold too, or no more where it is None."""
    before = _folders.pop(owner, None)
    if folder is not None and (folder / BROUGHT).is_dir():
        _folders[owner] = folder / BROUGHT
    if before is not None or owner in _folders:
        _fill()


def _fill() -> None:
    """The texts of the language in force; what is shipped comes before what is brought."""
    global _texts, _keys
    _texts, _keys = {}, {}
    for tables in reversed(_catalogues(_language)):
        _texts |= tables.get("text", {})
        _keys |= {key: text for name, table in tables.items() if name != "text" for key, text in table.items()}


def language() -> str:
    """The code of the language in force."""
    return _language


def tr(text: str, /, **values: Any) -> str:
    """`text` in the language in force, with `{name}` replaced from `values`."""
    translated = _texts.get(text, text)
    return translated.format(**values) if values else translated


def tr_key(key: str, text: str) -> str:
    """The text of a component's key (`adam.beta1`); where the catalogue has none, `text` as `tr` gives it."""
    return _keys.get(key) or tr(text)


def spellings(text: str) -> tuple[str, ...]:
    """`text` in every language that has it: what one may search for."""
    known = (tables.get("text", {}) for code in LANGUAGES for tables in _catalogues(code))
    return (text, *(texts[text] for texts in known if text in texts))


def _catalogues(code: str) -> list[_Tables]:
    """What there is in a language: the shipped catalogue first, then those of plugins."""
    shipped: list[_Tables] = [] if code == "en" else [_catalogue(code)]
    return shipped + [_brought(folder / f"{code}.toml") for folder in _folders.values()]


@cache
def _catalogue(code: str) -> _Tables:
    tables: _Tables = tomllib.loads((bundled("assets") / "i18n" / f"{code}.toml").read_text("utf-8"))
    return tables


def _brought(path: Path) -> _Tables:
    """A plugin's catalogue; empty where it is none, which its record says."""
    try:
        with path.open("rb") as file:
            tables = tomllib.loads(file.read(LARGEST).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    found = {name: table for name, table in tables.items() if isinstance(table, dict)}
    return {name: {k: v for k, v in table.items() if isinstance(v, str)} for name, table in found.items()}
