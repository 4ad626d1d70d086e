"""What networks answer, as records that plots draw: the plane of two inputs, a fitted curve, a sample of images."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np

from optlab import nets
from optlab.engine import faults
from optlab.engine.asked import AGAIN, ask, grid, subject
from optlab.engine.inside import Inside
from optlab.engine.session import Entry
from optlab.gui.desk import Desk
from optlab.gui.plots.axis import reading
from optlab.gui.plots.fit import Dots
from optlab.gui.plots.images import Tile
from optlab.gui.plots.plane import Ground, Points
from optlab.gui.plots.ranges import Span
from optlab.i18n import tr
from optlab.layout import Array
from optlab.net_problem import DataProblem

COARSE, FINE = 32, 96
"""Cells a side of a plane while runs go, and when they stand."""

EFFORTS = {COARSE: 2e8, FINE: 4e9}
"""Multiplications of one look: a network that needs more of them is seen in fewer cells, and judged by fewer points."""

LINE_POINTS = 241
TILES = 60

KEPT = 48
"""Answers kept, so that the step slider goes back and forth without asking again."""

T = TypeVar("T")
View = tuple[Span, Span]
Answer = tuple[int, Array]
"""A step and the outputs `(N, out)` there."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What of one run can be drawn: its subject, its problem and at most 512 points of its data of each kind."""

    subject: str
    problem: DataProblem
    data: nets.Data
    brief: bool = False
    """Whether notes are as short as they can be: beside others, where the step stands elsewhere."""

    @cached_property
    def net(self) -> nets.Net:
        return self.problem.network()

    @cached_property
    def size(self) -> int:
        """Parameters of the network, which lays itself out anew when it is asked."""
        return self.net.layout.size

    @cached_property
    def judged(self) -> tuple[Array, Array]:
        """Points by which the network is judged: of those kept for the test, or learned from where none are."""
        most = max(TILES, int(EFFORTS[COARSE] / (4 * self.size)))
        data = nets.thinned(self.data, min(most, nets.POINTS))
        return (data.x, data.y) if data.test_x is None or data.test_y is None else (data.test_x, data.test_y)

    def cells(self, most: int) -> int:
        """Cells a side of a plane, `most` of them where the network is not too large."""
        return max(8, min(most, int((EFFORTS[most] / (2 * self.size)) ** 0.5)))

    @cached_property
    def places(self) -> Array:
        """Where all points lie, `(N, 1)` or `(N, 2)`."""
        both = self.data.x if self.data.test_x is None else np.concatenate((self.data.x, self.data.test_x))
        return self.problem.places(both)

    @cached_property
    def targets(self) -> Array:
        """The targets of all points: class numbers `(N,)`, or values `(N,)`."""
        y = self.data.y if self.data.test_y is None else np.concatenate((self.data.y, self.data.test_y))
        return nets.class_numbers(y) if self.net.counts_right else np.asarray(y, float).reshape(len(y), -1)[:, 0]

    @cached_property
    def test(self) -> Array:
        """Which points are kept for the test."""
        return np.arange(len(self.places)) >= len(self.data.x)

    @property
    def span(self) -> Span | None:
        """The least and the largest target, where targets are values."""
        return None if self.net.counts_right else (float(self.targets.min()), float(self.targets.max()))

    @cached_property
    def points(self) -> Points:
        """The data in a plane."""
        if self.span is not None:
            return Points(self.places, valued(self.targets, self.span), self.test)
        shares = np.eye(max(2, int(self.targets.max()) + 1))[self.targets].T
        return Points(self.places, shares, self.test)

    @cached_property
    def dots(self) -> tuple[Dots, ...]:
        """The data along a line."""
        x, y = self.places[:, 0], self.targets.astype(float)
        return tuple(Dots(x[kind], y[kind], hollow) for kind, hollow in ((~self.test, False), (self.test, True)))

    def scored(self, t: int, outputs: Array) -> str:
        """A step, and how well the judged points are answered."""
        scores = self.net.scores(outputs[None], self.judged[1])
        test = self.data.test_x is not None
        step = f"{t:,}".replace(",", "\u2009")
        if self.brief:
            return self._scored_briefly(scores)
        if "accuracy" in scores and self.subject != AGAIN:
            share = f"{float(scores['accuracy'][0]):.1%}"
            if test:
                return tr("step {step} · test accuracy {share}", step=step, share=share)
            return tr("step {step} · accuracy {share}", step=step, share=share)
        loss = reading(float(scores["loss"][0]))
        return tr("step {step} · test loss {loss}", step=step, loss=loss) if test else tr(
            "step {step} · loss {loss}", step=step, loss=loss)  # fmt: skip

    def _scored_briefly(self, scores: Mapping[str, Array]) -> str:
        if "accuracy" in scores and self.subject != AGAIN:
            return tr("accuracy {share}", share=f"{float(scores['accuracy'][0]):.1%}")
        return tr("loss {loss}", loss=reading(float(scores["loss"][0])))


def valued(values: Array, span: Span) -> Array:
    """Values as shares `(2, …)` of the two ends of a span."""
    part = np.clip((values - span[0]) / ((span[1] - span[0]) or 1.0), 0.0, 1.0)
    return np.stack((1 - part, part))


def drawable(desk: Desk) -> bool:
    """Whether the answers of the selected run can be drawn, or may be those of the form where nothing has run."""
    entry = desk.selected
    if entry is None:
        return isinstance(desk.document.part("problem"), DataProblem)
    try:
        return bool(subject(entry.run.trial.problem, desk.inside(entry).data))
    except faults.RAISED:  # a plugin's own code: its run says what is wrong
        return True


class Answers:
    """Asks the lookout on behalf of a view; what was asked before is known. What a plugin raises passes."""

    def __init__(self, desk: Desk, brief: bool = False) -> None:
        self._desk, self._brief = desk, brief
        self._scenes: dict[int, Scene | None] = {}
        self._known: OrderedDict[tuple[int, Hashable, Hashable, int], Answer] = OrderedDict()
        self._made: dict[tuple[int, Hashable], tuple[Answer, Any]] = {}

    def scene(self, entry: Entry) -> Scene | None:
        """What can be drawn of a run; None where nothing can."""
        if entry.key not in self._scenes:
            inside = self._desk.inside(entry)
            problem, word = inside.problem, subject(inside.problem, inside.data)
            self._scenes[entry.key] = None
            if isinstance(problem, DataProblem) and word:
                self._scenes[entry.key] = Scene(word, problem, nets.thinned(inside.data), self._brief)
        return self._scenes[entry.key]

    def plane(self, entry: Entry, scene: Scene, view: View) -> tuple[Ground, str] | None:
        """The answers over a part of the plane and a note: coarse ones first, fine ones when runs stand."""
        found, new = self._ask(entry, COARSE, view, partial(_plane_inputs, scene, view, scene.cells(COARSE)))
        if new and not self._desk.going and scene.cells(FINE) > scene.cells(COARSE):
            fine, new = self._ask(entry, FINE, view, partial(_plane_inputs, scene, view, scene.cells(FINE)))
            found = fine if new else found
        return self._once(entry, view, found, partial(_ground, scene, view))

    def curve(self, entry: Entry, scene: Scene, span: Span) -> tuple[Array, Array, str] | None:
        """The fitted values `(n,)` at places `(n,)` over a span, and a note."""
        found, _ = self._ask(entry, "curve", span, partial(_line_inputs, scene, span))
        return self._once(entry, span, found, partial(_curve, scene, span))

    def tiles(self, entry: Entry, scene: Scene, worst: bool) -> tuple[Sequence[Tile], str] | None:
        """A sample of the images and a note: the worst ones first, or as they come."""
        found, _ = self._ask(entry, "sample", None, lambda: scene.judged[0])
        return self._once(entry, worst, found, partial(_tiles, scene, worst))

    def forget(self) -> None:
        """Drop what is known of runs that are gone."""
        keys = {entry.key for entry in self._desk.entries}
        self._scenes = {key: scene for key, scene in self._scenes.items() if key in keys}
        self._made = {key: made for key, made in self._made.items() if key[0] in keys}
        for known in [known for known in self._known if known[0] not in keys]:
            del self._known[known]

    def _ask(
        self, entry: Entry, name: Hashable, what: Hashable, inputs: Callable[[], Array]
    ) -> tuple[Answer | None, bool]:
        """The answer at the cursor's step, or the one of before while that is asked; whether it is the wanted one."""
        t = self._desk.inside(entry).found(self._desk.cursor)
        if t is None:
            return None, False
        if (answer := self._known.get((entry.key, name, what, t))) is not None:
            return answer, True
        version = what, t
        found = self._desk.lookout.ask(entry, name, version, partial(_look, version, inputs))
        if found is None:
            return None, False
        asked, (at, outputs) = found
        answer = self._known.setdefault((entry.key, name, asked[0], at), (at, outputs))
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return (answer, asked == version) if asked[0] == what else (None, False)

    def _once(self, entry: Entry, what: Hashable, answer: Answer | None, make: Callable[[int, Array], T]) -> T | None:
        """What was made of the same answer before, or is made now."""
        if answer is None:
            return None
        kept = self._made.get((entry.key, what))
        if kept is None or kept[0] is not answer:
            kept = self._made[entry.key, what] = answer, make(*answer)
        made: T = kept[1]
        return made


def _look(
    version: tuple[Hashable, int], inputs: Callable[[], Array], inside: Inside
) -> tuple[tuple[Any, Answer] | None, bool]:
    found = ask(inside, version[1], inputs())
    return (None if found is None else (version, found)), True


def _plane_inputs(scene: Scene, view: View, n: int) -> Array:
    return np.concatenate((scene.problem.inputs_at(grid(*view, n)), scene.judged[0]))


def _line_inputs(scene: Scene, span: Span) -> Array:
    return np.concatenate((scene.problem.inputs_at(np.linspace(*span, LINE_POINTS)[:, None]), scene.judged[0]))


def _ground(scene: Scene, view: View, t: int, outputs: Array) -> tuple[Ground, str]:
    cells = outputs[: len(outputs) - len(scene.judged[0])]
    n = round(len(cells) ** 0.5)
    found, span = nets.class_shares(scene.net, cells), scene.span
    if found is None:
        assert span is not None
        shares = valued(nets.answers(scene.net, cells)[:, 0], span)
    else:
        shares, span = found.T, None
    return Ground(shares.reshape(-1, n, n), *view, span), scene.scored(t, outputs[len(cells) :])


def _curve(scene: Scene, span: Span, t: int, outputs: Array) -> tuple[Array, Array, str]:
    y = nets.answers(scene.net, outputs[:LINE_POINTS])[:, 0]
    return np.linspace(*span, LINE_POINTS), y, scene.scored(t, outputs[LINE_POINTS:])


def _tiles(scene: Scene, worst: bool, t: int, outputs: Array) -> tuple[Sequence[Tile], str]:
    x, y = scene.judged
    note, shape = scene.scored(t, outputs), scene.problem.image
    assert shape is not None
    images = np.asarray(x, float).reshape(len(x), *shape)
    low, high = min(0.0, float(images.min())), float(images.max()) or 1.0
    greys = (images - low) / (high - low)
    if scene.subject == AGAIN:
        said = nets.answers(scene.net, outputs).reshape(images.shape)
        errors = np.square(said - images).mean(axis=(1, 2))
        order = np.argsort(-errors, kind="stable")[:TILES] if worst else np.arange(min(TILES, len(x)))
        return [Tile((greys[k], (said[k] - low) / (high - low)), f"{errors[k]:.2g}") for k in order.tolist()], note
    shares, true = nets.class_shares(scene.net, outputs), nets.class_numbers(y)
    assert shares is not None
    sure = shares[np.arange(len(x)), true]
    order = np.argsort(sure, kind="stable")[:TILES] if worst else np.arange(min(TILES, len(x)))
    return [_tile(greys[k], shares[k], int(true[k])) for k in order.tolist()], note


def _tile(image: Array, shares: Array, true: int) -> Tile:
    likely = np.argsort(-shares)[:3].tolist()
    said = likely[0]
    text = f"{said} · {shares[said]:.0%}" if said == true else f"{said} ≠ {true} · {shares[said]:.0%}"
    head = tr("class {k}", k=true)
    return Tile((image,), text, said == true, head, tuple((str(k), f"{shares[k]:.1%}") for k in likely))
