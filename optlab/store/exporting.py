"""Export through a plugin's exporter: the file is whole or the old one stays, and what goes wrong is a sentence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optlab.atomic import ExportError, write_atomic
from optlab.engine import faults
from optlab.exporter import Recorded
from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr


def find_exporter(exporters: Mapping[str, Any], name: str) -> Any:
    """The exporter called `name`; raises `FieldError` with *did you mean* for an unknown one."""
    if name not in exporters:
        hint = did_you_mean(name, list(exporters)) if exporters else tr("no plugin adds one")
        raise FieldError(tr("--export: unknown exporter {name!r}; {hint}", name=name, hint=hint))
    return exporters[name]


def export_runs(cls: Any, runs: Sequence[Recorded], path: Path) -> None:
    """Let an exporter write `runs` to `path`; raises `ExportError` whatever it does wrong."""
    try:
        write_atomic(path, lambda target: _write(cls, runs, target))
    except _FaultError as error:
        raise ExportError(tr("{path}: not written, {reason}", path=path, reason=str(error))) from error.__cause__


class _FaultError(Exception):
    """A fault of the exporter's own, which is no matter of the disk."""


def _write(cls: Any, runs: Sequence[Recorded], target: Path) -> None:
    try:
        cls().export(runs, target)
    except OSError:
        raise
    except (Exception, SystemExit) as error:
        raise _FaultError(f"{cls.name}: {faults.words(error)} ({faults.place(error)})") from error
    if not target.is_file() or not target.stat().st_size:
        raise _FaultError(tr("{name}: expected the file written at path, got none; write it there", name=cls.name))
