"""Remedies are single changes that build, that fit what is sick, and that theory does not expect to stay sick."""

import pytest

from optlab.engine.history import History
from optlab.engine.remedies import KINDS, remedies
from optlab.engine.run import Run


@pytest.fixture
def sick(experiment):
    """`sick({"name": "spirals"}, {"name": "sgd"})`: a run that has recorded norms of 0.3 and 0.4."""

    def make(problem, optimizer="sgd", **parts):
        trial = experiment({"label": "sick", "problem": problem, "optimizer": optimizer, **parts}).trials[0]
        history = History(("step", "loss", "grad_norm.a", "grad_norm.b"), 1)
        history.append([[[0.0, 1.0, 0.3, 0.4]]])
        return Run(trial, 0, 10, history, 0, ("a", "b"), ())

    return make


def labels(run, kind):
    return [remedy.label for remedy in remedies(run, kind)]


OTHERS = ("adding", "digits", "digits_conv", "digits_autoencoder", "characters", "linear_regression", "ravine")
OWN = {"digits": {"batch": 1}}
DEEP = {"name": "spirals", "hidden": 12, "width": 24, "activation": "sigmoid"}


def test_a_vanishing_gradient_is_offered_what_theory_expects_to_keep_it(sick):
    assert labels(sick(DEEP), "vanishing") == ["ReLU + He", "batch norm", "residual"]  # ×0.39 a layer with layer norm
    found = remedies(sick({**DEEP, "hidden": 5}), "vanishing")
    assert [remedy.label for remedy in found] == ["ReLU + He", "batch norm", "layer norm", "residual"]
    assert found[2].why == "theory: ×0.39 per layer at the start"


def test_an_exploding_gradient_is_clipped_first(sick):
    large = {"name": "spirals", "hidden": 15, "activation": "relu", "init": "normal", "spread": 0.4}
    assert labels(sick(large), "exploding") == ["clipped at 0.5", "smaller lr", "He", "layer norm"]
    normed = {"name": "spirals", "hidden": 30, "activation": "relu", "init": "he", "norm": "batch"}
    assert labels(sick(normed), "exploding") == ["clipped at 0.5", "smaller lr", "residual", "layer norm"]


def test_dead_units_are_offered_a_slope_and_smaller_steps(sick):
    relu = {"name": "circles", "activation": "relu", "init": "he"}
    assert labels(sick(relu), "dead") == ["leaky ReLU", "smaller lr", "clipped at 0.5"]
    assert labels(sick({**relu, "init": "zeros"}), "dead") == ["He"]


def test_shrinking_and_saturated_layers_are_offered_the_initialiser_of_their_activation(sick):
    assert labels(sick({**DEEP, "hidden": 30, "activation": "relu"}), "shrinking")[0] == "He"
    large = {**DEEP, "activation": "tanh", "init": "normal", "spread": 1.0}
    assert labels(sick(large), "saturated")[0] == "Xavier"


def test_recurrent_networks_are_offered_gates_and_clipping(sick):
    elman = {"name": "adding", "length": 10}
    assert labels(sick(elman), "vanishing") == ["LSTM", "GRU"]
    assert labels(sick(elman), "exploding") == ["clipped at 0.5", "smaller lr", "LSTM", "GRU"]
    assert labels(sick({**elman, "cell": "gru"}), "vanishing") == []


def test_whatever_diverges_is_offered_smaller_steps(sick):
    assert labels(sick("ravine"), "diverged") == ["smaller lr", "clipped at 0.05"]
    wrapped = {"name": "lookahead", "inner": {"name": "adam", "lr": 0.5}}
    slower = remedies(sick("ravine", wrapped), "diverged")[0]
    assert slower.why == "steps a tenth as long: lr 0.05" and slower.changes["optimizer"]["inner"].lr == 0.05


def test_what_is_there_already_or_would_be_out_of_bounds_is_not_offered(sick):
    assert labels(sick("ravine", gradient={"clip_norm": 1.0}), "diverged") == ["smaller lr"]
    assert labels(sick("ravine", {"name": "sgd", "lr": 1e-6}), "diverged") == ["clipped at 0.05"]
    cured = {**DEEP, "activation": "relu", "init": "he", "norm": "layer", "residual": "every"}
    assert labels(sick(cured), "vanishing") == ["batch norm"]


def test_the_healthy_need_nothing(sick):
    assert remedies(sick(DEEP), "healthy") == remedies(sick("ravine"), "none") == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("problem", [DEEP, *({"name": name, **OWN.get(name, {})} for name in OTHERS)], ids=str)
def test_every_remedy_is_one_change_that_builds(sick, kind, problem):
    run = sick(problem)
    for remedy in remedies(run, kind):
        ((part, fields),) = remedy.changes.items()
        assert run.trial.part(part).replace(**fields) != run.trial.part(part)
        assert remedy.label and (remedy.why or problem["name"] in ("digits_conv", "characters"))


def test_other_networks_are_offered_what_they_have(sick):
    conv = {"name": "digits_conv", "activation": "sigmoid", "init": "xavier"}
    assert labels(sick(conv), "vanishing") == ["ReLU + He", "residual"]
    assert remedies(sick(conv), "vanishing")[1].changes == {"problem": {"residual": True}}
    characters = {"name": "characters", "norm": "none", "residual": False, "activation": "gelu"}
    assert labels(sick(characters), "exploding") == ["clipped at 0.5", "smaller lr", "He", "residual", "layer norm"]
    assert labels(sick("linear_regression"), "vanishing") == []
