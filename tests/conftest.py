"""Every test runs off-screen, in an empty home, with one BLAS thread."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("OPTLAB_SAFE_MODE", None)

import optlab  # noqa: F401 - sets the number of BLAS threads before NumPy is imported
from optlab.host import host
from optlab.host.finder import SHIPPED, Source

HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA")


_imported = host.import_plugin
_shipped: dict[Path, ModuleType] = {}


def _imported_once(source: Source, content: bytes | None = None) -> ModuleType:
    if source.origin != SHIPPED or source.path is None or source.path.parent.name == "_torch":
        return _imported(source, content)
    if source.path not in _shipped:
        _shipped[source.path] = _imported(source, content)
    return _shipped[source.path]


host.import_plugin = _imported_once  # hundreds of tests open a window, and a third of its start went there


@pytest.fixture(autouse=True)
def empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, plugins and experiments of the user: none."""
    home = tmp_path_factory.mktemp("home")
    for name in HOMES:
        monkeypatch.setenv(name, str(home))
    return home


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Texts are compared in English, whatever a test before chose."""
    from optlab import i18n

    i18n.set_language("en")
    yield
    i18n.set_language("en")
