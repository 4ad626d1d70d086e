"""What the kit tries of an experiment that a plugin brings: it opens, and can run, with the plugins of its folder."""

from collections.abc import Iterator
from pathlib import Path

from optlab.engine.experiment_file import load_experiment
from optlab.engine.session import check, notices
from optlab.fields import FieldError
from optlab.host import Host, load_plugins
from optlab.host.brought import experiment_files
from optlab.kit.finding import Finding, advice, wrong


def opens(host: Host, name: str, path: Path) -> Iterator[Finding]:
    """Its keys, components, values and lesson are such that it runs."""
    file = next(file for _, file in experiment_files(host.records) if file.stem == name)
    try:
        experiment = load_experiment(file, host.catalogue)
    except FieldError:  # it may use what another file of the folder adds
        host = load_plugins([path.parent], shipped_only=True)
        try:
            experiment = load_experiment(file, host.catalogue)
        except FieldError as error:
            yield wrong("opens", str(error))
            return
    try:
        check(experiment)
    except FieldError as error:
        yield wrong("can run", f"{file.name}: {error}")
        return
    yield from (advice("runs as meant", f"{file.name}: {words}") for words in notices(experiment))
