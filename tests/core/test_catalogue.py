"""The catalogue finds classes by kind and name, builds components of tables, and names them for files."""

import pytest

from optlab.api import Array, FieldError, Optimizer, State, integer, part, parts, real
from optlab.engine.catalogue import Catalogue, check_keys, shown


class Plain(Optimizer):
    """Does nothing. Source: none."""

    name = "plain"
    lr: float = real(0.1, 0.0, 1.0)
    count: int = integer(3)

    def step(self, params: Array, grads: Array, state: State) -> None: ...


class Other(Optimizer):
    """Goes by the same name. Source: none."""

    name = "plain"

    def step(self, params: Array, grads: Array, state: State) -> None: ...


class Around(Optimizer):
    """A wrapper. Source: none."""

    name = "around"
    inner: Optimizer = part(Optimizer, "plain")
    more: tuple[Optimizer, ...] = parts(Optimizer, "plain", "plain")

    def step(self, params: Array, grads: Array, state: State) -> None: ...


class Endless(Optimizer):
    """A wrapper of itself. Source: none."""

    name = "endless"
    inner: Optimizer = part(Optimizer, "endless")

    def step(self, params: Array, grads: Array, state: State) -> None: ...


class Touchy(Optimizer):
    """Raises what it likes when it is made. Source: none."""

    name = "touchy"

    def __post_init__(self) -> None:
        raise ZeroDivisionError("no reason")

    def step(self, params: Array, grads: Array, state: State) -> None: ...


@pytest.fixture
def catalogue():
    made = Catalogue()
    for cls in (Plain, Around, Endless, Touchy):
        made.add("optimizer", cls, "mine")
    return made


def test_a_taken_name_is_qualified_by_its_plugin_as_often_as_it_takes(catalogue):
    assert [catalogue.add("optimizer", Other, "mine") for _ in range(3)] == [
        "mine:plain",
        "mine:plain:2",
        "mine:plain:3",
    ]
    assert catalogue.find("optimizer", "plain", "") is Plain
    assert catalogue.find("optimizer", "mine:plain", "") is Other


def test_a_component_is_written_under_the_name_it_is_known_by(catalogue):
    catalogue.add("optimizer", Other, "mine")
    assert catalogue.table("optimizer", Other()) == {"name": "mine:plain"}
    around = Around(inner=Other(), more=(Plain(lr=0.5),))
    table = catalogue.table("optimizer", around)
    assert table["inner"] == {"name": "mine:plain"}
    assert catalogue.build("optimizer", table, "") == around


def test_defaults_are_left_out(catalogue):
    assert catalogue.table("optimizer", Plain(lr=0.5)) == {"name": "plain", "lr": 0.5}


def test_names_are_sorted(catalogue):
    assert catalogue.names("optimizer") == ["around", "endless", "plain", "touchy"]


def test_a_part_can_be_a_name_a_table_or_its_default(catalogue):
    assert catalogue.build("optimizer", {"name": "around"}, "").inner == Plain()
    assert catalogue.build("optimizer", {"name": "around", "inner": "plain"}, "").inner == Plain()
    made = catalogue.build("optimizer", {"name": "around", "more": [{"name": "plain", "lr": 0.5}]}, "")
    assert made.more == (Plain(lr=0.5),)


def test_a_table_without_a_name_changes_its_base(catalogue):
    assert catalogue.build("optimizer", {"count": 4}, "", Plain(lr=0.5)) == Plain(lr=0.5, count=4)
    assert catalogue.build("optimizer", {"name": "plain", "count": 4}, "", Plain(lr=0.5)) == Plain(lr=0.5, count=4)


WRONG = {
    "unknown": ({"name": "plan"}, "o.name: unknown optimizer 'plan'; did you mean 'plain'?"),
    "no name": ({}, "o.name: expected the name of a component, got nothing"),
    "no table": (3, "o: expected a table such as { name = … }, got 3"),
    "key": ({"name": "plain", "lrr": 1}, "o.lrr: unknown key; did you mean 'lr'?"),
    "value": ({"name": "plain", "lr": 2.0}, "o.lr: expected 0 to 1, got 2"),
    "large": ({"name": "plain", "lr": 10**400}, "o.lr: expected 0 to 1, got 1000"),
    "huge": ({"name": "plain", "lr": 10**5000}, "o.lr: expected 0 to 1, got int"),
    "parts": ({"name": "around", "more": 3}, "o.more: expected a list of components of kind optimizer, got 3"),
    "in parts": ({"name": "around", "more": ["plan"]}, "o.more[0].name: unknown optimizer 'plan'; did you mean"),
    "endless": ({"name": "endless"}, "o" + ".inner" * 9 + ": expected parts nested at most 8 deep"),
    "touchy": ({"name": "touchy"}, "o: no reason"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_table_is_refused_in_these_words(catalogue, case):
    table, words = WRONG[case]
    with pytest.raises(FieldError) as caught:
        catalogue.build("optimizer", table, "o")
    assert str(caught.value).startswith(words)
    assert len(str(caught.value)) < 400


def test_unknown_keys_are_named_where_they_stand():
    with pytest.raises(FieldError, match=r"^a\.stepz: unknown key; did you mean 'steps'\?$"):
        check_keys(["steps", "stepz"], ["steps"], "a")


class Hostile:
    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.5, "0.5"), ("a", "'a'"), (Hostile(), "Hostile"), (ValueError("why"), "why"), (10**5000, "int")],
    ids=["number", "text", "hostile", "error", "large"],
)
def test_any_value_can_be_shown(value, words):
    assert shown(value) == words


def test_a_long_value_is_shown_short():
    assert len(shown("a" * 10**6)) == 120
