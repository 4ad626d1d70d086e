"""The catalogue: every component class by kind and name, and how tables become components."""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from itertools import count
from typing import Any

from optlab.component import Component
from optlab.engine.gradient import Gradient
from optlab.engine.update import LayerRule, Update
from optlab.fields import FieldError, Part, Parts, did_you_mean
from optlab.i18n import tr, tr_key
from optlab.optimizer import Optimizer
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule, Schedule

KINDS: dict[str, tuple[type[Component], ...]] = {
    "problem": (Problem,),
    "optimizer": (Optimizer,),
    "schedule": (Schedule, ReactiveSchedule),
    "gradient": (Gradient,),
    "update": (Update,),
}

DEEPEST = 8


def free_name(name: str, plugin: str, taken: Container[str]) -> str:
    """The name that something of a plugin goes by: its own, or `plugin:name` where that is taken."""
    more = (f"{plugin}:{name}" if k == 1 else f"{plugin}:{name}:{k}" for k in count(1))
    return name if name not in taken else next(each for each in more if each not in taken)


FIXED = (Gradient, Update)
"""Kinds of one class, which no plugin adds to: their tables need no name."""


def kind_of(cls: type) -> str:
    """The kind of a class: `problem`, `optimizer`, …; "" of what is no component."""
    return next((kind for kind, bases in KINDS.items() if issubclass(cls, bases)), "")


class Catalogue:
    """Classes by kind (`problem`, `optimizer`, `schedule`) and name, sorted by name."""

    def __init__(self) -> None:
        self._classes: dict[str, dict[str, type[Component]]] = {kind: {} for kind in KINDS}
        for cls in FIXED:
            self._classes[cls.name][cls.name] = cls
        self.explain: Callable[[str], str] = lambda name: ""
        """Why a name is not known, where a plugin that is not on may have it; else ""."""

    def add(self, kind: str, cls: type[Component], plugin: str) -> str:
        """Add a class and return the name it goes by: its own, or `plugin:name` where that is taken."""
        names = self._classes[kind]
        name = free_name(cls.name, plugin, names)
        self._classes[kind] = dict(sorted({**names, name: cls}.items()))
        return name

    def put(self, kind: str, name: str, cls: type[Component]) -> None:
        """Add a class under the name by which another catalogue knows it."""
        self._classes[kind][name] = cls

    def known_as(self, cls: type[Component]) -> tuple[str, str]:
        """The kind and the name of a class; of one that is not registered any more, a name that no other has."""
        found = ((kind, name) for kind, names in self._classes.items() for name, each in names.items() if each is cls)
        kind = kind_of(cls)
        return next(found, (kind, free_name(cls.name, "gone", self._classes.get(kind, ()))))

    def has(self, cls: type[Component]) -> bool:
        """Whether a class is registered."""
        return any(each is cls for names in self._classes.values() for each in names.values())

    def drop(self, classes: Iterable[type]) -> None:
        """Forget classes."""
        gone = set(classes)
        for kind, names in self._classes.items():
            self._classes[kind] = {name: cls for name, cls in names.items() if cls not in gone}

    def names(self, kind: str) -> list[str]:
        """The names of a kind."""
        return list(self._classes[kind])

    def classes(self, kind: str) -> list[type[Component]]:
        """The classes of a kind."""
        return list(self._classes[kind].values())

    def find(self, kind: str, name: Any, where: str) -> type[Component]:
        """The class called `name`; raises `FieldError` with *did you mean* for an unknown one."""
        classes = self._classes[kind]
        if not isinstance(name, str) or name not in classes:
            word = name[:80] if isinstance(name, str) else shown(name)
            hint = self.explain(word) or did_you_mean(word, classes)
            called = tr_key(f"kind.{KINDS[kind][0].__name__}", kind)
            raise FieldError(
                tr("{where}: unknown {kind} {name}; {hint}", where=where, kind=called, name=shown(name), hint=hint)
            )
        return classes[name]

    def name_of(self, kind: str, component: Component) -> str:
        """The name under which the component's class is known."""
        return next((name for name, cls in self._classes[kind].items() if cls is type(component)), component.name)

    def build(
        self, kind: str, table: Mapping[str, Any], where: str, base: Component | None = None, depth: int = 0
    ) -> Any:
        """The component of a table: its `name`, its fields, and the rest from a `base` of the same class.

        Raises `FieldError` that names the key.
        """
        if not isinstance(table, Mapping):
            raise FieldError(
                tr("{where}: expected a table such as {{ name = … }}, got {that}", where=where, that=shown(table))
            )
        if depth > DEEPEST:
            raise FieldError(tr("{where}: expected parts nested at most {n} deep", where=where, n=DEEPEST))
        values = dict(table)
        given = values.pop("name", None)
        if given is None and base is None:
            raise FieldError(tr("{where}.name: expected the name of a component, got nothing", where=where))
        cls = type(base) if given is None and base is not None else self.find(kind, given, f"{where}.name")
        fields = cls.fields()
        values = {**_preset(cls, values.pop("preset", None), where), **values}
        check_keys(values, fields, where)
        for key, declaration in fields.items():
            if isinstance(declaration, Part) and not isinstance(base, cls):
                values.setdefault(key, declaration.default)
            if key in values:
                values[key] = self._value(declaration, values[key], f"{where}.{key}", depth)
        try:
            return base.replace(**values) if base is not None and type(base) is cls else cls(**values)
        except FieldError as error:
            raise renamed(error, cls, lambda key: f"{where}.{key}") from None
        except (Exception, SystemExit) as error:  # a plugin's own check
            raise FieldError(tr("{where}: {error}", where=where, error=shown(error))) from error

    def _value(self, declaration: Any, value: Any, where: str, depth: int) -> Any:
        if isinstance(declaration, Parts):
            if not isinstance(value, list | tuple):
                raise _refused(declaration, where, value)
            return tuple(self._part(declaration, v, f"{where}[{k}]", depth) for k, v in enumerate(value))
        if isinstance(declaration, Part):
            return self._part(declaration, value, where, depth)
        try:
            return declaration.check(where, value)
        except FieldError:
            raise _refused(declaration, where, value) from None
        except (OverflowError, ValueError):  # a whole number of 400 digits
            raise _refused(declaration, where, value) from None

    def _part(self, declaration: Part, value: Any, where: str, depth: int) -> Component:
        if isinstance(value, Component):
            return value
        if declaration.base is LayerRule:
            return self._rule(value, where)
        kind = next(k for k, bases in KINDS.items() if issubclass(declaration.base, bases))
        part: Component = self.build(kind, {"name": value} if isinstance(value, str) else value, where, None, depth + 1)
        return part

    def _rule(self, value: Any, where: str) -> LayerRule:
        if not isinstance(value, Mapping):
            raise FieldError(tr('{where}: expected a rule such as {{ match = "W*", lr = 0.1 }}, got {that}',
                                where=where, that=shown(value)))  # fmt: skip
        fields = LayerRule.fields()
        check_keys(value, fields, where)
        return LayerRule(**{key: self._value(fields[key], given, f"{where}.{key}", 0) for key, given in value.items()})

    def table(self, kind: str, component: Component) -> dict[str, Any]:
        """The table that builds the component: its name and the values that differ from their defaults."""
        values = {key: self.plain(getattr(component, key)) for key in component.fields()}
        defaults = {key: self.plain(declaration.default) for key, declaration in component.fields().items()}
        return {"name": self.name_of(kind, component), **{k: v for k, v in values.items() if v != defaults[k]}}

    def plain(self, value: Any) -> Any:
        """A field's value as TOML knows it; a part is a table with the name under which it is known here."""
        if isinstance(value, LayerRule):
            return value.changed() or {"match": value.match}
        if isinstance(value, Component):
            return self.table(next(k for k, bases in KINDS.items() if isinstance(value, bases)), value)
        if isinstance(value, list | tuple):
            return [self.plain(v) for v in value]
        return value


def renamed(error: FieldError, cls: type[Component], name: Callable[[str], str]) -> FieldError:
    """What a component's own check refuses, under the `name(key)` that its field has here instead of `Class.key`."""
    match = re.match(rf"(?:(?:{re.escape(cls.__name__)}|{re.escape(cls.name)})\.)?(\w+)(?=[:：])", str(error))
    known = match is not None and match[1] in cls.fields()
    return FieldError(f"{name(match[1])}{str(error)[match.end() :]}") if match and known else error


def _preset(cls: type[Component], name: Any, where: str) -> dict[str, Any]:
    """The values of a preset; raises `FieldError` for an unknown one."""
    if name is None:
        return {}
    if name not in cls.presets:
        hint = did_you_mean(str(name), cls.presets) if cls.presets else tr("{name} has no presets", name=cls.name)
        raise FieldError(tr("{where}.preset: unknown preset {name}; {hint}", where=where, name=shown(name), hint=hint))
    return dict(cls.presets[name])


def shown(value: Any) -> str:
    """A value as a message shows it: short, whatever it is."""
    try:
        text = f"{value:g}" if isinstance(value, float) else str(value) if isinstance(value, Exception) else repr(value)
    except Exception:  # a number of more digits than Python prints, a hostile repr
        text = type(value).__name__
    return text if len(text) <= 120 else f"{text[:119]}…"


def _refused(declaration: Any, where: str, value: Any) -> FieldError:
    return FieldError(
        tr("{where}: expected {this}, got {that}", where=where, this=declaration.expects(), that=shown(value))
    )


def check_keys(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise `FieldError` with *did you mean* for the first key that is not known."""
    known = list(known)
    for key in given:
        if key not in known:
            place = f"{where}.{key}" if where else key
            raise FieldError(tr("{where}: unknown key; {hint}", where=place, hint=did_you_mean(key, known)))
