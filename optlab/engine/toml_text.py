"""TOML as text: a look at its shape before it is parsed, single values, and writing."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from optlab.fields import FieldError
from optlab.i18n import tr

DEEPEST = 16
_OUTSIDE = re.compile(r'"""|\'\'\'|["\'#\n=,\[\]{}.]')
_ENDS = {  # where a text or a comment ends, by the sign that opens it
    '"""': re.compile(r'(?:\\.|[^"\\]|"(?!""))*+"{0,5}', re.DOTALL),
    "'''": re.compile(r"(?:[^']|'(?!''))*+'{0,5}"),
    '"': re.compile(r'(?:\\.|[^"\\\n])*+"?'),
    "'": re.compile(r"[^'\n]*+'?"),
    "#": re.compile(r"[^\n]*+"),
}


def check_shape(text: str) -> None:
    """Refuse what costs a parser seconds: keys of many dots (40 KB of them took 8 s), tables or lists nested deep."""
    at = depth = dots = 0
    while match := _OUTSIDE.search(text, at):
        token, at = match[0], match.end()
        if token in _ENDS:
            end = _ENDS[token].match(text, at)
            at = max(at, end.end()) if end else at
        elif token == ".":
            dots += 1
        else:
            depth += (token in "[{") - (token in "]}")
            dots = 0
        if max(depth, dots) > DEEPEST:
            raise FieldError(tr("expected tables nested at most {n} deep, got deeper ones", n=DEEPEST))


def parse_value(text: str) -> Any:
    """The value of a text on the command line: a TOML value, or else the text itself."""
    try:
        check_shape(text)
        return text if "\n" in text else tomllib.loads(f"x = {text}")["x"]
    except (tomllib.TOMLDecodeError, FieldError):
        return text


def dumps(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {dumps(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(dumps, value)) + "]"
    return repr(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)
