"""What a network can be asked for a picture: what can be drawn of which problem, and that answers are probabilities."""

import numpy as np
import pytest

from optlab import nets
from optlab.engine.asked import AGAIN, IMAGES, LINE, PLANE, ask, grid, subject
from optlab.engine.headless import compute
from optlab.engine.inside import Inside
from optlab.engine.planning import plan
from optlab.engine.streams import stream
from optlab.host import load_plugins
from optlab.net_problem import NetProblem

CATALOGUE = load_plugins(shipped_only=True).catalogue
DRAWN = {
    "moons": PLANE, "xor": PLANE, "spirals": PLANE, "three_spirals": PLANE, "blobs": PLANE, "circles": PLANE,
    "checkerboard": PLANE, "curve_regression": LINE, "polynomial_regression": LINE, "digits": IMAGES,
    "digits_conv": IMAGES, "digits_autoencoder": AGAIN, "characters": "",
    "iris": "", "wine": "", "csv_data": "", "rosenbrock": "", "adding": "", "quadratic": "",
}  # fmt: skip


def problem(name, **fields):
    return CATALOGUE.build("problem", {"name": name, **fields}, "problem")


def drawn(made):
    return subject(made, made.data(stream(0, "data")))


@pytest.mark.parametrize("name", DRAWN)
def test_what_can_be_drawn_is_known(name):
    assert drawn(problem(name)) == DRAWN[name]


def test_the_number_of_inputs_decides():
    found = [drawn(problem("logistic_regression", features=n)) for n in (1, 2, 3)]
    assert found == [LINE, PLANE, ""]
    assert drawn(problem("polynomial_regression", degree=2)) == LINE  # two features of one number


def test_an_image_that_is_its_own_target_is_said_again():
    class Again(NetProblem):
        """Say it again."""

        name, inputs, outputs, targets, points, image = "again", 16, 16, "numbers", 10, (4, 4)

        def data(self, rng):
            x = rng.uniform(0, 1, (10, 16))
            return nets.split(x, x, 0.2, rng)

    assert drawn(Again(batch=0)) == AGAIN


@pytest.mark.parametrize("basis", ["orthogonal", "powers"])
def test_features_of_a_number_lie_where_the_number_is(basis):
    made, x = problem("polynomial_regression", degree=5, basis=basis), np.linspace(-1, 1, 9)[:, None]
    np.testing.assert_allclose(made.places(made.inputs_at(x)), x, atol=1e-12)
    np.testing.assert_allclose(made.inputs_at(x), made.features(x[:, 0]))


def test_a_grid_has_the_centres_of_its_cells_from_the_lowest_row_on():
    cells = grid((0.0, 2.0), (10.0, 14.0), 2)
    assert cells.tolist() == [[0.5, 11.0], [1.5, 11.0], [0.5, 13.0], [1.5, 13.0]]


class Of(nets.Network):
    """A network that is only asked for its loss."""

    def __init__(self, loss):
        object.__setattr__(self, "loss", loss)


Z = np.random.default_rng(0).normal(0, 30, (5, 3))


def test_answers_are_what_the_loss_asks_for():
    np.testing.assert_array_equal(nets.answers(Of("mse"), Z), Z)
    np.testing.assert_allclose(nets.answers(Of("binary"), Z), 1 / (1 + np.exp(-Z)), rtol=1e-12)
    np.testing.assert_allclose(nets.answers(Of("softmax"), Z).sum(axis=-1), 1)
    np.testing.assert_allclose(
        np.log(nets.answers(Of("softmax"), Z / 9)), np.log(nets.answers(Of("softmax"), Z / 9 + 7))
    )
    assert np.isfinite(nets.answers(Of("binary"), np.array([[-1e4], [1e4]]))).all()


def test_one_output_tells_two_classes_apart():
    shares = nets.class_shares(Of("binary"), np.array([[0.0], [2.0]]))
    np.testing.assert_allclose(shares, [[0.5, 0.5], [1 / (1 + np.e**2), 1 / (1 + np.e**-2)]])
    assert nets.class_shares(Of("binary"), Z) is None and nets.class_shares(Of("mse"), Z) is None


def test_classes_are_numbers_however_targets_write_them():
    assert nets.class_numbers(np.array([0, 2, 1])).tolist() == [0, 2, 1]
    assert nets.class_numbers(np.array([[0.0], [1.0]])).tolist() == [0, 1]


def test_the_answer_is_that_of_the_step_asked_for(experiment):
    net = {"problem": {"name": "moons", "hidden": 1, "width": 4}, "optimizer": {"name": "sgd", "lr": 0.1}}
    made = plan(experiment(net, steps=20))[0]
    compute([made])
    inside, x = Inside(made.runs[0], made), grid((-1.0, 1.0), (-1.0, 1.0), 3)
    for step in (0, 7.5, None):
        t, outputs = ask(inside, step, x)
        assert t == inside.found(step) == {0: 0, 7.5: 7, None: 20}[step]
        _, probe = inside.probe(step)
        np.testing.assert_array_equal(outputs, probe.bound.predict(x)[0])
    assert outputs.shape == (9, 1) and not np.array_equal(outputs, ask(inside, 0, x)[1])


def test_there_is_no_answer_before_the_first_step(experiment):
    made = plan(experiment({"problem": {"name": "moons"}, "optimizer": {"name": "sgd"}}))[0]
    inside = Inside(made.runs[0], made)
    assert inside.found() is None and ask(inside, None, np.zeros((1, 2))) is None
