"""New plugins: a commented file of each kind that runs as it is."""

from pathlib import Path

from optlab.atomic import ExportError, write_atomic
from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr
from optlab.paths import bundled, user_folder
from optlab.store.plugin_file import plugin_name

KINDS = ("optimizer", "schedule", "problem", "landscape", "panel", "exporter")


def new_plugin(kind: str, words: str, into: Path | None = None) -> Path:
    """Write `name.py` into a folder, by default the user's plugins, and return its path; an old file stays.

    Raises `FieldError` for an unknown kind or a name that is none, `ExportError` where it cannot be written.
    """
    if kind not in KINDS:
        raise FieldError(tr("plugins new: unknown kind {kind!r}; {hint}", kind=kind, hint=did_you_mean(kind, KINDS)))
    name = plugin_name(words)
    folder = (into or user_folder("plugins")).expanduser().resolve()
    path = folder / f"{name}.py"
    if path.exists():
        raise ExportError(tr("{path} is there already; choose another name", path=path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(tr("{path}: cannot be made: {error}", path=folder, error=error.strerror or error)) from error
    write_atomic(path, plugin_text(kind, name).encode())
    return path


def plugin_text(kind: str, name: str) -> str:
    """The source of a new plugin of a kind."""
    text = (bundled("assets") / "templates" / f"{kind}.txt").read_text("utf-8")
    title = name.replace("_", " ").capitalize()
    cls = "".join(part.capitalize() for part in name.split("_"))
    for key, value in (("{title}", title), ("{name}", name), ("{cls}", cls)):
        text = text.replace(key, value)
    return text
