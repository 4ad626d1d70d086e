"""How curved the ground may be before steps of a size grow."""

from itertools import product

import numpy as np
import pytest

from optlab.engine.stability import edge
from optlab.layout import Layout
from optlab.optimizer import make_state

LR = 0.02


@pytest.mark.parametrize("answer", [RuntimeError("no"), np.ones(3), "much"])
def test_a_plugin_whose_bound_fails_has_none(experiment, monkeypatch, answer):
    trial = experiment({"problem": "ravine", "optimizer": "sgd"}).trials[0]

    def broken(self, lr):
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert edge(trial, np.array([0.1, 0.2])).tolist() == [20, 10]
    monkeypatch.setattr(type(trial.optimizer), "stable_curvature", broken)
    assert edge(trial, np.array([0.1, 0.2])) is None


@pytest.mark.parametrize(
    ("name", "fields", "lr"),
    [
        ("sgd", {}, 0.02),
        ("momentum", {"momentum": 0.9}, 0.038),
        ("momentum", {"momentum": 0.9, "nesterov": True}, 0.01357),
    ],
)
def test_the_bounds_are_those_of_the_papers(component, name, fields, lr):
    edge = component("optimizer", name)(**fields).stable_curvature(np.array([lr]))
    assert edge[0] == pytest.approx(100, rel=3e-4)


FORMS = list(product(("plain", "velocity", "mean"), (False, True), (0.0, 0.5), (0.3, 0.95)))


@pytest.mark.parametrize(("form", "nesterov", "dampening", "momentum"), FORMS)
def test_every_form_of_momentum_knows_its_edge(component, form, nesterov, dampening, momentum):
    cls = component("optimizer", "momentum")
    optimizer = cls(form=form, nesterov=nesterov, dampening=dampening, momentum=momentum)
    edge = optimizer.stable_curvature(np.array([LR]))[0]
    ends = []
    for share in (0.99, 1.01):
        params, loss = np.ones((1, 1)), np.zeros(1)
        state = make_state(optimizer, params, Layout({"x": (1,)}), loss)
        for t in range(1, 2001):
            state.t, state.lr = t, LR
            optimizer.step(params, share * edge * params, state)
        ends.append(abs(params[0, 0]))
    assert ends[0] < 1e-3 and ends[1] > 1e3
