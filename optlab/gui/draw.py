"""From histories to records that plots draw: loss, learning rate, norms by layer, trajectories."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, inf

import numpy as np

from optlab.engine.session import Entry
from optlab.engine.stability import edge
from optlab.gui.desk import Desk
from optlab.gui.plots.contour import Trajectory
from optlab.gui.plots.curves import Band, Curve, Line, Mark
from optlab.gui.plots.decimate import squeezed, zigzag
from optlab.gui.plots.smooth import smooth
from optlab.gui.words import label_at, readable
from optlab.i18n import tr, tr_key
from optlab.landscape import Landscape
from optlab.layout import Array

Span = tuple[float, float]

DOTS = (1.0, 1.6)
"""Dashes of what is told of the points kept for the test, shorter than those of any run."""


def groups(desk: Desk) -> list[list[Entry]]:
    """Visible runs by trial: several seeds of one trial are drawn together, and no ghost with what came after it."""
    found: dict[tuple[str, int, bool], list[Entry]] = {}
    for entry in desk.visible:
        found.setdefault((entry.run.label, entry.colour, entry.ghost), []).append(entry)
    return list(found.values())


def loss_curves(
    desk: Desk, span: Span, buckets: int, log: bool, against: str = "step", only: Entry | None = None
) -> tuple[list[Curve], list[Band]]:
    """The raw loss faint and the smoothed one strong; several seeds as their median with a band and thin members.

    `against` is the series along x: `step`, or `evaluations`, which is fair to methods that evaluate more than once.
    With `only` it is the loss of this run alone.
    """
    curves: list[Curve] = []
    bands: list[Band] = []
    for members in groups(desk) if only is None else [[only]]:
        look = desk.look(members[0])
        found = [(entry, *_read(desk, entry, ["loss", against], span, buckets)) for entry in members]
        known = [(entry, hi[:, 1], lo[:, 0], hi[:, 0]) for entry, x, lo, hi in found if len(x)]
        if not known:
            continue
        thin = 0.45 if len(known) == 1 else 0.3
        for entry, x, lo, hi in known:
            name = tr("{run}, as recorded", run=entry.name)
            curves.append(Curve(*zigzag(x, lo, hi), look.colour, (), 1.0, thin, name=name))
        read = [each for _, *each in known]
        x = max((x for x, _, _ in read), key=len)
        middle = _aligned([_middle(lo, hi, log) for _, lo, hi in read], len(x))
        if len(read) > 1:
            least, most = np.fmin.reduce(middle), np.fmax.reduce(middle)
            bands.append(Band(x, least, most, look.colour, members[0].run.label))
        label = members[0].run.label + look.label.removeprefix(members[0].name) if len(read) > 1 else look.label
        typical = _median(middle) if len(read) > 1 else middle[0]
        name = tr("{run}, median", run=label) if len(read) > 1 else label
        y = smooth(typical, _strength(desk, x), log)
        curves.append(Curve(x, y, look.colour, look.dash, 2.0, 1.0, label, smoothed_name(desk, x, name)))
    return curves, bands


def score_curves(desk: Desk, name: str, test: bool = False) -> list[Curve]:
    """A score of every visible run as far as it is measured, that of the points kept for the test dotted."""
    curves = []
    for entry in desk.visible:
        steps, values = desk.lookout.series(entry, name)
        if len(steps):
            look = desk.look(entry)
            label = tr("{run} · test", run=entry.name) if test else look.label
            dash, width = (DOTS, 1.6) if test else (look.dash, 2.0)
            curves.append(Curve(steps, values[:, 0], look.colour, dash, width, 1.0, label))
    return curves


def track_names(desk: Desk) -> dict[str, str]:
    """What problems record beside the loss, and how it is called; where a landscape's run stands is drawn there."""
    found: dict[str, str] = {}
    for entry in desk.visible:
        problem = entry.run.trial.problem
        if not isinstance(problem, Landscape):
            found |= {name: tr_key(f"{problem.name}.track.{name}", readable(name)) for name in entry.run.tracks}
    return found


def track_curves(desk: Desk, name: str, span: Span, buckets: int, test: bool = False) -> list[Curve]:
    """What the visible runs record under a name, dotted where it is of points kept for the test."""
    curves = []
    for entry in desk.visible:
        if name in entry.run.tracks:
            x, values = middle(desk, entry, [name], span, buckets)
            look = desk.look(entry)
            label = tr("{run} · test", run=entry.name) if test else look.label
            dash, width = (DOTS, 1.6) if test else (look.dash, 2.0)
            curves.append(Curve(x, values[:, 0], look.colour, dash, width, 1.0, label))
    return curves


def is_negative(desk: Desk) -> bool:
    """Whether the loss of a visible run has been below zero, where no logarithm shows it."""
    found = [desk.series(entry) for entry in desk.visible]
    for series in found:
        series.update()
    return any(series.least("loss") < 0 for series in found)


def scheduled_fields(desk: Desk) -> dict[str, str]:
    """The labels of the fields that schedules move beside lr, by their columns."""
    return {path: label_at(entry.run.trial, path) for entry in desk.visible for path in entry.run.scheduled}


def rate_curves(desk: Desk, span: Span, buckets: int, name: str = "lr") -> tuple[list[Curve], list[Mark]]:
    """The learning rate of each trial, or a field that moves beside it; one curve where they are all the same."""
    found: list[tuple[Entry, Array, Array]] = []
    marks = []
    for members in groups(desk):
        x, lo, hi = _read(desk, members[0], [name], span, buckets)
        if len(x):
            steps, rates = zigzag(x, lo[:, 0], hi[:, 0])
            found.append((members[0], steps, rates))
        changes = [e for e in members[0].run.events if e.field == name]
        colour = desk.look(members[0]).colour
        marks += [Mark(e.t, f"{name} {e.value:g}", colour) for e in changes if not e.reason]
        marks += [Mark(e.t, f"{e.value:.3g}", colour, e.value, e.reason) for e in changes if e.reason]
    same = len(found) > 1 and all(np.array_equal(y, found[0][2], equal_nan=True) for _, _, y in found[1:])
    if same:
        _, x, y = found[0]
        return [Curve(x, y, desk.theme.text, (), 2.0, 1.0, tr("all {n}", n=len(found)))], marks
    looks = [desk.look(entry) for entry, _, _ in found]
    return [
        Curve(x, y, look.colour, look.dash, 2.0, 1.0, entry.run.label)
        for look, (entry, x, y) in zip(looks, found, strict=True)
    ], marks


def cut_marks(desk: Desk) -> list[Mark]:
    """Where schedules cut the learning rate of the first run of each trial, and why, for the foot of a plot."""
    return [
        Mark(event.t, "", desk.look(members[0]).colour, -inf, f"{members[0].run.label}: {event.reason}")
        for members in groups(desk)
        for event in members[0].run.events
        if event.reason
    ]


def middle(desk: Desk, entry: Entry, names: list[str], span: Span, buckets: int) -> tuple[Array, Array]:
    """Steps `(n,)` and values `(n, S)` of recorded series: the geometric middle of each bucket."""
    x, lo, hi = _read(desk, entry, names, span, buckets)
    return x, _middle(lo, hi, True)


def smoothed(desk: Desk, x: Array, values: Array) -> Array:
    """Values `(n, S)` as the slider smooths them, on their logarithms."""
    return smooth(values, _strength(desk, x), log=True)


def smoothed_name(desk: Desk, x: Array, name: str) -> str:
    """What tables call a curve at `x` that the slider smooths."""
    return tr("{run}, smoothed", run=name) if _strength(desk, x) else name


def sharpness_curves(desk: Desk, span: Span, buckets: int, ratio: bool = False) -> tuple[list[Curve], list[str]]:
    """The sharpness of each visible run as far as it is known, and its bound as a thin line, or the one over the other.

    And the optimizers whose bound nobody knows.
    """
    curves, bounds, without = list[Curve](), list[Curve](), dict[str, None]()
    for entry in desk.visible:
        steps, found = desk.lookout.series(entry, "sharpness")
        values = found[:, 0] if len(steps) else np.empty(0)
        look, bound = desk.look(entry), _bound(desk, entry, span, buckets)
        if bound is None:
            without[entry.run.trial.optimizer.heading()] = None
        elif len(bound[0]):
            label = tr("bound {value}", value=f"{bound[1][-1]:.3g}")
            name = tr("{run}, bound", run=entry.name)
            bounds.append(Curve(*bound, look.colour, (), 1.0, 0.9, label, name))
        if ratio:
            values = values / np.interp(steps, *bound) if bound and len(bound[0]) else np.full(len(steps), np.nan)
        curves.append(Curve(steps, values, look.colour, look.dash, 2.0, 1.0, entry.name))
    if len({(*bound.y.tolist(),) for bound in bounds}) == 1 < len(bounds):
        bounds = [replace(bounds[0], colour=desk.theme.text)]
    return curves if ratio else [*curves, *bounds], list(without)


def _bound(desk: Desk, entry: Entry, span: Span, buckets: int) -> tuple[Array, Array] | None:
    """Steps and the largest stable curvature of a run at its learning rates; None where no bound is known."""
    names = ["lr", *(path for path in entry.run.scheduled if path.startswith("optimizer."))]
    x, lo, hi = _read(desk, entry, names, span, buckets)
    known = np.isfinite(hi).all(axis=1)  # the last row is a step that was not taken
    x, middle = x[known], _middle(lo, hi, log=False)[known]
    bound = edge(entry.run.trial, middle[:, 0], dict(zip(names[1:], middle.T[1:], strict=True)))
    if bound is None:
        return None
    limited = np.isfinite(bound)
    return x[limited], bound[limited]


def trajectories(desk: Desk, ground: Landscape, buckets: int = 4000, only: Entry | None = None) -> list[Trajectory]:
    """Where each visible run on this kind of landscape went, or one alone; a long way in `buckets` points."""
    ways, names = [], ground.tracks()
    for entry in desk.visible if only is None else [only]:
        series = desk.series(entry)
        series.update()
        elsewhere = type(entry.run.trial.problem) is not type(ground)  # an earlier step of a lesson, say
        if elsewhere or not series.count or any(name not in entry.run.history.index for name in names):
            continue
        steps, x, y = series.trail(list(names[:2]), buckets).T
        look = desk.look(entry)
        ways.append(Trajectory(steps, x, y, look.colour, look.dash, look.label))
    return ways


def chance_lines(desk: Desk) -> list[Line]:
    """The loss of guessing, where all visible runs share it."""
    found = {entry.run.trial.problem.chance() for entry in desk.visible}
    lines = [chance for chance in found if chance is not None]
    return [Line(value, tr("chance, {words}", words=words)) for words, value in lines] if len(found) == 1 else []


def _read(desk: Desk, entry: Entry, names: list[str], span: Span, buckets: int) -> tuple[Array, Array, Array]:
    series = desk.series(entry)
    series.update()
    known = [name for name in names if name in entry.run.history.index]
    if len(known) < len(names):
        return np.empty(0), np.empty((0, len(names))), np.empty((0, len(names)))
    return series.read(names, series.span(*span), buckets)


def _middle(lo: Array, hi: Array, log: bool) -> Array:
    with np.errstate(all="ignore"):
        return np.sqrt(lo) * np.sqrt(hi) if log else (lo + hi) / 2


def _aligned(rows: list[Array], length: int) -> Array:
    """Members of one trial side by side; one that ended early is blank behind its end."""
    table = np.full((len(rows), length), np.nan)
    for row, values in zip(table, rows, strict=True):
        row[: min(length, len(values))] = values[:length]
    return table


def _median(rows: Array) -> Array:
    """The median down the rows, of those that know a value."""
    known = ~np.isnan(rows).all(axis=0)
    median = np.full(rows.shape[1], np.nan)
    median[known] = np.nanmedian(rows[:, known], axis=0)
    return median


def _strength(desk: Desk, x: Array) -> float:
    """The weight of what came before, by points: the slider means a share of the run, whatever is zoomed into."""
    if len(x) < 2 or desk.smoothing <= 0:
        return 0.0
    window = desk.reach * 0.1 * desk.smoothing**3
    each = float(x[-1] - x[0]) / (len(x) - 1)
    return exp(-each / window) if window > 0.2 * each else 0.0


def distance_curves(ways: Sequence[Trajectory], minima: Sequence[tuple[float, ...]], buckets: int = 400) -> list[Curve]:
    """How far each run is from the nearest known minimum."""
    if not minima:
        return []
    curves = []
    for way in ways:
        far = np.array([np.hypot(way.x - m[0], way.y - m[1]) for m in minima]).min(axis=0)
        curves.append(Curve(*squeezed(way.steps, far, buckets), way.colour, way.dash, 2.0, 1.0, way.label))
    return curves
