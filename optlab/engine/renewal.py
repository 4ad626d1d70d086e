"""Renewal: an experiment whose components were reloaded, rebuilt from the same values by name."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from optlab.component import Component
from optlab.engine.catalogue import KINDS, Catalogue, kind_of
from optlab.engine.spec import Experiment, Trial
from optlab.fields import Field, FieldError, Part
from optlab.i18n import tr

Successor = Callable[[type[Component]], type[Component] | None]
"""The class that took the place of another; None where this one stands."""


@dataclass
class Renewal:
    """Rebuilds with the classes of a catalogue; `said` has a sentence for each value that does not fit any more."""

    catalogue: Catalogue
    successor: Successor
    said: list[str] = field(default_factory=list)

    def experiment(self, old: Experiment) -> Experiment:
        """The same experiment with new classes; the very same where none of its classes has a successor."""
        base, trials = self._trial(old.base), tuple(self._trial(trial) for trial in old.trials)
        if base is old.base and all(a is b for a, b in zip(trials, old.trials, strict=True)):
            return old
        return replace(old, base=base, trials=trials)

    def _trial(self, old: Trial) -> Trial:
        new = old
        for kind in KINDS:
            part = self.component(old.part(kind))
            new = new.with_part(kind, part) if part is not old.part(kind) else new
        return new

    def component(self, old: Component) -> Component:
        """The same component of the class in force: a value that was the default follows the default."""
        values = {key: self._value(getattr(old, key)) for key in old.fields()}
        cls = self.successor(type(old))
        if cls is None:
            changed = {key: value for key, value in values.items() if value is not getattr(old, key)}
            return old.replace(**changed) if changed else old
        kept = {key: v for key, v in values.items() if self._fits(old.fields()[key], cls, key, v)}
        kind, name = kind_of(cls), self.catalogue.known_as(cls)[1]
        try:
            new: Component = self.catalogue.build(kind, {"name": name, **kept}, cls.name)
        except FieldError as error:  # the values do not fit together any more
            self._say(tr("{error}; its defaults are in force", error=error))
            new = self.catalogue.build(kind, {"name": name}, cls.name)
        return new

    def _value(self, value: Any) -> Any:
        """A value with what components it holds renewed; the very same where none is another."""
        if isinstance(value, Component):
            return self.component(value)
        if isinstance(value, tuple) and any(isinstance(each, Component) for each in value):
            new = tuple(self._value(each) for each in value)
            return value if all(a is b for a, b in zip(new, value, strict=True)) else new
        return value

    def _fits(self, before: Field, cls: type[Component], key: str, value: Any) -> bool:
        where, now = f"{cls.name}.{key}", cls.fields().get(key)
        if now is None:
            self._say(tr("{where}: is no field any more", where=where))
            return False
        if not isinstance(before, Part) and value == before.default:
            return False
        try:
            now.check(where, value)
        except FieldError as error:
            self._say(tr("{error}; its default is in force", error=error))
            return False
        return True

    def _say(self, words: str) -> None:
        if words not in self.said:
            self.said.append(words)
