"""Import of a plugin file: from its very bytes, never from a stale or planted byte-code file."""

import codecs
import importlib
import importlib.machinery
import io
import re
import sys
import tokenize
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from optlab.host.finder import Source
from optlab.i18n import tr
from optlab.promise import VERSION, check_version

PACKAGE = "optlab_plugins"
LARGEST = 1 << 20
STATED = re.compile(rb"^optlab_api\b[^=\n]*=\s*[\"']?([\w.]*)", re.M)
"""A line such as `optlab_api = "1"`: read before the file runs, which may stumble over what it does not know."""


def import_plugin(source: Source, content: bytes | None = None) -> ModuleType:
    """Run the plugin's module and return it; raises what the plugin raises.

    A file is run from `content` where this is given, else from what is in it now.
    """
    if source.entry is not None:
        loaded = source.entry.load()
        module = loaded if isinstance(loaded, ModuleType) else importlib.import_module(loaded.__module__)
        check_version(getattr(module, "optlab_api", VERSION))
        return module
    assert source.path is not None
    return _run(source.path, _module_name(source, source.path), content)


def _module_name(source: Source, path: Path) -> str:
    """A name of its own for each file, the same one when a file is loaded again."""
    name = stem = f"{PACKAGE}.{source.origin.strip('-')}_{source.name}"
    number = 2
    while name in sys.modules and getattr(sys.modules[name], "__file__", "") != str(path):
        name, number = f"{stem}_{number}", number + 1
    return name


def drop_module(path: Path) -> None:
    """Forget the module of a file that is gone; what uses its code goes on."""
    own = [name for name, module in sys.modules.items() if name.startswith(f"{PACKAGE}.")
           and getattr(module, "__file__", "") == str(path)]  # fmt: skip
    for name in own:
        del sys.modules[name]


def read_plugin(path: Path) -> bytes:
    """The bytes of a plugin file; raises `OSError` or `ValueError`."""
    if path.is_dir():
        raise FileNotFoundError(tr("expected plugins *.py in this folder, got none"))
    if not path.is_file():
        raise FileNotFoundError(tr("no such file"))
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(tr("expected a file of at most 1 MiB, got a larger one; install it as a package"))
    check_encoding(content)
    return content


def check_encoding(content: bytes) -> None:
    """Raise `ValueError` for what is neither UTF-8, with or without its mark, nor what the first lines declare."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError(tr("expected UTF-8 text, got UTF-16; save the file as UTF-8"))
    encoding = "utf-8"
    with suppress(SyntaxError):  # of an encoding that nobody knows the compiler says more
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        text = tr("expected UTF-8 text, got another encoding in line {line}; save the file as UTF-8", line=line)
        raise ValueError(text) from None


def _run(path: Path, name: str, content: bytes | None) -> ModuleType:
    content = read_plugin(path) if content is None else content
    if stated := STATED.search(content):
        check_version(stated[1].decode())
    code = compile(content, str(path), "exec", dont_inherit=True)
    package = sys.modules.setdefault(PACKAGE, ModuleType(PACKAGE))
    package.__path__ = []
    module = ModuleType(name)
    module.__file__ = str(path)
    spec = importlib.machinery.ModuleSpec(name, None, origin=str(path), loader_state=content)
    module.__spec__ = spec  # with the bytes that ran, for a worker process to run the same
    before = sys.modules.get(name)
    sys.modules[name] = module  # before running: dataclasses look their module up
    try:
        exec(code, module.__dict__)
    except BaseException:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
        raise
    return module
