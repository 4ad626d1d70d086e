"""The host: one record for each plugin, working or broken; a broken one changes nothing else."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from optlab import hookspecs
from optlab.engine.catalogue import KINDS, Catalogue
from optlab.fields import did_you_mean
from optlab.host.finder import Source, find_plugins
from optlab.host.loader import import_plugin

HOOKS = {"register_optimizers": "optimizer", "register_schedules": "schedule", "register_problems": "problem"}
OTHERS = {"register_panels": "panel", "register_exporters": "exporter"}


@dataclass
class PluginRecord:
    """What the lab knows of one plugin; `state` is on or broken."""

    name: str
    origin: str
    path: str
    state: str = "on"
    error: str = ""
    """One sentence for a broken plugin."""
    traceback: str = ""
    adds: list[str] = field(default_factory=list)


@dataclass
class Host:
    """The loaded plugins: their components, their other classes by kind, and a record for each."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    records: list[PluginRecord] = field(default_factory=list)
    panels: list[type] = field(default_factory=list)
    exporters: list[type] = field(default_factory=list)
    _managers: list[tuple[PluginRecord, pluggy.PluginManager]] = field(default_factory=list)

    @property
    def broken(self) -> list[PluginRecord]:
        """The plugins that do not work."""
        return [record for record in self.records if record.state == "broken"]

    def load(self, source: Source, panels: bool) -> PluginRecord:
        """Import and register one plugin; whatever it does wrong ends in its record."""
        record = PluginRecord(source.name, source.origin, str(source.path or source.entry))
        self.records.append(record)
        try:
            manager = _manager(import_plugin(source), source.name)
            found = _call_hooks(manager, panels)
            self._add(record, found)
            self._managers.append((record, manager))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit and a plugin's own BaseException too
            _break(record, error)
        return record

    def _add(self, record: PluginRecord, found: list[tuple[str, type]]) -> None:
        for kind, cls in found:  # all are checked before the first is added: a plugin is on or broken, not half
            _check_class(kind, cls)
        for kind, cls in found:
            if kind in KINDS:
                record.adds.append(f"{kind} {self.catalogue.add(kind, cls, record.name)}")
            else:
                (self.panels if kind == "panel" else self.exporters).append(cls)
                record.adds.append(f"{kind} {getattr(cls, 'name', cls.__name__)}")

    def notify(self, hook: str, run: Any) -> None:
        """Tell every plugin that listens of `run_started` or `run_finished`; one that raises is broken from then on."""
        for record, manager in list(self._managers):
            try:
                getattr(manager.hook, hook)(run=run)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                _break(record, error)
                self._managers.remove((record, manager))


def load_plugins(extra: Sequence[Path] = (), *, panels: bool = False, shipped_only: bool = False) -> Host:
    """A host with every plugin that is found; `panels` also asks for views, which need Qt."""
    host = Host()
    for source in find_plugins(extra, shipped_only):
        if panels or source.path is None or source.path.parent.name != "panels":
            host.load(source, panels)
    return host


def _manager(module: ModuleType, name: str) -> pluggy.PluginManager:
    manager = pluggy.PluginManager("optlab")
    manager.add_hookspecs(hookspecs)
    manager.register(module, name)
    hooks = [h for h in dir(hookspecs) if h.startswith(("register_", "run_"))]
    marked = [n for n, v in vars(module).items() if hasattr(v, "optlab_impl")]
    for word in marked:
        if word not in hooks:
            raise AttributeError(f"{word} is no hook of OptLab; {did_you_mean(word, hooks)}")
        options = getattr(vars(module)[word], "optlab_impl")  # noqa: B009 - pluggy's mark, unknown to type checkers
        if options.get("wrapper") or options.get("hookwrapper"):
            raise TypeError(f"{word}: expected a plain hook, got a wrapper; a plugin may not change others' results")
    if not marked:
        raise AttributeError(
            "expected a function marked with @hookimpl, such as "
            "register_optimizers() that returns [MyOptimizer], got none"
        )
    return manager


def _call_hooks(manager: pluggy.PluginManager, panels: bool) -> list[tuple[str, type]]:
    found: list[tuple[str, type]] = []
    for hook, kind in {**HOOKS, **OTHERS}.items():
        if kind == "panel" and not panels:
            continue
        for classes in getattr(manager.hook, hook)():
            if not isinstance(classes, list):
                raise TypeError(f"{hook}: expected a list of classes, got {classes!r}; write return [{_name(classes)}]")
            found += [(kind, cls) for cls in classes]
    return found


def _name(value: Any) -> str:
    return str(getattr(value, "__name__", "MyClass"))


def _check_class(kind: str, cls: Any) -> None:
    if not isinstance(cls, type):
        raise TypeError(f"expected a class of kind {kind}, got {cls!r}")
    if kind not in KINDS:
        return
    if not issubclass(cls, KINDS[kind]):
        raise TypeError(
            f"{cls.__name__}: expected a subclass of {KINDS[kind][0].__name__}, got {cls.__mro__[1].__name__}"
        )
    missing: frozenset[str] = getattr(cls, "__abstractmethods__", frozenset())
    if missing:
        raise TypeError(f"{cls.__name__}: expected the methods {', '.join(sorted(missing))}, got none of them")
    name = cls.__dict__.get("name")
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or len(name) > 40:
        raise TypeError(f"{cls.__name__}.name: expected a word such as my_momentum, got {name!r}")
    for key, declaration in cls.fields().items():
        if isinstance(declaration.default, str) and hasattr(declaration, "base"):
            continue  # a part is resolved through the catalogue
        declaration.check(f"{cls.__name__}.{key}", declaration.default)


def _break(record: PluginRecord, error: BaseException) -> None:
    record.state = "broken"
    record.adds = []
    try:
        words = f"{type(error).__name__}: {str(error)[:500]}"
    except Exception:  # a hostile __str__
        words = type(error).__name__
    if isinstance(error, SyntaxError):
        words = f"{type(error).__name__}: {error.msg}, line {error.lineno}"
    record.error = f"{Path(record.path).name}: {words}"
    try:
        record.traceback = "".join(traceback.format_exception(error, limit=20))[:20_000]
    except Exception:
        record.traceback = words
