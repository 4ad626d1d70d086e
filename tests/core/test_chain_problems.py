"""Problems of convolution, bottleneck and attention: what their data are, and that each learns."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from optlab.nets import Probe, thinned
from optlab.paths import bundled

TEXT = (bundled("assets") / "data" / "sonnets.txt").read_text("ascii")


@pytest.fixture
def trained(experiment, compute):
    """`trained(problem, steps, lr)`: the losses of a run with Adam."""

    def train(problem, steps, lr):
        (run,) = compute(experiment({"problem": problem, "optimizer": {"name": "adam", "lr": lr}}, steps=steps))
        return run.rows(0, run.count)[:, run.history.index["loss"]]

    return train


@pytest.mark.parametrize(
    ("problem", "steps", "below"),
    [
        ({"name": "digits_conv"}, 100, 0.4),
        ({"name": "digits_conv", "depth": 4, "channels": 4, "pool": "average", "residual": True}, 100, 0.5),
        ({"name": "digits_autoencoder"}, 200, 0.5),
        ({"name": "characters"}, 150, 0.65),
        ({"name": "characters", "norm": "rms", "post": True, "tied": True, "blocks": 1, "context": 16}, 150, 0.65),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else str(value),
)
def test_a_short_run_is_well_below_chance(trained, component, problem, steps, below):
    losses = trained(problem, steps, 0.01)
    _, chance = component("problem", problem["name"])().chance()
    assert losses[-20:].mean() < below * chance


# Gradients at the start, as the pages of help have them


@pytest.fixture
def norms(component):
    """`norms(problem, **fields)`: the gradient norms of the weights at the start, median of three seeds."""

    def measure(name, **fields):
        problem = component("problem", name)(**fields)
        layout = problem.layout()
        params = np.empty((3, layout.size))
        for seed, row in enumerate(params):
            problem.start(row, np.random.default_rng(seed))
        grads, loss = np.empty_like(params), np.empty(3)
        data = [problem.data(np.random.default_rng(seed)) for seed in range(3)]
        batch = np.stack([problem.sample(np.random.default_rng(seed))[0] for seed in range(3)])
        problem.bind(params, grads, loss, data, problem.memory(3))(batch)
        found = np.median(layout.norms(grads), axis=0)
        return np.array([n for name, n in zip(layout.names, found, strict=True) if name[0] == "W"]), np.median(loss)

    return measure


def test_a_convolution_of_sigmoids_passes_on_a_quarter_of_the_gradient_and_relus_keep_it_alive(norms):
    sigmoid, _ = norms("digits_conv", depth=10, activation="sigmoid", init="xavier")
    assert 0.15 < (sigmoid[1] / sigmoid[-2]) ** (1 / (len(sigmoid) - 3)) < 0.3
    relu, _ = norms("digits_conv", depth=10)
    assert 0.03 < relu[1] / relu[-2] < 30
    _, loss = norms("digits_conv", depth=10, residual=True)
    assert loss > 1000


def test_without_norm_and_residuals_the_gradients_of_a_transformer_vanish_together(norms):
    plain, _ = norms("characters", blocks=12, norm="none", residual=False)
    healthy, _ = norms("characters", blocks=12)
    assert plain.max() < 1e-4 and plain[0] / plain[-1] > 0.1
    assert healthy.min() > 0.1


# The text


def entropy(counts):
    shares = np.array(list(counts.values())) / sum(counts.values())
    return -(shares * np.log(shares)).sum()


def test_the_text_is_sixteen_sonnets():
    sonnets = TEXT.strip().split("\n\n")
    assert len(sonnets) == 16 and {len(sonnet.split("\n")) for sonnet in sonnets} == {14}


def test_the_page_of_help_says_what_guessing_costs(component):
    page = " ".join(component("problem", "characters").__doc__.split())
    alone, pairs = entropy(Counter(TEXT)), entropy(Counter(pairwise(TEXT)))
    assert f"{len(set(TEXT))} different characters. Guessing costs ln 59 = {np.log(len(set(TEXT))):.2f}" in page
    assert f"how often each occurs, {alone:.2f};" in page
    assert f"the character before too, {pairs - alone:.1f}." in page


def test_targets_are_the_next_characters_and_the_test_is_the_end_of_the_text(component):
    problem = component("problem", "characters")(context=10, test=0.25)
    data = problem.data(np.random.default_rng(0))
    letters = np.array(sorted(set(TEXT)))
    learned = "".join(letters[data.x[:, 0]]) + "".join(letters[data.x[-1, 1:]]) + letters[data.y[-1, -1]]
    assert TEXT.startswith(learned) and len(data.x) == problem.count() == len(learned) - 10
    np.testing.assert_array_equal(data.y[:, :-1], data.x[:, 1:])
    kept = "".join(letters[data.test_x.ravel()])  # side by side
    assert TEXT[len(learned) :].startswith(kept) and len(kept) > 0.95 * (len(TEXT) - len(learned))
    assert "".join(letters[data.test_y.ravel()]) == TEXT[len(learned) + 1 :][: len(kept)]


def test_runs_of_all_seeds_share_the_windows_of_the_text(component):
    problem = component("problem", "characters")()
    assert problem.data(np.random.default_rng(0)) is problem.data(np.random.default_rng(1))


def test_a_test_share_too_short_for_a_window_keeps_none(component):
    data = component("problem", "characters")(test=0.003).data(np.random.default_rng(0))
    assert data.test_x is None


@pytest.mark.parametrize(("width", "heads", "inner"), [(30, 4, 28), (2, 5, 5)])
def test_heads_that_do_not_divide_the_width_get_equal_parts_of_it(component, width, heads, inner):
    shapes = component("problem", "characters")(width=width, heads=heads).layout().shapes
    assert shapes["W2"] == (width, 3 * inner) and shapes["W3"] == (inner, width)


def test_pictures_of_a_transformer_look_at_fewer_windows(component):
    problem = component("problem", "characters")(blocks=1)
    data = problem.data(np.random.default_rng(0))
    probe = Probe(problem.network(), [data], 1, {})
    assert len(probe.data[0].x) == 32 < len(data.x)
    assert len(thinned(data).x) == 512


# The autoencoder


@pytest.mark.parametrize(
    ("hidden", "sizes"),
    [(1, (64, 8, 64)), (2, (64, 8, 8, 64)), (7, (64, 50, 36, 22, 8, 22, 36, 50, 64))],
)
def test_an_autoencoder_narrows_to_its_code_and_widens_again(component, hidden, sizes):
    assert component("problem", "digits_autoencoder")(hidden=hidden).network().sizes == sizes


@pytest.mark.parametrize("targets", ["numbers", "binary"])
@pytest.mark.parametrize("loss", ["natural", "absolute"])
def test_the_line_of_the_autoencoder_is_the_loss_of_the_mean_image(component, targets, loss):
    problem = component("problem", "digits_autoencoder")(targets=targets, loss=loss, batch=0, test=0.0)
    data = problem.data(np.random.default_rng(0))
    np.testing.assert_array_equal(data.x, data.y)
    mean = np.clip(data.x.mean(axis=0), 1e-12, 1 - 1e-12)
    params = np.zeros((1, problem.layout().size))
    params[0, -64:] = mean if targets == "numbers" else np.log(mean / (1 - mean))  # the biases of the output
    found = np.empty(1)
    problem.bind(params, np.empty_like(params), found, [data], {})(None)
    np.testing.assert_allclose(found[0], problem.chance()[1], rtol=1e-6)
    assert not [each.name for each in problem.series() if "accuracy" in each.name]
