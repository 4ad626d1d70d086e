"""A step worked out in the equations of a docstring: the numbers that stand there are right, or do not stand there."""

import inspect
import math
import re
import time

import numpy as np
import pytest

from optlab.engine.experiment_file import build_experiment
from optlab.engine.planning import plan
from optlab.engine.replay import Replay
from optlab.engine.rule import letters, rule
from optlab.engine.sums import RAISING, Sum, UnreadableError
from optlab.engine.worked import Spot, worked
from optlab.fields import Choice, Flag
from optlab.gui.words import readable
from optlab.host import load_plugins

CATALOGUE = load_plugins(shipped_only=True).catalogue
OPTIMIZERS = {cls.name: cls for cls in CATALOGUE.classes("optimizer")}
IN_WORDS = {
    "accumulate", "adafactor", "aggmo", "damped_newton", "dowg", "lbfgs", "lookahead", "mechanic", "muon", "newton",
    "padam", "rprop", "sam", "schedule_free_adamw", "schedule_free_sgd", "shampoo", "soap",
}  # fmt: skip
"""Their last line is about matrices, other steps or options, sums over time or in words, and has no numbers."""
UNTOLD = {
    ("adabelief", "nesterov", True), ("amsgrad", "correct_m", False), ("amsgrad", "correct_v", False),
    ("momo", "adapt", True), ("optimistic_adam", "nesterov", True), ("radam", "nesterov", True),
    ("rmsprop", "correct", True),
}  # fmt: skip
"""Options whose equation no docstring has."""


def moment(name, step=20, problem=None, gradient=None, **fields):
    table = {"problem": problem or {"name": "ravine"}, "optimizer": {"name": name, **fields}, "steps": step + 2,
             "seeds": [0], "gradient": gradient or {}, "trial": [{"label": name}]}  # fmt: skip
    (batch,) = plan(build_experiment(table, CATALOGUE))
    batch.advance(step + 2)
    run = batch.runs[0]
    return Replay(run, batch.dtype).moment(step, time.perf_counter() + 60), run.trial.optimizer


def lines_of(found, optimizer, page="", place=0, decay=0.0):
    names = letters(optimizer, {key: field.label or readable(key) for key, field in optimizer.fields().items()})
    spot = Spot(place, slice(0, len(found.grads)), lambda value: repr(float(value)).replace("-", "−", value < 0))
    return worked(page or inspect.getdoc(type(optimizer)), found, optimizer, names, spot, decay)


def last(lines):
    return [line for line in lines if line.left == "x" and line.assigns][-1]


def calculated(text):
    """What a row of numbers comes to, by Python."""
    for sign, plain in (("−", "-"), ("·", "*"), ("½", "0.5"), ("^", "**")):
        text = text.replace(sign, plain)
    text = re.sub(r"([√∛])([\d.e-]+)", r"\1(\2)", text).replace("√", "sqrt").replace("∛", "cbrt")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    digits = {ord(raised): plain for plain, raised in ((chr(a), chr(b)) for a, b in RAISING.items())}
    text = re.sub(f"[{''.join(map(chr, RAISING.values()))}]+", lambda m: f"**({m[0].translate(digits)})", text)
    text = text.replace("−", "-").replace("clip(", "clip(").replace("±", "")
    known = {"sqrt": math.sqrt, "cbrt": np.cbrt, "abs": abs, "max": max, "min": min, "exp": math.exp, "sign": np.sign}
    known["clip"] = lambda value, low, high=None: np.clip(value, -low if high is None else low, high or low)
    return eval(text, {"__builtins__": {}}, known)  # noqa: S307 - our own arithmetic


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("step", [0, 20])
def test_numbers_that_stand_in_a_line_come_to_its_result(name, step):
    found, optimizer = moment(name, step)
    lines = lines_of(found, optimizer)
    for line in lines:
        if line.filled:
            assert calculated(line.filled) == pytest.approx(line.result, rel=1e-6, abs=1e-12), line


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_last_line_is_worked_out_where_it_can_be(name):
    found, optimizer = moment(name)
    line = lines_of(found, optimizer)[-1] if name in IN_WORDS else last(lines_of(found, optimizer))
    assert bool(line.filled) == (name not in IN_WORDS)
    assert name in IN_WORDS or line.result == pytest.approx(found.after["x"][0], rel=1e-9)


def options():
    for name, cls in OPTIMIZERS.items():
        for key, field in cls.fields().items() if name not in IN_WORDS else ():
            others = field.options if isinstance(field, Choice) else (True, False) if isinstance(field, Flag) else ()
            yield from ((name, key, other) for other in others if other != field.default)


@pytest.mark.parametrize(("name", "key", "value"), list(options()))
def test_every_option_has_its_own_lines(name, key, value):
    lines = lines_of(*moment(name, **{key: value}))
    assert bool(last(lines).filled) == ((name, key, value) not in UNTOLD)


def test_a_plugin_without_formulas_is_worked_out_from_its_docstring():
    found, optimizer = moment("adam")
    page = """
    p ← β₁ p + g,   half = p / 2
    m ← β₁ m + (1 − β₁) g        mean
    Nesterov: x ← x − g
    x ← x − lr g
    """
    lines = lines_of(found, optimizer, page)
    assert [(line.text, line.note, line.aside) for line in lines] == [
        ("p ← β₁ p + g", "", False), ("half = p / 2", "", False), ("m ← β₁ m + (1 − β₁) g", "mean", False),
        ("x ← x − g", "Nesterov", True), ("x ← x − lr g", "", False),
    ]  # fmt: skip
    assert [bool(line.filled) for line in lines] == [False, False, True, False, False], "x did not go so"
    assert lines[-1].result == found.after["x"][0] and lines[0].result is None


@pytest.mark.parametrize(
    "right", ["max(m)", "⟨2, m⟩", "clip(m)", "sign(m, g)", "(" * 90 + "m", "√" * 140 + "m", "0 / 0 · m"]
)
def test_a_plugin_may_write_what_it_likes(right):
    found, optimizer = moment("adam")
    (line,) = lines_of(found, optimizer, f"    m ← {right}")
    assert line.filled == "" and line.result == found.after["m"][0]


def test_of_several_cases_the_one_is_told_that_led_to_what_happened():
    for step, last_line in ((2, "x ← x − lr · m\u0302"), (20, "x ← x − lr · r m\u0302 / (√(v\u0302 + ε₀) + ε)")):
        found, optimizer = moment("radam", step)
        lines = lines_of(found, optimizer)
        assert [line.text for line in lines if line.left == "x"] == [last_line] and lines[-1].filled
    found, optimizer = moment("radam", nesterov=True)  # which is neither
    told = [line for line in lines_of(found, optimizer) if line.left == "x"]
    assert len(told) == 2 and not any(line.filled for line in told) and told[1].result == found.after["x"][0]


def test_decay_of_the_pipeline_comes_first():
    found, optimizer = moment("adam", gradient={"decay": 0.1})
    assert not last(lines_of(found, optimizer)).filled
    first, *rest = lines_of(found, optimizer, decay=0.1)
    assert first.text == "x ← x − lr · λ x" and first.result == pytest.approx(
        found.before["x"][0] * (1 - 0.1 * found.lr)
    )
    assert last(rest).filled and calculated(last(rest).filled) == pytest.approx(found.after["x"][0])


def test_what_is_used_is_told_before_its_use():
    texts = [line.text for line in rule(inspect.getdoc(OPTIMIZERS["adam"]), OPTIMIZERS["adam"](), 2)]
    assert [text[:2] for text in texts] == ["m ", "v ", "m\u0302", "v\u0302", "x "]


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("a b / 2", "−3 · 4 / 2", -6.0),
        ("a² − b^−1", "(−3)² − 4⁻¹", 8.75),
        ("√(b) ‖v‖²", "√(4) · 5²", 50.0),
        ("⟨v, v⟩ + |a|", "25 + |−3|", 28.0),
        ("max(a, −b) · k", "max(−3, −4) · k", None),
        ("v_l / ‖v_l‖", "3 / 3", 1.0),
    ],
)
def test_a_sum_has_its_words_and_its_value(text, words, value):
    known = {"a": -3.0, "b": 4.0, "v": np.array([3.0, 4.0])}
    found = Sum(text, known, 0, slice(0, 1), lambda number: f"{number:g}".replace("-", "−"))
    assert found.words == words
    assert (None if found.value is None else float(np.atleast_1d(found.value)[0])) == value


@pytest.mark.parametrize("text", ["a + ", "(a", "Σ a", "a step of it @", "⟨k, a⟩", "a ) b", "min(a", "", "(" * 200])
def test_what_is_no_sum_is_refused(text):
    with pytest.raises(UnreadableError):
        Sum(text, {"a": 1.0}, 0, slice(None), str)
