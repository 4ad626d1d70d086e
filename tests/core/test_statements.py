"""The equations of docstrings are typeset: LaTeX that says the same, and a picture that was drawn from it."""

import inspect
import re
import unicodedata
from collections import Counter
from html import unescape

import pytest

from optlab.engine.statements import PICTURE, PITCH, folder, lines, parts, sources, table
from optlab.host import load_plugins
from tests import formulas
from tests.core.test_help_pages import KEYS

CATALOGUE = load_plugins(shipped_only=True).catalogue
COMPONENTS = [cls for kind in ("optimizer", "schedule") for cls in CATALOGUE.classes(kind)]

IN_WORDS = {"adafactor", "lookahead", "mechanic", "multi_step", "on", "piecewise", "plateau", "rprop", "sam"}
"""Some line of theirs is half a sentence, and stays as it is."""

SIGNS = {
    "gets": "←", "cdot": "·", "ge": "≥", "to": "→", "dots": "…", "pm": "±", "odot": "⊙", "Vert": "‖", "langle": "⟨",
    "rangle": "⟩", "prime": "′", "infty": "∞", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "sum": "∑",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "tau": "τ", "varphi": "φ",
    "psi": "ψ", "ell": "ℓ", "Lambda": "Λ", "Sigma": "Σ", "max": "max", "sigma": "σ", "phi": "φ",
}  # fmt: skip


def from_tex(tex: str) -> str:
    """The signs of a formula in LaTeX, without what only lays them out."""
    text = re.sub(r"\\(left|right|Big|mathrm)(?![a-z])|\\[, ]|\s+", " ", tex)
    text = re.sub(
        r"\\(hat|bar) ?(?:\{(\w)\}|(\w))", lambda m: (m[2] or m[3]) + {"hat": "\u0302", "bar": "\u0304"}[m[1]], text
    )
    text = re.sub(r"\\frac ?(\d)(\d)", r"\1/\2", text).replace(r"\_", "")
    before = ""
    while before != text:
        before = text
        text = re.sub(r"\\frac ?\{([^{}]*)\} ?\{([^{}]*)\}", r"\1/\2", text)
        text = re.sub(r"\\sqrt(\[3\])? ?(?:\{([^{}]*)\}|(\w))", lambda m: ("∛" if m[1] else "√") + (m[2] or m[3]), text)
        text = re.sub(r"(?<!\\frac)(?<!\})(?<!\\sqrt)(?<!\]) ?\{([^{}]*)\}", r" \1 ", text)
    return re.sub(r"[\s()\[\]^_{}]", "", re.sub(r"\\([A-Za-z]+)", lambda m: SIGNS[m[1]], text)).replace("-", "−")


def from_unicode(statement: str) -> str:
    """The same of a statement in a docstring."""
    plain = "".join(LOWERED.get(sign, sign) for sign in unicodedata.normalize("NFD", statement))
    return re.sub(r"[\s()\[\]^_]", "", plain)


LOWERED = {
    **{sign: unicodedata.normalize("NFKD", sign) for sign in "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹ₜᵢₛᵗᵖᵀ"},
    "₊": "+", "₋": "−", "⁺": "+", "⁻": "−", "½": "1/2",
}  # fmt: skip


@pytest.mark.parametrize("statement", sources())
def test_latex_has_the_signs_of_the_docstring_in_its_order(statement):
    assert from_tex(sources()[statement]) == from_unicode(statement)


def page(cls: type) -> str:
    return inspect.getdoc(cls) or ""


@pytest.mark.parametrize("cls", COMPONENTS, ids=lambda cls: cls.name)
def test_every_equation_of_a_docstring_is_typeset(cls):
    rest = [part for line in lines(page(cls)) for part, known in parts(line) if not known]
    left = [part for part in rest if "←" in part or "(t) =" in part]
    assert bool(left) == (cls.name in IN_WORDS), left


@pytest.mark.parametrize("cls", COMPONENTS, ids=lambda cls: cls.name)
def test_the_chinese_page_has_the_same_typeset_equations(cls):
    ours, theirs = (
        Counter(part for line in lines(text) for part, known in parts(line) if known)
        for text in (page(cls), KEYS[f"{cls.name}.help"])
    )
    assert ours == theirs


def test_no_formula_is_there_for_nothing():
    used = {part for cls in COMPONENTS for line in lines(page(cls)) for part, known in parts(line) if known}
    told = {statement for several in table()["more"].values() for statement in several}
    assert used | told == {*sources()}


def test_options_and_letters_are_of_components_that_have_them():
    for name, statements in table()["when"].items():
        cls = CATALOGUE.find("optimizer", name, "test")
        known = {part for line in lines(page(cls)) for part, is_known in parts(line) if is_known}
        assert {*statements} <= known | {*table()["more"].get(name, ())}, name
        fields = {key for conditions in statements.values() for key in conditions} - {"t", "fits"}
        assert fields <= {*cls.fields()}, name
    assert {*table()["letters_of"], *table()["more"]} <= {cls.name for cls in COMPONENTS}


def groups():
    """What the picture has: by statement the number of its formula, and its paths with their places."""
    drawn = (folder() / PICTURE).read_text("utf-8")
    glyphs = dict(re.findall(r'<path id="(\w+)" d="([^"]*)"/>', drawn))
    found = re.findall(r'<g id="(\w+)" aria-label="([^"]*)">(.*?)</g>', drawn)
    uses = r'<use xlink:href="#(\w+)" x="(-?\d+)" y="(-?\d+)"/>'
    return {
        unescape(label): (number, [(glyphs[name], int(x), int(y)) for name, x, y in re.findall(uses, body)])
        for number, label, body in found
    }


AGAIN = "run python -m tests.formulas"


def test_the_picture_has_every_formula_of_the_sources():
    assert {statement: number for statement, (number, _) in groups().items()} == {
        statement: formulas.number_of(tex) for statement, tex in sources().items()
    }, AGAIN


def test_the_picture_is_what_its_sources_are_drawn_to():
    found = groups()
    for row, (statement, tex) in list(enumerate(sources().items()))[::8]:
        laid = [(path, round(x), round(y + row * PITCH)) for path, x, y in formulas.laid(tex)]
        assert found[statement][1] == laid, f"{statement}: {AGAIN}"
