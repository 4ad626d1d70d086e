"""Elman networks: PyTorch's outputs, gradients through time and training, with and without clipping.

PyTorch has two biases, b_ih and b_hh. Only their sum counts, which is our b_in; but each of them has its gradient and
takes a step of its own, so that the sum moves twice as far, and clipping sees its gradient twice.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from optlab.nets import Data, Recurrent

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "nets.json").read_text())
COMMON = {name: np.array(value) for name, value in GOLDEN["rnn_common"].items() if isinstance(value, list)}
CASES = GOLDEN["rnn"]
each = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


class Bound:
    def __init__(self, case):
        self.net = Recurrent("elman", 2, 8, 1, 30, "mse", activation=case["activation"])
        self.params = np.empty((1, self.net.layout.size))
        self.grads, self.loss = np.empty_like(self.params), np.empty(1)
        weights = self.net.layout.views(self.params)
        weights["W_in"][0], weights["W_rec"][0] = COMMON["W_ih"].T, np.transpose(case["W_hh"])
        weights["b_in"][0] = COMMON["b_ih"] + COMMON["b_hh"]
        weights["W_out"][0], weights["b_out"][0] = COMMON["W_out"].T, COMMON["b_out"]
        self.x = COMMON["x"].transpose(1, 0, 2)  # PyTorch has the time steps first
        data = [Data(self.x, COMMON["target"])]
        self.bound = self.net.bind(self.params, self.grads, self.loss, data, 4, keep=True)
        self.bound.evaluate(None)


@each
def test_values_are_those_of_pytorch(case):
    ours = Bound(case)
    assert abs(ours.loss[0] - case["loss"]) < 1e-12
    np.testing.assert_allclose(ours.bound.predict(ours.x)[0], case["output"], atol=1e-12)
    np.testing.assert_allclose(ours.bound.hidden()[-1].value[0].T, case["h_T"], atol=1e-12)


@each
def test_the_gradient_over_every_time_step_is_that_of_pytorch(case):
    ours = Bound(case)
    shown = ours.bound.hidden()
    start = ours.net.layout.views(ours.params)["W_rec"] @ (shown[0].grad * shown[0].slope)  # t = 0: before them all
    norms = [np.linalg.norm(dh) for dh in (start, *(h.grad for h in shown))]
    np.testing.assert_allclose(norms, case["norm_dL_dh"], rtol=1e-9)


@each
def test_the_gradient_of_every_layer_is_that_of_pytorch(case):
    ours = Bound(case)
    slopes = ours.net.layout.views(ours.grads)
    names = {"W_ih": "W_in", "b_ih": "b_in", "b_hh": "b_in", "W_hh": "W_rec", "W_out": "W_out", "b_out": "b_out"}
    for theirs, name in names.items():
        np.testing.assert_allclose(np.linalg.norm(slopes[name]), case["grad_norm"][theirs], rtol=1e-9)
    np.testing.assert_allclose(slopes["W_rec"][0].T, case["W_hh_grad"], rtol=1e-9, atol=1e-12)


def train(case, run, clip):
    """Losses, and norms before clipping, of updates by gradient descent in which the bias counts twice."""
    ours, losses, norms = Bound(case), [], []
    bias = ours.net.layout.slices["b_in"]
    for _ in run["losses"]:
        ours.bound.evaluate(None)
        losses.append(ours.loss[0])
        norms.append(np.linalg.norm(np.concatenate([ours.grads, ours.grads[:, bias]], axis=1)))
        step = run["lr"] * (min(1.0, clip / (norms[-1] + 1e-6)) if clip else 1.0) * ours.grads
        step[:, bias] *= 2
        ours.params -= step
    return np.array(losses), norms


@each
@pytest.mark.parametrize(("key", "clip"), [("train_sgd", 0.0), ("train_sgd_clip1", 1.0)])
def test_training_has_the_losses_and_norms_of_pytorch(case, key, clip):
    run = case[key]
    losses, norms = train(case, run, clip)
    assert (np.abs(losses - run["losses"]) <= run["loss_atol"]).all()
    if clip:
        np.testing.assert_allclose(norms, run["total_norm_before_clip"], rtol=1e-9, atol=1e-12)
