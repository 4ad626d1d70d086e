"""Translation without Qt: one catalogue per language; texts by their English, components' texts by their names."""

import tomllib
from functools import cache
from typing import Any

from optlab.paths import bundled

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_texts: dict[str, str] = {}
_keys: dict[str, str] = {}  # apart from the texts: `step` is a schedule, "step" is what axes count
_language = "en"


def set_language(code: str) -> None:
    """Load the catalogue of `code`; raises `ValueError` with the known codes for an unknown one."""
    global _texts, _keys, _language
    if code not in LANGUAGES:
        raise ValueError(f"language: expected one of {', '.join(LANGUAGES)}, got {code!r}")
    tables = {} if code == "en" else _catalogue(code)
    _texts = tables.pop("text", {})
    _keys = {key: text for table in tables.values() for key, text in table.items()}
    _language = code


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
    return (text, *(catalogue[text] for catalogue in _all_texts() if text in catalogue))


@cache
def _all_texts() -> tuple[dict[str, str], ...]:
    return tuple(_catalogue(code).get("text", {}) for code in LANGUAGES if code != "en")


def _catalogue(code: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((bundled("assets") / "i18n" / f"{code}.toml").read_text("utf-8"))
