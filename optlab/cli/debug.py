"""`optlab plugins debug`: a plugin in an experiment, in this terminal and one thread: print and breakpoint work."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from optlab.cli.plugins import find_plugin
from optlab.cli.running import load_experiment
from optlab.cli.summary import BAD
from optlab.cli.terminal import complain, say
from optlab.engine.catalogue import KINDS
from optlab.engine.headless import compute
from optlab.engine.planning import plan
from optlab.engine.run import Run
from optlab.engine.session import check
from optlab.engine.spec import Experiment
from optlab.host import Host, load_plugins
from optlab.host.record import PluginRecord
from optlab.i18n import tr


def debug(file: Path, experiment: str, sets: Sequence[str] = ()) -> int:
    """Run `experiment` with the plugin's components in it; 1 where a run failed, with the lines that it passed."""
    host = load_plugins([find_plugin(file)], shipped_only=True)
    record = next(r for r in reversed(host.records) if r.origin == "--plugin")
    if record.state != "on":
        complain(record.error)
        say(record.traceback)
        return 1
    spec = with_plugin(load_experiment(experiment, sets, host), host, record)
    check(spec)
    batches = plan(spec)
    finished = compute(batches)
    runs = [run for batch in batches for run in batch.runs]
    order = {(t.label, seed): k for k, (t, seed) in enumerate(product(spec.trials, spec.seeds))}
    for run in sorted(runs, key=lambda run: order[run.label, run.seed]):
        say(_result(run))
    return 130 if not finished else int(any(run.status in BAD for run in runs))


def with_plugin(experiment: Experiment, host: Host, record: PluginRecord) -> Experiment:
    """The experiment itself where a trial of it uses the plugin, else one trial: its base with the plugin's first."""
    used = {type(trial.part(kind)) for trial in experiment.trials for kind in KINDS}
    if used & set(record.classes):
        return experiment
    base = experiment.base
    for kind, name in reversed([added.split(" ", 1) for added in record.adds]):
        if kind in KINDS:
            base = base.with_part(kind, host.catalogue.build(kind, {"name": name}, kind))
    return replace(experiment, base=base, trials=(replace(base, label=record.name),))


def _result(run: Run) -> str:
    last = tr("{run} · seed {seed}: {message}, loss {loss}", run=run.label, seed=run.seed,
              message=run.message or run.status, loss=f"{run.at(run.count - 1, 'loss'):.6g}")  # fmt: skip
    return f"{last}\n{run.details}".rstrip()
