"""What a class has to be before it is registered: checked once, so that no form or run stumbles over it later."""

import inspect
import math
import re
from collections.abc import Iterable
from typing import Any

from optlab.component import Component
from optlab.engine.catalogue import KINDS, shown
from optlab.exporter import Exporter
from optlab.fields import FieldError, Part, Real
from optlab.i18n import tr
from optlab.landscape import SHAPES, Landscape
from optlab.optimizer import Optimizer, State
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule

MOST_FIELDS = 64
RESERVED = {*dir(State), *State.__annotations__, "layout", "tmp", "tmp2", "factor", "per_unit"}


def check_class(hook: str, kind: str, cls: Any) -> None:
    """Raise `TypeError` or `FieldError` with a sentence for what does not fit."""
    if not isinstance(cls, type):
        what = type(cls).__name__
        hint = tr("; write {name}, not {name}()", name=what) if isinstance(cls, Component) else ""
        raise TypeError(tr("{hook}: expected a class, got {that}{hint}", hook=hook, that=shown(cls), hint=hint))
    if kind == "exporter":
        _check_exporter(cls)
    if kind not in KINDS:
        return
    if not issubclass(cls, KINDS[kind]):
        expected, given = KINDS[kind][0].__name__, cls.__base__.__name__ if cls.__base__ else "object"
        raise TypeError(_words(cls, "", tr("a subclass of {name}", name=expected), given))
    _check_name(cls)
    _check_methods(cls)
    _check_fields(cls)
    if issubclass(cls, Optimizer | ReactiveSchedule):
        _check_slots(cls)
    if issubclass(cls, Problem) and cls.order not in ("C", "F"):
        raise TypeError(_words(cls, "order", '"C" or "F"', cls.order))
    if issubclass(cls, Landscape):
        _check_landscape(cls)
    _check_values(cls)


def check_twice(found: Iterable[tuple[str, str, Any]]) -> None:
    """Raise `TypeError` where a plugin registers two components of a kind under one name."""
    names = [(kind, cls.name) for _, kind, cls in found if kind in KINDS]
    for kind, name in names:
        if names.count((kind, name)) > 1:
            raise TypeError(tr("expected one {kind} called {name}, got several", kind=kind, name=name))


def _words(cls: type, key: str, expected: str, given: Any) -> str:
    where = f"{cls.__name__}.{key}" if key else cls.__name__
    got = given if isinstance(given, str) and not key else shown(given)
    return tr("{where}: expected {this}, got {that}", where=where, this=expected, that=got)


def _check_exporter(cls: type) -> None:
    if not issubclass(cls, Exporter):
        given = cls.__base__.__name__ if cls.__base__ else "object"
        raise TypeError(_words(cls, "", tr("a subclass of {name}", name="Exporter"), given))
    _check_name(cls)
    _check_methods(cls)
    label, suffix = getattr(cls, "label", None), getattr(cls, "suffix", None)
    if not isinstance(label, str) or not 0 < len(label) <= 80:
        raise TypeError(_words(cls, "label", tr("a text of 1 to 80 signs"), label))
    if not isinstance(suffix, str) or not re.fullmatch(r"(\.[A-Za-z0-9]{1,12}){1,2}", suffix):
        raise TypeError(_words(cls, "suffix", tr("a dot and letters, such as .npz"), suffix))


def _check_name(cls: type) -> None:
    name = cls.__dict__.get("name")
    if not isinstance(name, str) or not re.fullmatch("[a-z][a-z0-9_]{0,39}", name):
        raise TypeError(_words(cls, "name", tr("a word of at most 40 of a–z, 0–9 and _, such as my_momentum"), name))


def _check_methods(cls: type) -> None:
    for name in sorted(getattr(cls, "__abstractmethods__", ())):
        raise TypeError(_words(cls, "", f"def {name}{_arguments(getattr(cls, name), keep_self=True)}", tr("none")))
    bases = [base for base in cls.__mro__[1:] if base.__module__.startswith("optlab.")]
    for name, method in vars(cls).items():
        base = next((b for b in bases if inspect.isfunction(vars(b).get(name))), None)
        if base is None or name.startswith("__") or not inspect.isfunction(method):
            continue
        expected = inspect.signature(vars(base)[name]).parameters
        try:
            inspect.signature(method).bind(*expected)
        except TypeError:
            words = _words(cls, "", f"{name}{_arguments(vars(base)[name])}", f"{name}{_arguments(method)}")
            raise TypeError(words) from None


def _arguments(method: Any, keep_self: bool = False) -> str:
    names = list(inspect.signature(method).parameters)
    return f"({', '.join(names if keep_self else names[1:])})"


def _check_fields(cls: type[Component]) -> None:
    fields = cls.fields()
    if len(fields) > MOST_FIELDS:
        raise TypeError(_words(cls, "", tr("at most {n} fields", n=MOST_FIELDS), str(len(fields))))
    for key, declaration in fields.items():
        where = f"{cls.__name__}.{key}"
        for text in (declaration.label, declaration.unit, declaration.doc):
            if not isinstance(text, str) or len(text) > 2000:
                raise TypeError(_words(cls, key, tr("label, unit and doc of at most 2000 signs"), text))
        if isinstance(declaration, Real) and not declaration.lo <= declaration.hi:
            raise FieldError(_words(cls, key, tr("a lowest value below the highest"), declaration.lo))
        if isinstance(declaration, Real) and declaration.log and not declaration.lo > 0:
            raise FieldError(_words(cls, key, tr("a lowest value above 0 where log is True"), declaration.lo))
        if not isinstance(declaration, Part):  # a part is resolved through the catalogue
            declaration.check(where, declaration.default)


def _check_slots(cls: type[Optimizer | ReactiveSchedule]) -> None:
    slots = cls.slots
    if not isinstance(slots, tuple) or not all(isinstance(s, str) and s.isidentifier() for s in slots):
        raise TypeError(_words(cls, "slots", tr('a tuple of words such as ("m", "v") or ("m",)'), slots))
    taken = [slot for slot in slots if slot in RESERVED or slot.startswith("_")]
    if taken or len(set(slots)) < len(slots):
        raise TypeError(_words(cls, "slots", tr("different words that State does not use itself"), slots))


def _check_landscape(cls: type[Landscape]) -> None:
    domain: Any = cls.domain
    if isinstance(domain, property):  # it depends on the fields: each instance has its own
        return
    _check_box(cls, "domain", domain)
    if cls.view != ():
        _check_box(cls, "view", cls.view)
    kind: Any = cls.kind
    if not isinstance(kind, tuple) or not all(word in SHAPES for word in kind):
        raise TypeError(_words(cls, "kind", tr("a tuple of the words {words}", words=", ".join(SHAPES)), kind))
    at = cls.fields()["at"].default
    if len(at) != len(domain):
        raise TypeError(_words(cls, "at", tr("{n} coordinates, as the domain has", n=len(domain)), at))
    if cls.evaluate is Landscape.evaluate and cls.value is Landscape.value and cls.terms is None:
        raise TypeError(_words(cls, "", "def evaluate(self, x, loss, grad)", tr("none")))


def _check_box(cls: type[Landscape], key: str, box: Any) -> None:
    good = isinstance(box, tuple) and len(box) > 0
    if not good or not all(isinstance(axis, tuple | list) and len(axis) == 2 for axis in box):
        raise TypeError(_words(cls, key, tr("a pair (low, high) for each coordinate"), box))
    if not all(math.isfinite(lo) and math.isfinite(hi) and lo < hi for lo, hi in box):
        raise TypeError(_words(cls, key, tr("finite low < high for each coordinate"), box))


def _check_values(cls: type[Component]) -> None:
    """The defaults and the presets make a component; one with parts needs the catalogue, and is made later."""
    presets: Any = cls.presets
    if not isinstance(presets, dict) or not all(isinstance(v, dict) for v in presets.values()):
        raise TypeError(_words(cls, "presets", tr("a table of values by name"), presets))
    if any(isinstance(declaration, Part) for declaration in cls.fields().values()):
        return
    cls()
    for name, values in presets.items():
        unknown = [key for key in values if key not in cls.fields()]
        if unknown:
            raise TypeError(_words(cls, "presets", tr("fields of the class in {name}", name=shown(name)), unknown[0]))
        cls(**values)
