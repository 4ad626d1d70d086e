"""New plugins: a commented file of each kind that runs as it is, alone or in a project that can be installed."""

from pathlib import Path

from optlab.atomic import ExportError, write_atomic
from optlab.fields import FieldError, did_you_mean
from optlab.host import trust
from optlab.host.finder import Source
from optlab.host.pins import pin
from optlab.i18n import tr
from optlab.paths import bundled, user_folder
from optlab.store.plugin_file import plugin_name

KINDS = ("optimizer", "schedule", "problem", "landscape", "panel", "exporter")


def new_plugin(kind: str, words: str, into: Path | None = None) -> Path:
    """Write `name.py` into a folder, by default the user's plugins, and return its path; an old file stays.

    Raises `FieldError` for an unknown kind or a name that is none, `ExportError` where it cannot be written.
    """
    name = _checked(kind, words)
    return save_plugin(name, plugin_text(kind, name), into)


def save_plugin(name: str, text: str, into: Path | None = None) -> Path:
    """Write a plugin whose text is there already as `name.py`; else as `new_plugin`."""
    path = (into or user_folder("plugins")).expanduser().resolve() / f"{name}.py"
    _write({path: text})
    return path


def new_package(kind: str, words: str, into: Path | None = None) -> Path:
    """Write a project `optlab-name` that pip installs, with its test, and return the path of its plugin file.

    It lands in a folder, by default the current one. Raises as `new_plugin` does.
    """
    name = _checked(kind, words)
    project = (into or Path.cwd()).expanduser().resolve() / f"optlab-{name.replace('_', '-')}"
    if project.exists():
        raise ExportError(tr("{path} is there already; choose another name", path=project))
    module = project / f"optlab_{name}"
    title = name.replace("_", " ").capitalize()
    _write(
        {
            project / "pyproject.toml": _filled("package/pyproject", name),
            project / "README.md": _filled("package/readme", name),
            project / "tests" / f"test_{name}.py": _filled("package/test", name),
            module / "__init__.py": f'"""{title}: a plugin of OptLab."""\n',
            module / f"{name}.py": plugin_text(kind, name),
        }
    )
    return module / f"{name}.py"


def adopt(path: Path, develop: bool = True) -> Source:
    """Allow a file that the lab has written for its user, and its folder as one that is developed in where wanted.

    Raises `OSError` where the decision cannot be written.
    """
    source = Source(path.stem, "yours", path)
    trust.allow(source, pin(source))
    if develop:
        trust.develop(path.parent)
    return source


def plugin_text(kind: str, name: str) -> str:
    """The source of a new plugin of a kind."""
    return _filled(kind, name)


def _checked(kind: str, words: str) -> str:
    if kind not in KINDS:
        raise FieldError(tr("plugins new: unknown kind {kind!r}; {hint}", kind=kind, hint=did_you_mean(kind, KINDS)))
    return plugin_name(words)


def _write(texts: dict[Path, str]) -> None:
    """Write new files, UTF-8 with plain line ends on every system; none takes the place of an old one."""
    for path in texts:
        if path.exists():
            raise ExportError(tr("{path} is there already; choose another name", path=path))
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = error.strerror or error
            raise ExportError(tr("{path}: cannot be made: {error}", path=path.parent, error=why)) from error
        write_atomic(path, text.encode())


def _filled(template: str, name: str) -> str:
    text = (bundled("assets") / "templates" / f"{template}.txt").read_text("utf-8")
    values = {
        "{title}": name.replace("_", " ").capitalize(),
        "{name}": name,
        "{dashed}": name.replace("_", "-"),
        "{cls}": "".join(part.capitalize() for part in name.split("_")),
    }
    for key, value in values.items():
        text = text.replace(key, value)
    return text
