"""The rule of an optimizer: the statements of its docstring that hold with its options, in the order of their use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from optlab.engine.statements import lines, parts, table
from optlab.engine.sums import NAME, spelt
from optlab.optimizer import Optimizer

STATEMENT = re.compile(rf"(?:(?P<caption>.*?[:：]) *)?(?P<text>{NAME} [←=] .+)")
WORDS = re.compile(r"\S+(?: \S+)*")
OTHER = re.compile(r".+[:：].*[+−·/]")
"""Arithmetic of another case."""
COLONS = (":", "：")
LETTER = re.compile(r"[A-Za-zα-ωΛℓ][₀-₉ₛ]*")


@dataclass(frozen=True)
class Line:
    """One statement of the rule in one step."""

    text: str
    """The statement, or a line of the docstring that is none."""
    note: str = ""
    """What the docstring adds to it in words."""
    aside: bool = False
    """It holds in other cases, and is only shown."""
    fits: bool = False
    """It holds where it leads to what the step has made."""
    filled: str = ""
    """Its right side with numbers in the place of letters; empty where not all of them are known."""
    result: float | None = None
    """What its left side is after it, at the coordinate."""

    @property
    def left(self) -> str:
        """The letter that it gives a value."""
        return spelt(re.split(" [←=] ", self.text)[0]).removesuffix("_l")

    @property
    def right(self) -> str:
        """What it says of it."""
        return re.split(" [←=] ", self.text, maxsplit=1)[-1]

    @property
    def letters(self) -> set[str]:
        """The letters on its right side."""
        return {name.removesuffix("_l") for name in re.findall(NAME, spelt(self.right))}

    @property
    def assigns(self) -> bool:
        """Whether it changes what is remembered."""
        return " ← " in self.text

    @property
    def computes(self) -> bool:
        """Whether it is a statement, and holds here."""
        return not self.aside and (self.assigns or " = " in self.text)


def rule(page: str, optimizer: Optimizer, t: int) -> list[Line]:
    """The statements of a help page that hold with these options at step t; what is used is told before."""
    when = table()["when"].get(optimizer.name, {})
    found: list[Line] = []
    for line in lines(page):
        new = _lines(line, when, optimizer, t)
        again = {each.text for each in new} & {*when}
        found = [each for each in found if each.text not in again] + new
    for text in table()["more"].get(optimizer.name, ()):
        if text not in when or _holds(when[text], optimizer, t):
            found.append(Line(text))
    return _ordered(found)


def _ordered(found: list[Line]) -> list[Line]:
    """With the definitions that follow their use put before it."""
    for line in [line for line in found if line.computes and not line.assigns]:
        place = found.index(line)
        first = next((k for k, other in enumerate(found[:place]) if line.left in other.letters), place)
        if all(other.left != line.left for other in found[:place]):
            found.insert(first, found.pop(place))
    return found


def _lines(line: str, when: Mapping[str, Any], optimizer: Optimizer, t: int) -> list[Line]:
    found: list[Line] = []
    caption, seen = "", False
    for piece in (piece for cell in WORDS.findall(line) for piece in _pieces(cell)):
        before, text, after = _statement(piece)
        if not text and piece.endswith(COLONS):
            caption = piece  # of all that follows in the line
        elif not text and found and not OTHER.match(piece):
            piece = piece.replace("`", "")
            found[-1] = replace(found[-1], note=", ".join(filter(None, (found[-1].note, piece))))
        elif text in when:
            seen = True
            if _holds(when[text], optimizer, t):
                found.append(Line(text, after, fits=bool(when[text].get("fits"))))
        elif text:
            seen = True
            words = (before or caption).rstrip("".join(COLONS))
            found.append(Line(text, ", ".join(filter(None, (words, after))), aside=bool(words)))
    return found if seen else [Line(line.strip(), aside=True)]


def _pieces(cell: str) -> list[str]:
    """A cell, cut at the commas between its statements."""
    if cell.endswith(COLONS):
        return [cell]
    found, depth, start = [], 0, 0
    for place, sign in enumerate(cell):
        depth += (sign in "([⟨") - (sign in ")]⟩")
        if sign in ",;，；" and not depth:
            found.append(cell[start:place].strip())
            start = place + 1
    return [piece for piece in [*found, cell[start:].strip()] if piece]


def _statement(piece: str) -> tuple[str, str, str]:
    """What stands before the statement in a piece, the statement, and what stands behind it."""
    cut = parts(piece)
    known = next((k for k, (_, is_known) in enumerate(cut) if is_known), None)
    if known is not None:
        before, after = ("".join(text for text, _ in part).strip() for part in (cut[:known], cut[known + 1 :]))
        return before if before.endswith(COLONS) else "", cut[known][0], after
    match = STATEMENT.fullmatch(piece)
    return (match["caption"] or "", match["text"], "") if match else ("", "", piece)


def _holds(conditions: Mapping[str, Any], optimizer: Optimizer, t: int) -> bool:
    values = {key: min(t, 2) if key == "t" else getattr(optimizer, key, None) for key in conditions if key != "fits"}
    wanted = {key: want if isinstance(want, list) else [want] for key, want in conditions.items()}
    return all(value in wanted[key] for key, value in values.items())


def letters(optimizer: Optimizer, labels: Mapping[str, str]) -> dict[str, str]:
    """What fields and slots are called in the equations: by the table of formulas, else the letter in their label."""
    found = {key: letter for key, label in labels.items() if (letter := _letter(label))}
    return {**found, **table()["letters"], **table()["letters_of"].get(optimizer.name, {})}


def _letter(label: str) -> str:
    found = [word for word in label.split() if LETTER.fullmatch(word)]
    return found[0] if len(found) == 1 else ""
