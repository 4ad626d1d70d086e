"""Typed formulas: read, never run, and differentiated exactly."""

import numpy as np
import pytest

from optlab.fields import FieldError
from optlab.formula import Formula


def values(text, *points):
    x = np.asfortranarray(points, dtype=float)
    loss, grad = np.empty(len(x)), np.empty_like(x)
    with np.errstate(all="ignore"):
        Formula(text).evaluate(x, loss, grad)
    return loss, grad


SMOOTH = [
    "x**2 + 10*sin(y)**2",
    "(1 - x)**2 + 100*(y - x**2)**2",
    "exp(-x**2) * cos(3*y) / (2 + tanh(x))",
    "log(x**2 + y**2 + 1) + arctan(x*y) - sqrt(x**2 + 1)",
    "x**y + sinh(x/3) + cosh(y/3) + pi*e",
    "-x**3 / 3 + y",
]


@pytest.mark.parametrize("text", SMOOTH)
def test_the_gradient_equals_that_of_complex_step(text):
    points = np.random.default_rng(0).uniform(0.3, 2.0, (20, 2))
    _, grad = values(text, *points)
    scope = {
        name: getattr(np, name)
        for name in ("sin", "cos", "exp", "log", "sqrt", "tanh", "arctan", "sinh", "cosh", "pi", "e")
    }
    for k in range(2):
        z = points.astype(complex)
        z[:, k] += 1e-30j
        steps = eval(text, {**scope, "x": z[:, 0], "y": z[:, 1]}).imag / 1e-30  # noqa: S307 - the test's own text
        assert np.abs(grad[:, k] - steps).max() <= 1e-12 * max(1.0, np.abs(steps).max())


def test_kinks_have_the_subgradient_zero():
    _, grad = values("abs(x) + sqrt(y)", (0.0, 0.0))
    assert grad.tolist() == [[0.0, 0.0]]


def test_minimum_and_maximum_follow_the_branch():
    loss, grad = values("min(x**2, y) + max(x, 3*y)", (1.0, 5.0), (4.0, 1.0))
    assert loss.tolist() == [16.0, 5.0]
    assert grad.tolist() == [[2.0, 3.0], [1.0, 1.0]]


def test_what_people_type_is_understood():
    plain, _ = values("x**2 * 3 - y**3 + pi", (2.0, 1.0))
    typed, _ = values("x² · 3 − y³ + π", (2.0, 1.0))
    powers, _ = values("x^2 × 3 - y^3 + pi", (2.0, 1.0))
    assert plain.tolist() == typed.tolist() == powers.tolist()


def test_numbered_variables_make_as_many_dimensions():
    formula = Formula("x1**2 + 2*x3")
    assert formula.variables == ("x1", "x2", "x3")
    assert Formula("x + z").variables == ("x", "y", "z")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a formula"),
        ("x +", "cannot be read near sign"),
        ("2x", "write 2*x for 2x"),
        ("x + q", "unknown name q"),
        ("sim(x)", "did you mean 'sin'?"),
        ("sin(x, y)", "sin: expected 1 arguments, got 2"),
        ("__import__('os')", "unknown function __import__"),
        ("x.real", "x.real is not understood"),
        ("x if y else 1", "is not understood"),
        ("[x for x in y]", "is not understood"),
        ("lambda: 0", "is not understood"),
        ("x < y", "is not understood"),
        ("'x'", "is not understood"),
        ("1j", "expected numbers"),
        ("sin", "is not understood"),
        ("x" + "+x" * 600, "expected a formula of 1 to 1000 signs"),
        ("(" * 300 + "x" + ")" * 300, "cannot be read"),
        ("-" * 200 + "x", "simpler formula"),
        ("x25", "at most 20 variables"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text, words):
    with pytest.raises(FieldError) as caught:
        Formula(text, "formula.f")
    assert words in str(caught.value)
    assert str(caught.value).startswith("formula.f: ")


def test_a_formula_runs_like_any_landscape(experiment, compute):
    problem = {"name": "formula", "f": "x1**2 + 2*x2**2 + 3*x3**2", "at": [1.0, 1.0, 1.0]}
    (run,) = compute(experiment({"problem": problem, "optimizer": {"name": "sgd", "lr": 0.1}}, steps=100))
    assert run.status == "done"
    assert run.at(100, "loss") < 1e-12
    assert run.tracks == ("x1", "x2", "x3")


def test_a_start_of_the_wrong_length_names_the_variables(experiment):
    with pytest.raises(FieldError, match="expected 3 numbers for x, y, z, got 2"):
        experiment({"problem": {"name": "formula", "f": "x + y + z"}, "optimizer": "sgd"})
