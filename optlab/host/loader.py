"""Import of a plugin file: from its very bytes, never from a stale or planted byte-code file."""

import importlib
import importlib.machinery
import sys
from pathlib import Path
from types import ModuleType

from optlab.host.finder import Source

PACKAGE = "optlab_plugins"


def import_plugin(source: Source) -> ModuleType:
    """Run the plugin's module and return it; raises what the plugin raises."""
    if source.entry is not None:
        module = source.entry.load()
        return module if isinstance(module, ModuleType) else importlib.import_module(module.__module__)
    assert source.path is not None
    return _run(source.path, f"{PACKAGE}.{source.origin.strip('-')}_{source.name}")


def _run(path: Path, name: str) -> ModuleType:
    code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    package = sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE))
    package.__path__ = []
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, origin=str(path))
    before = sys.modules.get(name)
    sys.modules[name] = module  # before running: dataclasses look their module up
    try:
        exec(code, module.__dict__)
    except BaseException:
        sys.modules.pop(name)
        if before is not None:
            sys.modules[name] = before
        raise
    return module
