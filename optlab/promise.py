"""What the API promises: a version, and before a name goes, a warning that says the new one."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from optlab.i18n import tr

VERSION = "1"
"""The version of `optlab.api` and `optlab.gui.api`; what was written for it works until the next one."""


def renamed(module: str, names: Mapping[str, str], known: Mapping[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a module in which old `names` go on working, with a warning that says their new ones."""

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warnings.warn(leaving(module, name, names[name]), DeprecationWarning, stacklevel=2)
        return known[names[name]]

    return find


def leaving(module: str, name: str, new: str) -> str:
    """The sentence for an old name."""
    return tr("{module}.{name} goes with the next version; write {new}", module=module, name=name, new=new)


def check_version(stated: object) -> None:
    """Raise `ImportError` where a plugin states that it was written for another version than this one."""
    text = str(stated) if isinstance(stated, str | int) else ""
    if not text.split(".")[0].isdigit():
        raise ImportError(tr('optlab_api: expected a version such as "1", got {that!r}', that=stated))
    if text.split(".")[0] != VERSION:
        words = tr(
            "written for optlab.api {theirs}, and this OptLab has {ours}; take the plugin and the OptLab that fit",
            theirs=text, ours=VERSION,
        )  # fmt: skip
        raise ImportError(words)
