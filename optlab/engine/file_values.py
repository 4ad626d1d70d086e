"""Values of experiment files: lines, texts, lists of names, whole numbers; what does not fit is refused by its key."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from optlab.engine.catalogue import shown
from optlab.fields import FieldError
from optlab.i18n import tr


def refuse(key: str, expected: str, value: Any) -> FieldError:
    """The error for a value that is not what a key expects."""
    return FieldError(tr("{where}: expected {this}, got {that}", where=key, this=expected, that=shown(value)))


def table_of(value: Any, where: str) -> Mapping[str, Any]:
    """The value, where it is a table."""
    if not isinstance(value, Mapping):
        raise refuse(where, tr("a table"), value)
    return value


def whole(key: str, lo: int, hi: int) -> Callable[[Any], int]:
    """A check for whole numbers."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not lo <= value <= hi:
            raise refuse(key, tr("a whole number {lo} to {hi}", lo=lo, hi=hi), value)
        return value

    return check


def is_line(value: Any, longest: int) -> bool:
    """Whether it can be shown on one line: no control signs, none that turn the direction of what follows."""
    return (
        isinstance(value, str)
        and len(value) <= longest
        and not re.search("[\0-\x1f\x7f\u202a-\u202e\u2066-\u2069]", value)
    )


def line(key: str, longest: int = 200) -> Callable[[Any], str]:
    """A check for what is shown on one line."""

    def check(value: Any) -> str:
        if not is_line(value, longest):
            raise refuse(key, tr("a line of at most {n} signs", n=longest), value)
        return str(value)

    return check


def text(key: str, longest: int = 4000) -> Callable[[Any], str]:
    """A check for what may have several lines."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            raise refuse(key, tr("a text of at most {n} signs", n=longest), value)
        return value

    return check


def names(key: str, example: str, most: int = 100, different: bool = False) -> Callable[[Any], tuple[str, ...]]:
    """A check for a list of lines such as `example`, `different` ones where asked."""

    def check(value: Any) -> tuple[str, ...]:
        good = isinstance(value, list) and len(value) <= most and all(is_line(v, 200) for v in value)
        if good and different and len(set(value)) != len(value):
            raise refuse(key, tr("a list of different names such as {example}", example=example), value)
        if not good:
            raise refuse(key, tr("a list of names such as {example}", example=example), value)
        return tuple(value)

    return check
