"""What the kit tries of an exporter: files of one run and of several that are unlike, in a folder of their own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optlab.atomic import ExportError
from optlab.engine.experiment_file import build_experiment
from optlab.host import Host
from optlab.i18n import tr
from optlab.kit.finding import Finding, note, wrong
from optlab.lab import Result, run
from optlab.store.exporting import export_runs

SPIRALS = {"problem": {"name": "spirals", "hidden": 2, "width": 4}, "optimizer": {"name": "adam"}}
LANDSCAPE = {"problem": {"name": "sphere"}, "optimizer": {"name": "sgd"}}
DIVERGING = {"problem": {"name": "rosenbrock"}, "optimizer": {"name": "sgd", "lr": 10.0}}


def _kinds() -> dict[str, list[dict[str, Any]]]:
    """Runs whose layers, columns, lengths and names differ."""
    return {
        tr("one run of a landscape"): [LANDSCAPE],
        tr("a network and a landscape"): [SPIRALS, LANDSCAPE],
        tr("a run that diverged"): [DIVERGING],
        tr("names in other letters"): [{"label": "Läufe, “1/2”; 梯度", **SPIRALS}],
    }


def writes_whole_files(cls: Any, host: Host) -> Iterator[Finding]:
    """Runs of any kind, long or short, become one file where it was asked for."""
    with tempfile.TemporaryDirectory(prefix="optlab-kit-") as folder:
        for number, (kind, trials) in enumerate(_kinds().items()):
            runs = recorded(host, trials)
            before = [run.column("loss") for run in runs]
            path = Path(folder) / f"{number}{cls.suffix}"
            try:
                export_runs(cls, runs, path)
            except ExportError as error:
                text = str(error).removeprefix(f"{path}: ")
                yield wrong("writes whole files", f"{kind}: {text}")
                return
            if any((old != new).any() for old, new in zip(before, (r.column("loss") for r in runs), strict=True)):
                yield wrong("leaves runs alone", tr("export changes what the runs recorded"))
            if others := sorted({p.name for p in Path(folder).iterdir()} - {f"{k}{cls.suffix}" for k in range(9)}):
                yield wrong("writes one file", tr("export writes {names} beside path", names=", ".join(others)))
                return
            if number == 0:
                yield note("size", tr("{n} bytes for one run of 20 steps", n=path.stat().st_size))


def recorded(host: Host, trials: list[dict[str, Any]]) -> list[Result]:
    """Runs of 20 steps of these trials, each with what an exporter may ask it for."""
    tables = [{"label": f"trial {k}", **trial} for k, trial in enumerate(trials)]
    base = {kind: tables[0][kind] for kind in ("problem", "optimizer")}
    experiment = build_experiment({**base, "steps": 20, "trial": tables}, host.catalogue)
    return list(run(experiment, host=host))
