"""A worked step: the statements of an optimizer's rule with the numbers of one step filled in, and computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optlab.engine.replay import Moment
from optlab.engine.rule import Line, rule
from optlab.engine.sums import LOSS, Number, Sum, UnreadableError, at, spelt
from optlab.layout import Array
from optlab.optimizer import Optimizer

DECAY = "x ← x − lr · λ x"

CLOSE = 2e-5
"""How far, as a share of the change, a computed value may lie from what the step made of it: less than is shown."""


@dataclass(frozen=True)
class Spot:
    """The coordinate that is looked at, the part of all that is its layer, and how numbers are written."""

    place: int
    layer: slice
    written: Callable[[float], str]


def worked(
    page: str, moment: Moment, optimizer: Optimizer, names: Mapping[str, str], spot: Spot, decay: float = 0.0
) -> list[Line]:
    """The rule of a help page in one step, worked out for one coordinate.

    `names` has the letters of fields and slots; `decay` is the weight decay that the pipeline applies before the rule.
    Numbers are filled in only where they lead to what the step has made: a statement that does not, since something
    else went on, is told with its result alone.
    """
    work = _Work(moment, optimizer, names, spot)
    before = [work.decayed(decay)] if decay else []
    return work.lines(before, rule(page, optimizer, moment.t))


class _Work:
    def __init__(self, moment: Moment, optimizer: Optimizer, names: Mapping[str, str], spot: Spot) -> None:
        self._spot = spot
        self._names = {key: spelt(letter) for key, letter in names.items()}
        size = len(moment.grads)
        self._before, self._after = (self._slots(arrays, size) for arrays in (moment.before, moment.after))
        fields = {self._names.get(key, key): value for key, value in _numbers(optimizer, moment).items()}
        held: dict[str, Number] = {"t": moment.t, "lr": moment.lr, "g": moment.grads, LOSS: moment.loss}
        base = {"lr₀": optimizer.lr} if hasattr(optimizer, "lr") else {}
        self._known: dict[str, Number] = {**self._before, **fields, **held, **base}
        self._real = moment.grads.dtype

    def _slots(self, arrays: Mapping[str, Array], size: int) -> dict[str, Array | float]:
        found: dict[str, Array | float] = {}
        for name, array in arrays.items():
            letter = self._names.get(name, name)
            if array.shape == (size,):
                found[letter] = array
            elif array.size == 1:
                found[letter] = float(array.ravel()[0])
        return found

    def decayed(self, decay: float) -> "_Done":
        """The decay that comes before the rule, which may have a λ of its own."""
        known, self._known = self._known, {**self._known, "λ": decay}
        done = self._line(Line(DECAY), ends=False)
        self._known = {**known, "x": self._known["x"]}
        return done

    def lines(self, before: "list[_Done]", found: list[Line]) -> list[Line]:
        """`found` with numbers, behind what was done before."""
        last = {line.left: k for k, line in enumerate(found) if line.assigns and line.computes}
        done = [*before]
        for k, line in enumerate(found):
            ends = line.left in self._after and (last.get(line.left) == k or line.fits)
            each = self._line(line, ends) if line.computes else _Done(line, shown=True)
            done.append(each if each.proved or last.get(line.left) == k else replace(each, shown=not line.computes))
        proved = {each.line.left for each in done if each.proved}
        return self._shown([d for d in done if d.proved or not (d.line.fits and d.line.left in proved)])

    def _line(self, line: Line, ends: bool) -> "_Done":
        value, words = self._computed(line)
        name, real = line.left, self._after.get(line.left)
        proved = ends and self._is(value, name)
        unknown = ends and real is not None and not proved and (value is None or not self._still(name))
        if unknown:
            value, words = real, ""
        if not line.fits or proved:
            self._known[name] = value
        result = None if value is None else at(value, self._spot.place)
        return _Done(replace(line, filled=words, result=result), proved, shown=unknown)

    def _computed(self, line: Line) -> tuple[Number, str]:
        try:
            found = Sum(line.right, self._known, self._spot.place, self._spot.layer, self._spot.written)
        except (UnreadableError, TypeError, ValueError):  # max of one, say, or a number times a vector
            return None, ""
        return found.value, found.words if found.value is not None else ""

    def _still(self, name: str) -> bool:
        """Whether a slot was left alone: with these options it is not in use."""
        before, after = np.asarray(self._before.get(name)), np.asarray(self._after[name])
        return name != "x" and bool(np.array_equal(before, after))

    def _is(self, value: Number, name: str) -> bool:
        """Whether a computed value is what the step made of a letter, as a share of the change."""
        if value is None:
            return False
        new, old = (at(each.get(name, 0.0), self._spot.place) for each in (self._after, self._before))
        got, least = at(value, self._spot.place), 4 * np.finfo(self._real).eps * max(abs(new), abs(old))
        return bool(abs(got - new) <= CLOSE * abs(new - old) + least or (np.isnan(got) and np.isnan(new)))

    def _shown(self, done: "list[_Done]") -> list[Line]:
        """The lines, with numbers in those that are proved and in those that these rest upon."""
        needed: set[str] = set()
        lines = []
        for each in reversed(done):
            line = each.line
            if each.proved or (line.left in needed and not each.shown):
                needed |= line.letters
                lines.append(line)
            else:
                lines.append(line if each.shown else replace(line, filled="", result=None))
        return lines[::-1]


@dataclass(frozen=True)
class _Done:
    line: Line
    proved: bool = False
    shown: bool = False
    """Whether its result is what the step has made, whatever led to it."""


def _numbers(optimizer: Optimizer, moment: Moment) -> dict[str, float]:
    """The fields that are numbers, as they were in this step."""
    values = {key: getattr(optimizer, key) for key in optimizer.fields() if key != "lr"}
    return {k: v for k, v in values.items() if isinstance(v, int | float) and not isinstance(v, bool)} | moment.fields
