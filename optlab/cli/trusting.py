"""`optlab plugins list|info|trust|enable|disable`: which plugins there are, and which of them may run."""

from contextlib import suppress
from pathlib import Path

from optlab.cli.lists import list_kind
from optlab.cli.running import load_host
from optlab.cli.terminal import one_line, report, say
from optlab.fields import FieldError, did_you_mean
from optlab.host import PluginRecord, trust, verdicts
from optlab.host.finder import Source, find_plugins
from optlab.host.pins import imports, pin
from optlab.i18n import tr


def show_all(as_json: bool, plugins: list[Path], safe_mode: bool) -> int:
    """Print every plugin with its state, and the reason of those that are not on."""
    return list_kind("plugins", load_host(plugins, safe_mode), False, as_json)


def info(name: str) -> int:
    """Print all that is known of one plugin."""
    host = load_host([], False)
    names = [record.name for record in host.records]
    found = [record for record in host.records if name in (record.name, record.path)]
    if not found:
        raise FieldError(tr("plugins: unknown name {name!r}; {hint}", name=name, hint=did_you_mean(name, names)))
    for record in found:
        say("\n".join(_lines(record)))
    return 0


def allow(place: str, develop: bool) -> int:
    """Allow a plugin as it is now, or mark the folder in which the user develops; say what that is."""
    path = Path(place).expanduser().absolute()
    if path.is_dir() or develop:
        folder = path if path.is_dir() else path.parent
        if not develop:
            raise FieldError(
                tr("plugins trust: {path} is a folder; add --develop to allow whatever is in it", path=path)
            )
        trust.develop(folder)
        report(tr("allowed whatever is in {path}: it will run with your rights", path=folder.resolve()))
        if path.is_dir():
            return 0
    source = Source(path.stem, "yours", path) if path.is_file() else _find(place)
    try:
        pinned = pin(source)
    except (OSError, ValueError) as error:
        raise FieldError(tr("{path}: cannot be read: {error}", path=source.place, error=error)) from None
    trust.allow(source, pinned)
    modules = imports(pinned.content)
    say(source.key)
    say(f"  SHA-256  {pinned.sha256}")
    if source.path is not None:
        say(f"  {tr('size')}  {tr('{n} bytes', n=len(pinned.content))}")
        say(f"  {tr('imports')}  {', '.join(modules) if modules is not None else tr('cannot be told')}")
    report(tr("allowed as it is now: it will run with your rights"))
    return 0


def switch(name: str, on: bool) -> int:
    """Switch a plugin on or off, for this and later starts; one that was broken is tried out again."""
    source = _find(name)
    trust.switch(source, on)
    if on:
        with suppress(OSError, ValueError):  # the next start says why it cannot be read
            verdicts.keep(source, pin(source), None)
    report(tr("{name}: switched on", name=source.name) if on else tr("{name}: switched off", name=source.name))
    return 0


def _find(name: str) -> Source:
    """The one plugin from outside with that name or path; raises `FieldError`."""
    known = [source for source in find_plugins((), False, trust.load()[0].files()) if source.origin != "shipped"]
    path = str(Path(name).expanduser().absolute())
    found = [source for source in known if name in (source.name, source.key) or source.key == path]
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(source.key for source in found)
        raise FieldError(tr("plugins: expected one plugin called {name}, got {paths}", name=name, paths=paths))
    names = [source.name for source in known]
    hint = did_you_mean(name, names) if names else tr("there is no plugin beside the shipped ones")
    raise FieldError(tr("plugins: unknown name {name!r}; {hint}", name=name, hint=hint))


def _lines(record: PluginRecord) -> list[str]:
    rows = [
        (tr("from"), f"{record.origin} {record.version}".strip()), (tr("path"), record.path),
        (tr("state"), record.state), (tr("reason"), record.error), (tr("adds"), ", ".join(record.adds)),
        (tr("brings"), "; ".join(record.brought)),
        (tr("notes"), "; ".join(record.notes)), ("SHA-256", record.sha256),
    ]  # fmt: skip
    width = max(len(head) for head, _ in rows)
    lines = [record.name, *(f"  {head:<{width}}  {one_line(text)}" for head, text in rows if text)]
    for text in (record.output, record.traceback):
        lines += ["", *(f"  {one_line(line)}" for line in text.strip().splitlines())] if text.strip() else []
    return lines
