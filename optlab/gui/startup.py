"""Before Qt is imported: is this pair of Python and PySide6 sound, are Qt's libraries here, is there a display?"""

import ctypes
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from optlab.i18n import tr

# library: package in Debian and Ubuntu, package in Fedora. QtGui needs the first table, its xcb plugin the second.
LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
}
XCB_LIBRARIES = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}


def refuse_broken_pair(pyside_version: str, python: tuple[int, ...]) -> str | None:
    """A sentence where this PySide6 would end this Python (it drops references to None), else None."""
    if python[:2] >= (3, 12) or _numbers(pyside_version)[:2] < (6, 12):
        return None
    return tr(
        "PySide6 {pyside} ends programs on Python {python} after a short while: install Python 3.12 or newer, "
        'or an older PySide6 with: pip install "PySide6-Essentials<6.12"',
        pyside=pyside_version,
        python=".".join(map(str, python[:2])),
    )


def missing_libraries(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The names of the shared libraries that Qt needs on Linux and that do not load; empty on other systems."""
    if not sys.platform.startswith("linux"):
        return []
    return [name for name in _needed(environ) if not _loads(name)]


def missing_sentence(libraries: list[str], os_release: Path = Path("/etc/os-release")) -> str | None:
    """What to install so that `libraries` are there, with the system's own command; None where nothing is missing."""
    if not libraries:
        return None
    family = _family(os_release)
    known = LIBRARIES | XCB_LIBRARIES
    packages = list(dict.fromkeys(known[name][family == "fedora"] for name in libraries))
    if family == "other":
        return tr("Qt needs {libraries}: install the packages that hold them", libraries=", ".join(libraries))
    install = "sudo dnf install" if family == "fedora" else "sudo apt install"
    return tr(
        "Qt needs {libraries}: {command}", libraries=", ".join(libraries), command=f"{install} {' '.join(packages)}"
    )


def has_display(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a window can open: always on Windows and macOS, elsewhere where a display or a Qt platform is named."""
    if sys.platform in ("win32", "darwin", "cygwin"):
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _needed(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The xcb plugin's libraries only where that plugin will be asked for."""
    platform = environ.get("QT_QPA_PLATFORM", "")
    wants_xcb = platform.startswith("xcb") if platform else bool(environ.get("DISPLAY"))
    return LIBRARIES | XCB_LIBRARIES if wants_xcb else LIBRARIES


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _family(os_release: Path) -> str:
    try:
        text = os_release.read_text("utf-8", errors="replace").lower()
    except OSError:
        return "other"
    named = " ".join(re.findall(r'^id(?:_like)?="?([^"\n]*)', text, re.MULTILINE)).split()
    if {"debian", "ubuntu"} & set(named):
        return "debian"
    return "fedora" if {"fedora", "rhel"} & set(named) else "other"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
