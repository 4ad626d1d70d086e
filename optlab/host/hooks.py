"""A plugin's hooks: which it has, whether they fit, and what they return."""

import inspect
from types import ModuleType
from typing import Any

import pluggy

from optlab import hookspecs
from optlab.fields import did_you_mean
from optlab.i18n import tr

HOOKS = {
    "register_optimizers": "optimizer",
    "register_schedules": "schedule",
    "register_problems": "problem",
    "register_panels": "panel",
    "register_exporters": "exporter",
}
LISTENERS = ("run_started", "run_finished")


def make_manager(module: ModuleType, name: str) -> pluggy.PluginManager:
    """A manager of one plugin's own, so that no plugin changes another's results; raises where its hooks do not fit."""
    functions = {word: value for word, value in vars(module).items() if inspect.isroutine(value)}
    marked = {word: f for word, f in functions.items() if getattr(f, "optlab_impl", None)}
    for word, function in functions.items():
        if word in (*HOOKS, *LISTENERS) and word not in marked and function.__module__ == module.__name__:
            raise AttributeError(tr("{hook}: expected the line @hookimpl above it, got none", hook=word))
    for word, function in marked.items():
        _check_hook(word, function)
    if not marked:
        text = tr("expected a function marked with @hookimpl, such as register_optimizers(), got none")
        raise AttributeError(text)
    manager = pluggy.PluginManager("optlab")
    manager.add_hookspecs(hookspecs)
    manager.register(module, name)
    return manager


def _check_hook(word: str, function: Any) -> None:
    options = function.optlab_impl
    name = options.get("specname") or word
    if name not in (*HOOKS, *LISTENERS):
        hint = did_you_mean(name, (*HOOKS, *LISTENERS))
        raise AttributeError(tr("{hook}: no hook of OptLab; {hint}", hook=name, hint=hint))
    if options.get("wrapper") or options.get("hookwrapper"):
        text = tr("{hook}: expected a plain hook, got a wrapper; a plugin may not change what others return")
        raise TypeError(text.format(hook=name))
    expected = ["run"] if name in LISTENERS else []
    given = list(inspect.signature(function).parameters)
    if not set(given) <= set(expected):
        text = tr("{hook}: expected the arguments ({expected}), got ({given})")
        raise TypeError(text.format(hook=name, expected=", ".join(expected), given=", ".join(given)))


def call_hooks(manager: pluggy.PluginManager, panels: bool) -> list[tuple[str, str, Any]]:
    """What the plugin registers, as (hook, kind, class); raises where a hook returns no list."""
    found: list[tuple[str, str, Any]] = []
    for hook, kind in HOOKS.items():
        caller = getattr(manager.hook, hook)
        if (kind == "panel" and not panels) or not caller.get_hookimpls():
            continue
        for classes in caller() or [None]:  # pluggy leaves None out
            if not isinstance(classes, list):
                raise TypeError(_no_list(hook, classes))
            found += [(hook, kind, cls) for cls in classes]
    return found


def _no_list(hook: str, value: Any) -> str:
    name = value.__name__ if isinstance(value, type) else "MyClass"
    got = value.__name__ if isinstance(value, type) else type(value).__name__ if value is not None else "None"
    text = tr("{hook}: expected a list of classes, got {that}; write return [{name}]")
    return text.format(hook=hook, that=got, name=name)
