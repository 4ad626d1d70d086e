"""Fields: each declares a hyper-parameter, checks its values and says in words what it expects."""

import difflib
import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from optlab.i18n import tr, tr_key


class FieldError(ValueError):
    """A value that a field refuses; the message says where, what was expected and what came."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` did you mean 'x'?`, or the known words where none is near: the end of an error about an unknown name."""
    known = list(known)
    lower = {name.lower(): name for name in reversed(known)}
    near = difflib.get_close_matches(str(word).lower(), lower, n=3, cutoff=0.6)
    near.sort(key=lambda name: sorted(name) != sorted(str(word).lower()))  # letters in another order come first
    return tr("did you mean {word!r}?", word=lower[near[0]]) if near else tr("known: {words}", words=", ".join(known))


def parse_number(text: str) -> float:
    """The number in `text` as people type it: `1e-3`, `0,001`, `１．５`, `−2`; raises `ValueError` otherwise."""
    return float(plain_number(text))


def plain_number(text: str) -> str:
    """A number as people type it in the signs that Python reads."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("_", "?")
    return plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain


@dataclass(frozen=True, kw_only=True)
class Field:
    """The declaration of a hyper-parameter: default, label, unit and what it does."""

    default: Any
    label: str = ""
    unit: str = ""
    doc: str = ""

    def check(self, where: str, value: Any) -> Any:
        """`value` in the field's own type; raises `FieldError` where it does not fit."""
        raise NotImplementedError

    def expects(self) -> str:
        """What a value has to be, for messages."""
        raise NotImplementedError

    def refuse(self, where: str, value: Any) -> FieldError:
        shown = f"{value:g}" if isinstance(value, float) else repr(value)
        return FieldError(tr("{where}: expected {this}, got {that}", where=where, this=self.expects(), that=shown))


@dataclass(frozen=True, kw_only=True)
class Real(Field):
    lo: float = -math.inf
    hi: float = math.inf
    log: bool = False

    def check(self, where: str, value: Any) -> float:
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not number or not self.lo <= value <= self.hi:
            raise self.refuse(where, value)
        return float(value)

    def expects(self) -> str:
        return _bounds(tr("a number"), self.lo, self.hi)


@dataclass(frozen=True, kw_only=True)
class Integer(Field):
    lo: int = 0
    hi: int = 2**31

    def check(self, where: str, value: Any) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole or not self.lo <= value <= self.hi:
            raise self.refuse(where, value)
        return int(value)

    def expects(self) -> str:
        return _bounds(tr("a whole number"), self.lo, math.inf if self.hi == 2**31 else self.hi)


@dataclass(frozen=True, kw_only=True)
class Flag(Field):
    def check(self, where: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(where, value)
        return value

    def expects(self) -> str:
        return tr("true or false")


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    options: tuple[str, ...] = ()

    def check(self, where: str, value: Any) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise self.refuse(where, value)
        return value

    def expects(self) -> str:
        return tr("one of {options}", options=", ".join(self.options))


@dataclass(frozen=True, kw_only=True)
class Numbers(Field):
    """A tuple of numbers: milestones, a start point."""

    length: int | None = None

    def check(self, where: str, value: Any) -> tuple[float, ...]:
        if not isinstance(value, list | tuple) or self.length not in (None, len(value)):
            raise self.refuse(where, value)
        if any(isinstance(v, bool) or not isinstance(v, int | float) or not math.isfinite(v) for v in value):
            raise self.refuse(where, value)
        return tuple(float(v) for v in value)

    def expects(self) -> str:
        return tr("a list of numbers") if self.length is None else tr("a list of {n} numbers", n=self.length)


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    def check(self, where: str, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 10_000 or "\0" in value:
            raise self.refuse(where, value)
        return value

    def expects(self) -> str:
        return tr("a text")


@dataclass(frozen=True, kw_only=True)
class File(Text):
    """The path of a file that the component reads."""

    def expects(self) -> str:
        return tr("the path of a file")


@dataclass(frozen=True, kw_only=True)
class Part(Field):
    """A component inside a component; the default is a name that the registry resolves."""

    base: type[Any]

    def check(self, where: str, value: Any) -> Any:
        if not isinstance(value, self.base):
            raise self.refuse(where, value)
        return value

    def expects(self) -> str:
        return tr("a component of kind {kind}", kind=self.kind())

    def kind(self) -> str:
        """What the component is: `optimizer`, or the name of the one class that it can have."""
        return self.base.heading() or tr_key(f"kind.{self.base.__name__}", self.base.__name__.lower())


@dataclass(frozen=True, kw_only=True)
class Parts(Part):
    """Several components inside a component, in order."""

    def check(self, where: str, value: Any) -> Any:
        if not isinstance(value, list | tuple) or not all(isinstance(v, self.base) for v in value):
            raise self.refuse(where, value)
        return tuple(value)

    def expects(self) -> str:
        return tr("a list of components of kind {kind}", kind=self.kind())


def _bounds(what: str, lo: float, hi: float) -> str:
    if lo == -math.inf and hi == math.inf:
        return what
    if hi == math.inf:
        return tr("{what}, {lo} or more", what=what, lo=f"{lo:g}")
    if lo == -math.inf:
        return tr("{what}, {hi} or less", what=what, hi=f"{hi:g}")
    if what == tr("a number"):
        return tr("{lo} to {hi}", lo=f"{lo:g}", hi=f"{hi:g}")
    return tr("{what} {lo} to {hi}", what=what, lo=lo, hi=hi)


def _declare(declaration: Field) -> Any:
    return field(default=declaration.default, metadata={"field": declaration})


def real(default: float, lo: float = -math.inf, hi: float = math.inf, *, log: bool = False, **texts: str) -> Any:
    """A real number in [lo, hi]; `log` where its decades matter. Texts: `label`, `unit`, `doc`."""
    return _declare(Real(default=default, lo=lo, hi=hi, log=log, **texts))


def integer(default: int, lo: int = 0, hi: int = 2**31, **texts: str) -> Any:
    """A whole number in [lo, hi]."""
    return _declare(Integer(default=default, lo=lo, hi=hi, **texts))


def flag(default: bool, **texts: str) -> Any:
    """True or false."""
    return _declare(Flag(default=default, **texts))


def choice(default: str, *options: str, **texts: str) -> Any:
    """One of several words; `default` is one of them."""
    return _declare(Choice(default=default, options=options if default in options else (default, *options), **texts))


def numbers(default: tuple[float, ...], *, length: int | None = None, **texts: str) -> Any:
    """A tuple of numbers; `length` where it is fixed."""
    return _declare(Numbers(default=tuple(default), length=length, **texts))


def text(default: str = "", **texts: str) -> Any:
    """A text, such as a formula."""
    return _declare(Text(default=default, **texts))


def path(default: str = "", **texts: str) -> Any:
    """The path of a file, such as a CSV."""
    return _declare(File(default=default, **texts))


def part(base: type[Any], default: str, **texts: str) -> Any:
    """A component inside a component, by default the one called `default`."""
    return _declare(Part(default=default, base=base, **texts))


def parts(base: type[Any], *defaults: str, **texts: str) -> Any:
    """Several components inside a component."""
    return _declare(Parts(default=defaults, base=base, **texts))
