"""The catalogue: every component class by kind and name, and how tables become components."""

from collections.abc import Iterable, Mapping
from typing import Any

from optlab.engine.gradient import Gradient
from optlab.fields import Component, FieldError, Part, Parts, did_you_mean
from optlab.i18n import tr
from optlab.optimizer import Optimizer
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule, Schedule

KINDS: dict[str, tuple[type[Component], ...]] = {
    "problem": (Problem,),
    "optimizer": (Optimizer,),
    "schedule": (Schedule, ReactiveSchedule),
    "gradient": (Gradient,),
}


class Catalogue:
    """Classes by kind (`problem`, `optimizer`, `schedule`) and name, sorted by name."""

    def __init__(self) -> None:
        self._classes: dict[str, dict[str, type[Component]]] = {kind: {} for kind in KINDS}
        self._classes["gradient"]["gradient"] = Gradient

    def add(self, kind: str, cls: type[Component], plugin: str) -> str:
        """Add a class and return the name it goes by: its own, or `plugin:name` where that is taken."""
        names = self._classes[kind]
        name = cls.name if cls.name not in names else f"{plugin}:{cls.name}"
        names[name] = cls
        self._classes[kind] = dict(sorted(names.items()))
        return name

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
            hint = did_you_mean(str(name), classes)
            raise FieldError(
                tr("{where}: unknown {kind} {name!r}; {hint}", where=where, kind=kind, name=name, hint=hint)
            )
        return classes[name]

    def name_of(self, kind: str, component: Component) -> str:
        """The name under which the component's class is known."""
        return next((name for name, cls in self._classes[kind].items() if cls is type(component)), component.name)

    def build(self, kind: str, table: Mapping[str, Any], where: str, base: Component | None = None) -> Any:
        """The component of a table: its `name`, its fields, and the rest from a `base` of the same class.

        Raises `FieldError` that names the key.
        """
        if not isinstance(table, Mapping):
            raise FieldError(
                tr("{where}: expected a table such as {{ name = … }}, got {that!r}", where=where, that=table)
            )
        values = dict(table)
        given = values.pop("name", None)
        if given is None and base is None:
            raise FieldError(tr("{where}.name: expected a {kind}, got nothing", where=where, kind=kind))
        cls = type(base) if given is None and base is not None else self.find(kind, given, f"{where}.name")
        fields = cls.fields()
        check_keys(values, fields, where)
        for key, declaration in fields.items():
            if isinstance(declaration, Part) and not isinstance(base, cls):
                values.setdefault(key, _default_table(declaration))
            if key in values:
                values[key] = self._value(declaration, values[key], f"{where}.{key}")
        return base.replace(**values) if base is not None and type(base) is cls else cls(**values)

    def _value(self, declaration: Any, value: Any, where: str) -> Any:
        if isinstance(declaration, Parts):
            return tuple(self._part(declaration, v, f"{where}[{k}]") for k, v in enumerate(value))
        if isinstance(declaration, Part):
            return self._part(declaration, value, where)
        return declaration.check(where, value)

    def _part(self, declaration: Part, value: Any, where: str) -> Component:
        if isinstance(value, Component):
            return value
        kind = next(k for k, bases in KINDS.items() if issubclass(declaration.base, bases))
        part: Component = self.build(kind, {"name": value} if isinstance(value, str) else value, where)
        return part


def check_keys(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise `FieldError` with *did you mean* for the first key that is not known."""
    known = list(known)
    for key in given:
        if key not in known:
            place = f"{where}.{key}" if where else key
            raise FieldError(tr("{where}: unknown key; {hint}", where=place, hint=did_you_mean(key, known)))


def _default_table(declaration: Part) -> Any:
    return list(declaration.default) if isinstance(declaration, Parts) else {"name": declaration.default}
