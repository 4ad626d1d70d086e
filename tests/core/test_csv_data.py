"""A CSV file of one's own is learned, and a bad cell is named."""

import numpy as np
import pytest

from optlab.fields import FieldError


@pytest.fixture
def table(component, tmp_path):
    """`table("a,b\\n1,2\\n", target="a")` is the problem of a file with that text."""

    def build(text, **fields):
        file = tmp_path / "mine.csv"
        file.write_text(text, encoding=fields.pop("encoding", "utf-8"))
        return component("problem", "csv_data")(file=str(file), batch=0, **{"test": 0.0, **fields})

    return build


def test_inputs_and_target_are_scaled(table):
    problem = table("a,b,c\n1,10,0\n2,20,1\n3,30,5\n")
    data = problem.data(np.random.default_rng(0))
    assert data.x.shape == (3, 2)
    assert np.abs(data.x.mean(axis=0)).max() < 1e-12
    assert data.x.std(axis=0) == pytest.approx([1, 1])
    assert problem.network().sizes[0] == 2 and problem.network().sizes[-1] == 1


def test_classes_are_the_different_values(table):
    problem = table("kind,x\nb,1\na,2\nb,3\n", target="kind", learn="class")
    assert problem.data(np.random.default_rng(0)).y.tolist() == [1, 0, 1]
    assert problem.network().sizes[-1] == 2


def test_the_made_up_table_is_learned(experiment, compute):
    net = {"name": "csv_data", "hidden": 1, "width": 16, "batch": 32}
    (run,) = compute(experiment({"problem": net, "optimizer": {"name": "adam", "lr": 0.01}}, steps=400))
    assert run.at(0, "loss") > 0.5
    assert run.at(400, "loss") < 0.15


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("a,b\n1,2\n3,four\n", {}, "mine.csv, line 3, column b: expected a number, got 'four'"),
        ("a,b\n1,2\n3\n", {}, "mine.csv, line 3: expected 2 cells, got 1"),
        ("a,b\n1,nan\n3,4\n", {}, "line 2, column b: expected a number, got 'nan'"),
        ("a,b\n1,2\n3,4\n", {"target": "c"}, "no column 'c' in mine.csv; it has a, b"),
        ("a\n1\n2\n", {}, "expected a header of 2 to 256 columns"),
        ("", {}, "expected a header of 2 to 256 columns"),
        ('a,b\n1,"2\n3,4\n', {}, "cannot be read as CSV"),
        ("a,b\n1,2\n1,2\n", {"target": "b", "learn": "class"}, "expected 2 to 100 classes in b, got 1"),
        ("a,b\n1,2\n3,ä\n", {"encoding": "latin-1"}, "expected UTF-8 text; save the file as UTF-8"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(table, text, fields, words):
    with pytest.raises(FieldError) as caught:
        table(text, **fields)
    assert words in str(caught.value)


def test_a_missing_file_is_named(component):
    with pytest.raises(FieldError, match=r"nowhere\.csv: expected a CSV file, got a path where there is none"):
        component("problem", "csv_data")(file="nowhere.csv")


def test_a_mini_batch_larger_than_the_file_is_refused(component, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(FieldError, match="at most the 2 points"):
        component("problem", "csv_data")(file=str(file), batch=3)


def test_a_share_of_the_rows_is_kept_for_the_test(table):
    problem = table("a,b\n" + "".join(f"{k},{k % 3}\n" for k in range(10)), test=0.3)
    data = problem.data(np.random.default_rng(0))
    assert problem.count() == len(data.x) == len(data.y) == 7 and len(data.test_x) == len(data.test_y) == 3
    whole = np.concatenate((data.x[:, 0], data.test_x[:, 0]))
    assert len(set(whole)) == 10
