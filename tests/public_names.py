"""`python -m tests.public_names`: write down what plugins may import, name by name, with the arguments."""

import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

FILE = Path(__file__).parent / "golden" / "public_names.txt"
SHOWN = ("Panel",)
"""The classes of `optlab.gui.api` whose members are promised: the others are shown to be used, not to be filled."""


def public_names() -> str:
    """A line for every name of the two modules, and for every member of a class that a plugin may fill."""
    from optlab import api
    from optlab.gui import api as gui_api

    return "\n".join([*_lines(api, api.__all__), *_lines(gui_api, SHOWN), ""])


def _lines(module: ModuleType, shown: Sequence[str]) -> Iterator[str]:
    public = [getattr(module, name) for name in module.__all__]
    for name in sorted(module.__all__):
        value = getattr(module, name)
        yield f"{module.__name__}.{name}{_arguments(value) if inspect.isfunction(value) else ''}"
        if isinstance(value, type) and name in shown:
            yield from (f"{module.__name__}.{name}.{member}" for member in _members(value, public))


def _members(cls: type, public: list[Any]) -> Iterator[str]:
    """Members that stand under no base's name."""
    ours = [b for b in cls.__mro__ if b.__module__.startswith("optlab.") and (b is cls or b not in public)]
    found = {name for base in ours for name in (*vars(base), *inspect.get_annotations(base)) if name[0] != "_"}
    for member in sorted(found - {"staticMetaObject"}):
        value = inspect.getattr_static(cls, member, None)
        function = getattr(value, "__func__", value)  # of a class method
        yield f"{member}{_arguments(function) if inspect.isfunction(function) else ''}"


def _arguments(function: object) -> str:
    return f"({', '.join(inspect.signature(function).parameters)})"  # type: ignore[arg-type]


if __name__ == "__main__":
    FILE.write_text(public_names(), "utf-8", newline="\n")
