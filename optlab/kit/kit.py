"""One call checks a component or a whole plugin file, and makes a report of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from optlab.component import Component
from optlab.engine.catalogue import KINDS
from optlab.host import Host, load_plugins
from optlab.i18n import tr
from optlab.kit import experiments, exporters, general, optimizers, problems, schedules, text
from optlab.kit.against import equals_its_original, find_original
from optlab.kit.finding import WRONG, Finding, tried, wrong
from optlab.kit.views import check_views
from optlab.optimizer import Optimizer
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule, Schedule

DECISIVE = (
    optimizers.never_writes_grads, optimizers.moves_params_in_place, optimizers.same_again,
    problems.writes_loss_and_gradient, schedules.factors_have_the_shape_of_the_steps,
)  # fmt: skip


@dataclass
class Report:
    """What the kit found of one plugin."""

    path: str
    components: list[str] = field(default_factory=list)
    findings: list[tuple[str, Finding]] = field(default_factory=list)
    """Each with its component, such as `optimizer my_momentum`; with none where the plugin does not load."""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong; advice does not count."""
        return not self.wrong

    @property
    def wrong(self) -> list[tuple[str, Finding]]:
        """The findings that break the contract."""
        return [found for found in self.findings if found[1].level == WRONG]

    def plain(self) -> dict[str, Any]:
        """The report as tables, for JSON."""
        found = [{"component": c, "level": f.level, "claim": f.claim, "text": f.text} for c, f in self.findings]
        return {"path": self.path, "passed": self.passed, "components": self.components, "findings": found}


def check_path(path: Path, against: str = "", mapping: Mapping[str, str] | None = None) -> Report:
    """The report of a plugin file: it is imported beside the shipped ones, registered and tried out.

    `against` is the original of its optimizers, such as `torch:torch.optim.Adam`, and `mapping` our fields there.
    """
    host = load_plugins([path], shipped_only=True)
    mine = (record for record in reversed(host.records) if Path(record.path).resolve() == path.resolve())
    record = next(mine, None)  # none: a shipped view, which is not loaded without a window
    report = Report(str(path), list(record.adds) if record is not None else [])
    if record is not None and record.state != "on":
        report.findings.append(("", wrong("loads", record.error)))
        return report
    report.findings += [("", finding) for finding in tried("reads", text.read, path)]
    for added in list(report.components):
        kind, _, name = added.partition(" ")
        if kind in KINDS:
            report.findings += [(added, finding) for finding in check_component(host, kind, name, path)]
            if kind == "optimizer" and against:
                report.findings += [(added, finding) for finding in _compare(host, name, against, mapping or {})]
        elif kind == "experiment":
            report.findings += [(added, finding) for finding in tried("opens", experiments.opens, host, name, path)]
        elif kind == "exporter":
            report.findings += [(added, finding) for finding in check_exporter(host, host.exporters[name], path)]
    if "register_panels" in path.read_text("utf-8-sig"):
        views, found = check_views(path)
        report.components += views
        report.findings += found
    return report


def check_paths(paths: Sequence[Path], against: str = "", mapping: Mapping[str, str] | None = None) -> list[Report]:
    """The reports of several plugin files, which may also be in each other's way."""
    reports = [check_path(path, against, mapping) for path in paths]
    owners: dict[str, str] = {}
    for report in reports:
        for added in report.components:
            if added in owners and not added.startswith("experiment "):  # plugins of a folder bring the same
                words = tr("{file} has one of this name too: give one of them another", file=Path(owners[added]).name)
                report.findings.append((added, wrong("has a name of its own", words)))
            owners.setdefault(added, report.path)
    return reports


def _compare(host: Host, name: str, against: str, mapping: Mapping[str, str]) -> list[Finding]:
    cls = host.catalogue.find("optimizer", name, "")
    original = find_original(against, cls, mapping)  # type: ignore[arg-type]
    optimizer = host.catalogue.build("optimizer", {"name": name}, "optimizer")
    return tried("equals its original", equals_its_original, optimizer, original)


def check_exporter(host: Host, cls: Any, path: Path | None = None) -> list[Finding]:
    """Everything that the kit tries of an exporter."""
    taken = any(other is not cls and getattr(other, "name", "") == cls.name for other in host.exporters.values())
    found = tried("has a page", general.has_a_page, cls, cls.name, path)
    found += tried("has a name", general.has_a_name_of_its_own, cls, f"{cls.name}:2" if taken else cls.name, path)
    return found + tried("writes whole files", exporters.writes_whole_files, cls, host)


def check_component(host: Host, kind: str, name: str, path: Path | None = None) -> list[Finding]:
    """Everything that the kit tries of one registered component; `path` is the file that it is in."""
    cls = host.catalogue.find(kind, name, "")
    found = [f for check in general.CHECKS for f in tried(_claim(check), check, cls, name, path)]
    try:
        component: Component = host.catalogue.build(kind, {"name": name}, kind)
    except Exception as error:
        return [*found, wrong("is made with its defaults", str(error))]
    with np.errstate(all="ignore"):
        for check in _checks(component):
            more = tried(_claim(check), check, component)
            found += [finding for finding in more if finding.text not in {known.text for known in found}]
            if check in DECISIVE and any(finding.level == WRONG for finding in more):
                break  # the rest would say the same in other words
    return found


def _claim(check: Any) -> str:
    return str(check.__name__).replace("_", " ")


def _checks(component: Component) -> Iterator[Any]:
    if isinstance(component, Optimizer):
        yield from optimizers.CHECKS
    elif isinstance(component, ReactiveSchedule):
        yield from schedules.REACTIVE
    elif isinstance(component, Schedule):
        yield from schedules.CHECKS
    elif isinstance(component, Problem):
        yield from problems.CHECKS
