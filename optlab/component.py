"""Components: a component's class is its form, its validator, its command-line keys and its JSON."""

import dataclasses
from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, dataclass_transform

from optlab.fields import Field, choice, flag, integer, numbers, part, parts, path, real, text
from optlab.i18n import tr_key


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
