"""Fields and components: a component's class is its form, its validator, its command-line keys and its JSON."""

import dataclasses
import difflib
import math
import unicodedata
from abc import ABC
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, dataclass_transform

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

    base: type["Component"]

    def check(self, where: str, value: Any) -> "Component":
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


def part(base: type["Component"], default: str, **texts: str) -> Any:
    """A component inside a component, by default the one called `default`."""
    return _declare(Part(default=default, base=base, **texts))


def parts(base: type["Component"], *defaults: str, **texts: str) -> Any:
    """Several components inside a component."""
    return _declare(Parts(default=defaults, base=base, **texts))


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(real, integer, flag, choice, numbers, text, path, part, parts),
)
class Component(ABC):
    """A frozen, typed, bounded bundle of hyper-parameters: an optimizer, a schedule or a problem.

    Every subclass becomes a keyword-only dataclass whose values are checked against their fields.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    """The name as people read it, where it is another than `name` with spaces."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    """Bundles of values by name (paper, PyTorch, Keras, optax): where libraries differ, the difference is a field."""

    verified: ClassVar[tuple[str, ...]] = ()
    """The presets that reference values of their library confirm."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True, kw_only=True)(cls)
        for declared in dataclasses.fields(cls):
            if "field" not in declared.metadata:
                raise TypeError(
                    f"{cls.__name__}.{declared.name}: expected a declaration such as real(…) or integer(…), "
                    f"got {declared.default!r}; write {declared.name} = real(…), or mark it ClassVar"
                )

    @classmethod
    def __subclasshook__(cls, other: type) -> bool:
        """Inherited, not registered: `ABC` alone asks every subclass alive, thousands after many reloads."""
        return cls in other.__mro__

    def __post_init__(self) -> None:
        for key, declaration in self.fields().items():
            value = declaration.check(f"{type(self).__name__}.{key}", getattr(self, key))
            object.__setattr__(self, key, value)

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """The declarations by name, in the order of the class body."""
        return {f.name: f.metadata["field"] for f in dataclasses.fields(cls)}

    @classmethod
    def heading(cls) -> str:
        """The name as people read it, in the language in force."""
        return tr_key(cls.name, cls.title or cls.name.replace("_", " "))

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring, in the language in force."""
        return tr_key(f"{cls.name}.summary", (cls.__doc__ or "").strip().split("\n")[0])

    def values(self) -> dict[str, Any]:
        """Every field's value as JSON knows it; a part is a table with its name."""
        return {key: _plain(getattr(self, key)) for key in self.fields()}

    def changed(self) -> dict[str, Any]:
        """The values that differ from their defaults."""
        fields = self.fields()
        return {key: value for key, value in self.values().items() if value != _plain(fields[key].default)}

    def preset(self) -> str:
        """The name of the preset whose values these are; an empty text where they are nobody's."""
        own = self.values()
        found = (name for name, values in self.presets.items() if all(own[k] == _plain(v) for k, v in values.items()))
        return max(found, key=lambda name: len(self.presets[name]), default="")

    def replace(self, **values: Any) -> Self:
        """A copy with other values; raises `FieldError` where one does not fit."""
        return dataclasses.replace(self, **values)

    def stacked(self, columns: Mapping[str, Any]) -> Self:
        """A private, unchecked copy whose named fields hold `(R, 1)` columns: one value per run of a batch."""
        copy = object.__new__(type(self))
        for key in self.fields():
            object.__setattr__(copy, key, columns.get(key, getattr(self, key)))
        return copy


def _plain(value: Any) -> Any:
    if isinstance(value, Component):
        return {"name": value.name, **value.values()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value
