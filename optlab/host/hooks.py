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
            raise _lacking(tr("{hook}: expected the line @hookimpl above it, got none", hook=word), module)
    for word, function in marked.items():
        _check_hook(word, function)
    if not marked:
        raise _lacking(_no_hook(module), module)
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


def _no_hook(module: ModuleType) -> str:
    found = _classes(module)
    if not found:
        return tr("expected a function marked with @hookimpl, such as register_optimizers(), got none")
    text = tr("expected a function that hands over {names}, got none; add the lines: {lines}")
    names = [name for names in found.values() for name in names]
    lines = [" | ".join(line.strip() for line in _lines(*item).splitlines()) for item in found.items()]
    return text.format(names=", ".join(names), lines=" | ".join(lines))


def _classes(module: ModuleType) -> dict[str, list[str]]:
    """The module's own classes that a hook could hand over, by hook."""
    found: dict[str, list[str]] = {}
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__:
            hook = next((h for base in value.__mro__ if (h := _HANDED.get(f"{base.__module__}.{base.__name__}"))), None)
            if hook is not None:
                found.setdefault(hook, []).append(name)
    return found


_HANDED = {
    "optlab.optimizer.Optimizer": "register_optimizers",
    "optlab.schedule.Schedule": "register_schedules",
    "optlab.schedule.ReactiveSchedule": "register_schedules",
    "optlab.problem.Problem": "register_problems",
    "optlab.gui.panel.Panel": "register_panels",  # by name: the host knows no Qt
    "optlab.exporter.Exporter": "register_exporters",
}


def _lines(hook: str, names: list[str]) -> str:
    return f"@hookimpl\ndef {hook}():\n    return [{', '.join(names)}]"


def _lacking(words: str, module: ModuleType) -> AttributeError:
    """The error of a plugin whose hook is not whole, with the lines as they should be for its details."""
    error = AttributeError(words)
    found = _classes(module) or {"register_optimizers": ["MyOptimizer"]}
    lines = [_lines(*item) for item in found.items()]
    error.add_note("\n\n".join([tr("The file ends with these lines:"), "from optlab.api import hookimpl", *lines]))
    return error


def call_hooks(manager: pluggy.PluginManager, panels: bool) -> list[tuple[str, str, Any]]:
    """What the plugin registers, as (hook, kind, class); raises where a hook returns no list."""
    found: list[tuple[str, str, Any]] = []
    for hook, kind in HOOKS.items():
        caller = getattr(manager.hook, hook)
        if (kind == "panel" and not panels) or not caller.get_hookimpls():
            continue
        for classes in caller() or [None]:  # a hook that returns None is left out
            if not isinstance(classes, list):
                raise _no_list(hook, classes, caller.get_hookimpls()[0].plugin)
            found += [(hook, kind, cls) for cls in classes]
    return found


def _no_list(hook: str, value: Any, module: Any) -> Exception:
    """The error of a hook that hands over `value`, with the whole hook as it should be."""
    own = [value.__name__] if isinstance(value, type) else _classes(module).get(hook, ["MyClass"])
    got = value.__name__ if isinstance(value, type) else type(value).__name__ if value is not None else "None"
    text = tr("{hook}: expected a list of classes, got {that}; write return [{name}]")
    error = TypeError(text.format(hook=hook, that=got, name=", ".join(own)))
    error.add_note("\n\n".join([tr("The file ends with these lines:"), _lines(hook, own)]))
    return error
