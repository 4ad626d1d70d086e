"""`python -m tests.formulas`: draw the equations of assets/formulas/equations.toml into equations.svg beside it.

Every statement is a group of the picture: it has the statement as its label, a number made of its LaTeX as its id, and
stands PITCH below the one before, with its sign of relation (← or =) at x = 0.
"""

import re
import sys
import warnings
from html import escape
from zlib import crc32

from optlab.engine.statements import PICTURE, PITCH, UNITS, folder, sources

with warnings.catch_warnings():  # it opens its font in a way that Python is going to drop
    warnings.simplefilter("ignore", DeprecationWarning)
    import ziamath
    from ziamath.tex import tex2mml

RELATION = re.compile(r"\\gets|=|\\ge")
SIZE = 20.0
SCALE = UNITS / SIZE
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SHAPES = re.compile(r"<(path|rect)([^>]*)>")

Shape = tuple[str, float, float]
"""A path from its first point on, and where that lies."""


def number_of(tex: str) -> str:
    """The id of a formula: another one where the formula is another one."""
    return f"f{crc32(tex.encode()):08x}"


def attribute(text: str, name: str) -> str:
    """The value of an attribute in a tag."""
    found = re.search(rf' {name}="([^"]*)"', text)
    assert found, text
    return found[1]


def shapes(tex: str) -> tuple[list[Shape], float]:
    """The outlines of a formula, in units from its start and its baseline, and its width."""
    ziamath.config.svg2 = False  # else glyphs are symbols
    wide, fitting = "<mo>&#x00302;", '<mo stretchy="false">&#x002C6;'  # hats are no wider than their letters
    formula = ziamath.Math(tex2mml(tex).replace(wide, fitting), size=SIZE)
    found = []
    for kind, text in SHAPES.findall(formula.svg()):
        if kind == "rect":
            x, y, w, h = (SCALE * float(attribute(text, name)) for name in ("x", "y", "width", "height"))
            found.append((f"M0 0h{round(w)}v{round(h)}h{-round(w)}z", x, y))
        else:
            found.append(outline(attribute(text, "d")))
    return found, SCALE * formula.getsize()[0]


def outline(data: str) -> Shape:
    """A glyph's path, each point told from the one before and the first from nowhere."""
    words, origin, at, start = [], None, (0, 0), (0, 0)
    for command, text in re.findall("([MLQZ])([^MLQZ]*)", data):
        numbers = [SCALE * float(number) for number in NUMBER.findall(text)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        origin = origin or points[0]
        places = [(round(x - origin[0]), round(y - origin[1])) for x, y in points]
        if places and set(places) == {at} and command != "M":
            continue  # a curve of no length
        steps = [n for place in places for n in (place[0] - at[0], place[1] - at[1])]
        words.append(("M" if not words else command.lower()) + " ".join(map(str, steps)).replace(" -", "-"))
        at = places[-1] if places else start
        start = at if command == "M" else start
    assert origin
    return "".join(words), *origin


def laid(tex: str) -> list[Shape]:
    """A formula whose sign of relation begins at 0."""
    relation = RELATION.search(tex)
    assert relation, f"{tex}: a statement has ← or ="
    left, width = shapes(tex[: relation.start()])
    right, _ = shapes("{}" + tex[relation.start() :])
    return [(path, x - width, y) for path, x, y in left] + right


def picture(known: dict[str, str]) -> str:
    """All statements one below the other, as SVG; every glyph is there once."""
    glyphs: dict[str, str] = {}
    groups = []
    for row, (statement, tex) in enumerate(known.items()):
        uses = []
        for path, x, y in laid(tex):
            name = glyphs.setdefault(path, f"g{len(glyphs)}")
            uses.append(f'<use xlink:href="#{name}" x="{round(x)}" y="{round(y + row * PITCH)}"/>')
        head = f'<g id="{number_of(tex)}" aria-label="{escape(statement)}">'
        groups.append(f"{head}{''.join(uses)}</g>")
    defs = [f'<path id="{name}" d="{path}"/>' for path, name in glyphs.items()]
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    size = f'viewBox="{-2 * PITCH} {-PITCH} {8 * PITCH} {(len(known) + 1) * PITCH}" width="640"'
    body = "\n".join(["<defs>", *defs, "</defs>", *groups])
    return f'<svg {space} {size} fill="currentColor">\n{body}\n</svg>\n'


def main() -> None:
    """Draw all of them."""
    text = picture(sources())
    (folder() / PICTURE).write_text(text, "utf-8", newline="\n")
    sys.stdout.write(f"{len(sources())} formulas, {len(text.encode()) // 1000} kB\n")


if __name__ == "__main__":
    main()
