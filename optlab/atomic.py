"""Files that are written whole or not at all: beside the target first, then renamed over it."""

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

from optlab.i18n import tr

Data = bytes | Callable[[Path], None]
"""The bytes themselves, or what writes them into the file that it is given."""


class ExportError(OSError):
    """A file that could not be written; the message says where, what happened and what to do."""


def write_atomic(path: Path | str, data: Data, *, private: bool = False) -> None:
    """Write `data` to `path`; on any failure the old file stays as it was and nothing is left beside it.

    A `private` file may be read by its owner alone.

    Raises `ExportError` where the system refuses, and whatever a `data` that is called raises itself.
    """
    try:
        target = _target(Path(path))
        if target.exists() and not target.is_file():
            _write_through(target, data)
        else:
            _replace(target, data, private)
    except (OSError, ValueError) as error:
        if isinstance(error, ValueError) and not _is_name_error(error):
            raise
        raise _explain(Path(path), error) from error


def check_target(path: Path | str) -> None:
    """Raise the `ExportError` that writing to `path` would raise, as far as it can be known before."""
    try:
        target = _target(Path(path))
        if not target.exists() or target.is_file():
            os.close(_open_beside(target)[0])
    except (OSError, ValueError) as error:
        raise _explain(Path(path), error) from error


def put_aside(path: Path) -> Path | None:
    """Rename a damaged `settings.json` to `settings.bad-1.json`, for its owner to look at; None where that failed."""
    number = 1
    while (bad := path.with_name(f"{path.stem}.bad-{number}{path.suffix}")).exists():
        number += 1
    try:
        return path.replace(bad)
    except OSError:
        return None


def _target(path: Path) -> Path:
    """The file itself, where `path` is a link to it; raises `OSError` for what can be no target."""
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.is_file() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return path


def _replace(target: Path, data: Data, private: bool) -> None:
    handle, beside = _open_beside(target, keep=True)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                data(beside)
            file.flush()
            os.fsync(file.fileno())
        if private:
            beside.chmod(0o600)
        elif target.exists():
            beside.chmod(stat.S_IMODE(target.stat().st_mode))
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(target.parent)


def _open_beside(target: Path, keep: bool = False) -> tuple[int, Path]:
    """A new file in the target's folder, open for writing; the kernel applies the umask to its permissions."""
    beside = target.with_name(f".optlab-{os.urandom(6).hex()}{target.suffix}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(beside, flags, 0o644)
    if not keep:
        beside.unlink()
    return handle, beside


def _write_through(target: Path, data: Data) -> None:
    """A device or a pipe has no content to keep and must not be replaced by a file."""
    if not isinstance(data, bytes):
        data(target)
        return
    with target.open("wb") as file:
        file.write(data)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # the new file is in place; some file systems cannot sync a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_name_error(error: ValueError) -> bool:
    return isinstance(error, UnicodeEncodeError) or "null" in str(error)


def _explain(path: Path, error: OSError | ValueError) -> ExportError:
    shown = str(path).encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    code = error.errno if isinstance(error, OSError) else errno.EINVAL
    reason = _reason(path, code, error)
    return ExportError(tr("{path}: not written, {reason}", path=shown, reason=reason))


def _reason(path: Path, code: int | None, error: OSError | ValueError) -> str:
    if code in (errno.ENOSPC, errno.EDQUOT):
        return tr("because no space is left on the disk; make room or choose another folder")
    if code in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _refused(path)
    if code in (errno.ENOENT, errno.ENOTDIR):
        return tr("because the folder does not exist; make it or choose another folder")
    if code == errno.EISDIR:
        return tr("because a folder has that name; choose another name")
    if code == errno.ENAMETOOLONG:
        return tr("because the name is too long; choose a shorter name")
    if code == errno.EINVAL:
        return tr("because the name holds a sign that no file may have; choose another name")
    words = getattr(error, "strerror", None) or str(error)
    return tr("because the system said: {words}; choose another folder", words=words)


def _refused(path: Path) -> str:
    with contextlib.suppress(OSError, ValueError):
        if path.is_file() and not os.access(path, os.W_OK):
            return tr("because the file is read-only; choose another name")
        if os.name == "nt" and path.is_file():  # Windows locks a file that another program shows
            return tr("because another program has the file open; close it there or choose another name")
    return tr("because the folder is read-only; choose another folder")
