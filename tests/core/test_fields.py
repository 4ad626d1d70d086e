"""Fields and components: values are checked, refusals say where and what, and everything round-trips."""

import dataclasses
import json

import numpy as np
import pytest

from optlab.api import Component, FieldError, Landscape, choice, flag, integer, numbers, path, real, text
from optlab.fields import did_you_mean, parse_number


class Sample(Component):
    """One field of each kind."""

    name = "sample"

    rate: float = real(0.1, 0.0, 1.0, label="rate", doc="how fast")
    free: float = real(1.0)
    count: int = integer(3, 1, 10)
    on: bool = flag(False)
    kind: str = choice("a", "a", "b")
    points: tuple[float, ...] = numbers((1.0, 2.0))
    pair: tuple[float, ...] = numbers((0.0, 0.0), length=2)
    formula: str = text("x**2")
    file: str = path("")


GOOD = [
    ("rate", 1, 1.0),
    ("rate", 0.5, 0.5),
    ("count", 4.0, 4),
    ("on", True, True),
    ("kind", "b", "b"),
    ("points", [1, 2, 3], (1.0, 2.0, 3.0)),
    ("pair", (1, 2), (1.0, 2.0)),
    ("formula", "y", "y"),
]
BAD = [
    ("rate", 1.5, "Sample.rate: expected 0 to 1, got 1.5"),
    ("rate", float("nan"), "Sample.rate: expected 0 to 1, got nan"),
    ("rate", True, "Sample.rate: expected 0 to 1, got True"),
    ("rate", "0.5", "Sample.rate: expected 0 to 1, got '0.5'"),
    ("free", float("inf"), "Sample.free: expected a number, got inf"),
    ("count", 2.5, "Sample.count: expected a whole number 1 to 10, got 2.5"),
    ("count", True, "Sample.count: expected a whole number 1 to 10, got True"),
    ("count", 11, "Sample.count: expected a whole number 1 to 10, got 11"),
    ("on", 1, "Sample.on: expected true or false, got 1"),
    ("kind", "c", "Sample.kind: expected one of a, b, got 'c'"),
    ("points", 1.0, "Sample.points: expected a list of numbers, got 1"),
    ("points", [1.0, "x"], "Sample.points: expected a list of numbers, got [1.0, 'x']"),
    ("pair", [1.0], "Sample.pair: expected a list of 2 numbers, got [1.0]"),
    ("formula", 3, "Sample.formula: expected a text, got 3"),
    ("file", "a\0b", "Sample.file: expected the path of a file, got 'a\\x00b'"),
]


@pytest.mark.parametrize(("key", "value", "stored"), GOOD)
def test_a_value_that_fits_is_stored_in_the_fields_own_type(key, value, stored):
    got = getattr(Sample(**{key: value}), key)
    assert got == stored and type(got) is type(stored)


@pytest.mark.parametrize(("key", "value", "message"), BAD)
def test_a_value_that_does_not_fit_is_refused_with_where_what_and_that(key, value, message):
    with pytest.raises(FieldError) as refusal:
        Sample(**{key: value})
    assert str(refusal.value) == message


def test_values_round_trip_through_json():
    sample = Sample(rate=0.25, points=(3.0,), kind="b")
    assert Sample(**json.loads(json.dumps(sample.values()))) == sample


def test_changed_names_only_what_differs_from_the_default():
    assert Sample().changed() == {}
    assert Sample(count=5, pair=(0, 1)).changed() == {"count": 5, "pair": [0.0, 1.0]}


def test_components_are_frozen_and_compare_by_value():
    sample = Sample()
    with pytest.raises(dataclasses.FrozenInstanceError):
        sample.rate = 0.5
    assert sample == Sample() and hash(sample) == hash(Sample()) and sample != Sample(count=4)


def test_replace_checks_too():
    assert Sample().replace(count=7).count == 7
    with pytest.raises(FieldError, match=r"Sample\.count"):
        Sample().replace(count=70)


def test_a_stacked_copy_holds_columns_and_leaves_the_original():
    sample, column = Sample(count=7), np.array([[0.1], [0.2]])
    copy = sample.stacked({"rate": column})
    assert copy.rate is column and copy.count == 7 and sample.rate == 0.1


def test_a_field_that_is_no_declaration_is_refused_with_what_to_write():
    with pytest.raises(TypeError, match=r"Wrong\.size: expected a declaration .* write size = real"):

        class Wrong(Component):
            size: float = 1.0


def test_a_landscapes_usual_start_becomes_a_field():
    class Bowl(Landscape):
        domain = ((-1.0, 1.0),)
        at = (0.5,)

        def value(self, x):
            return x[:, 0] ** 2

    assert Bowl().at == (0.5,) and Bowl(at=[1.0]).at == (1.0,)
    with pytest.raises(FieldError, match=r"Bowl\.at: expected a list of 1 numbers"):
        Bowl(at=(0.0, 0.0))


def test_a_landscape_without_a_gradient_is_differentiated_exactly():
    class Wave(Landscape):
        domain = ((-1.0, 1.0), (-1.0, 1.0))
        at = (0.0, 0.0)

        def value(self, x):
            return np.exp(x[:, 0]) * np.sin(x[:, 1])

    x = np.random.default_rng(0).standard_normal((5, 2))
    loss, grad = np.empty(5), np.empty((5, 2))
    Wave().evaluate(x, loss, grad)
    exact = np.column_stack((np.exp(x[:, 0]) * np.sin(x[:, 1]), np.exp(x[:, 0]) * np.cos(x[:, 1])))
    np.testing.assert_allclose(grad, exact, rtol=1e-14)
    np.testing.assert_allclose(loss, exact[:, 0], rtol=1e-14)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1e-3", 1e-3), ("0,001", 1e-3), ("１．５", 1.5), ("−2", -2.0), (" 7 ", 7.0), ("1E+2", 100.0)],
)
def test_numbers_are_read_as_people_type_them(typed, number):
    assert parse_number(typed) == number


@pytest.mark.parametrize("typed", ["", "abc", "1_000", "1,000,000", "1,5.5", "--1"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError):
        parse_number(typed)


def test_did_you_mean_names_the_nearest_word_or_all():
    assert did_you_mean("Adm", ["adam", "sgd"]) == "did you mean 'adam'?"
    assert did_you_mean("zzz", ["adam", "sgd"]) == "known: adam, sgd"
    assert did_you_mean("adma", ["adamax", "adam", "sgd"]) == "did you mean 'adam'?"  # letters changed places
