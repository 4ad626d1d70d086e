"""The text editor of the user: a program that shows a file, never what an association of the system may run."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from optlab.i18n import tr

IN_A_TERMINAL = (
    "vi",
    "vim",
    "nvim",
    "nano",
    "pico",
    "ed",
    "emacs",
    "micro",
    "hx",
    "helix",
    "joe",
    "mcedit",
    "ne",
    "kak",
)
WITH_A_WINDOW = (
    "gnome-text-editor", "gedit", "kate", "kwrite", "mousepad", "xed", "pluma", "featherpad", "geany", "code", "codium",
    "subl", "zed",
)  # fmt: skip


def own_editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The command in $VISUAL or $EDITOR; empty where there is none."""
    words = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        return shlex.split(words, posix=os.name != "nt")
    except ValueError:  # a quote that is not closed
        return words.split()


def window_editor(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> list[str]:
    """The command of an editor that brings its own window; empty where none is known."""
    own = own_editor(environ)
    if own and Path(own[0]).stem.lower() not in IN_A_TERMINAL and shutil.which(own[0]):
        return own
    if platform == "win32":
        return ["notepad.exe"]
    if platform == "darwin":
        return ["open", "-t"]
    usual = _usual_editor() if shutil.which("gtk-launch") else ""
    found = next((name for name in WITH_A_WINDOW if shutil.which(name)), "")
    return ["gtk-launch", usual] if usual else [found] if found else []


def _usual_editor() -> str:
    """The desktop's editor of plain text, which shows any file; what it does with `.py` is not asked."""
    try:
        command = ["xdg-mime", "query", "default", "text/plain"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def edit_in_terminal(path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Open `path` in the editor of $VISUAL or $EDITOR and wait, else in a window; a sentence where neither works."""
    own = own_editor(environ)
    if not own:
        return edit_in_window(path, environ)
    try:
        subprocess.run([*own, str(path)], check=False)
    except OSError as error:
        return _failed(own[0], path, error)
    return ""


def edit_in_window(path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Open `path` in an editor with a window and go on; a sentence where there is none."""
    command = window_editor(environ)
    if not command:
        return tr("no text editor was found: set VISUAL to one; the file is {path}", path=path)
    _open[:] = [process for process in _open if process.poll() is None]
    nothing = subprocess.DEVNULL
    try:  # in a session of its own it outlives the lab
        process = subprocess.Popen(
            [*command, str(path)], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
        )
    except OSError as error:
        return _failed(command[0], path, error)
    _open.append(process)
    return ""


_open: list[subprocess.Popen[bytes]] = []


def _failed(program: str, path: Path, error: OSError) -> str:
    why = error.strerror or str(error)
    return tr("the editor {program} does not start ({why}); the file is {path}", program=program, why=why, path=path)
