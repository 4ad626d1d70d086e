"""PyTorch's training runs of small deep networks, and how it clips, within the tolerances of the reference."""

import json
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.gradient import Gradient, Pipeline
from optlab.kernels import norm
from optlab.layout import Layout
from optlab.nets import Data, Network
from optlab.optimizer import make_state

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "nets.json").read_text())
LOSSES = {"mse": "mse", "bce_with_logits": "binary", "softmax_cross_entropy": "softmax"}
LABELS = {"mse": "y_regression", "bce_with_logits": "y_binary", "softmax_cross_entropy": "y_class"}
NORMS = {None: "none", "batchnorm": "batch", "layernorm": "layer"}
LETTERS = {"W": "W", "b": "b", "gamma": "gain", "beta": "shift"}
pytestmark = pytest.mark.filterwarnings("ignore:overflow")  # as in the engine: e⁻ᶻ may be inf where 1 / inf is 0
cases = pytest.mark.parametrize("case", GOLDEN["mlp"], ids=[case["id"] for case in GOLDEN["mlp"]])


class Trained:
    """A network of the reference with its first weights, on its data."""

    def __init__(self, case):
        config, data = case["config"], GOLDEN["data"]
        outputs = 3 if config["loss"] == "softmax_cross_entropy" else 1
        self.network = Network(
            (2, *[16] * 8, outputs), config["activation"], "he", LOSSES[config["loss"]],
            "every" if config["residual"] else "none", NORMS[config["norm"]],
        )  # fmt: skip
        self.config, self.layout = config, self.network.layout
        self.params = np.empty((1, self.layout.size))
        self.network.start(self.params[0], np.random.default_rng(0))
        weights = GOLDEN["weight_sets"][config["weights"]]
        for k, (W, b) in enumerate(zip(weights["W"], weights["b"], strict=True), 1):
            views = self.layout.views(self.params)
            views[f"W{k}"][0], views[f"b{k}"][0] = np.transpose(W), b
        self.grads, self.loss, self.memory = np.empty_like(self.params), np.empty(1), self.network.memory(1)
        points = Data(np.array(data["X"]), np.array(data[LABELS[config["loss"]]]))
        self.data, self.batch = points, len(points.x)
        self.bound = self.network.bind(self.params, self.grads, self.loss, [points], self.batch, self.memory, keep=True)

    def train(self, component, look):
        """50 updates; `look(t)` sees every evaluation, of which the last follows no update."""
        optimizer = component("optimizer", self.config["optimizer"])(lr=self.config["lr"])
        state = make_state(optimizer, self.params, self.layout, self.loss)
        clip = Gradient(clip_norm=self.config.get("clip_norm", 0.0), clip_value=self.config.get("clip_value", 0.0))
        pipeline = Pipeline(clip, self.layout, self.params, [], None)
        for t in range(51):
            before = {name: array.copy() for name, array in self.memory.items()}
            self.bound.evaluate(None)
            look(t)
            if t == 50:
                for name, array in self.memory.items():  # as after the 50th update
                    array[:] = before[name]
                return
            if pipeline.clips:
                pipeline.clip(self.params, self.grads)
            state.t, state.lr = t + 1, self.config["lr"]
            optimizer.step(self.params, self.grads, state)


def assert_norms(net, case, key):
    norms = dict(zip(net.layout.names, net.layout.norms(net.grads)[0], strict=True))
    assert len(norms) == sum(len(theirs) for theirs in case[key].values())
    for letter, name in LETTERS.items():
        tolerances = case[f"{key}_atol"].get(letter, [])
        for k, (theirs, atol) in enumerate(zip(case[key].get(letter, []), tolerances, strict=True), 1):
            assert abs(norms[f"{name}{k}"] - theirs) <= atol, (key, name, k)


def test_the_reference_has_all_its_networks():
    assert len(GOLDEN["mlp"]) == 43


@cases
def test_first_outputs_and_hidden_layers_are_those_of_pytorch(case):
    net = Trained(case)
    hidden = net.bound.hidden()
    if net.network.norm != "batch":  # which predicts with statistics that it has not seen yet
        outputs = net.bound.predict(net.data.x)[0]
        np.testing.assert_allclose(outputs, np.reshape(case["outputs_init"], outputs.shape), rtol=1e-10, atol=1e-12)
    net.bound.evaluate(None)
    for k, layer in enumerate(hidden):
        assert layer.value.mean() == pytest.approx(case["hidden_mean_init"][k], rel=1e-10, abs=1e-12)
        assert layer.value.std() == pytest.approx(case["hidden_std_init"][k], rel=1e-10, abs=1e-12)
        assert (layer.value == 0).mean() == case["hidden_zero_fraction_init"][k]


@cases
def test_fifty_updates_have_the_losses_and_norms_of_pytorch(case, component):
    net = Trained(case)

    def look(t):
        assert abs(net.loss[0] - case["losses"][t]) <= case["loss_atol"][t], t
        if "total_norm_before_clip" in case and t < 50:
            assert norm(net.grads).item() == pytest.approx(case["total_norm_before_clip"][t], rel=1e-9)
        if t in (0, 50):
            assert_norms(net, case, "grad_norm_init" if t == 0 else "grad_norm_after50")

    net.train(component, look)
    views = net.layout.views(net.params)
    np.testing.assert_allclose(views["W9"][0].T, case["final_W_last"], rtol=0, atol=case["final_atol"])
    np.testing.assert_allclose(views["b9"][0], case["final_b_last"], rtol=0, atol=case["final_atol"])


BATCH = [case for case in GOLDEN["mlp"] if case["config"]["norm"] == "batchnorm"]


@pytest.mark.parametrize("case", BATCH, ids=[case["id"] for case in BATCH])
def test_running_statistics_and_the_loss_with_them_are_those_of_pytorch(case, component):
    net = Trained(case)
    net.train(component, lambda t: None)
    mean, variance = net.memory["mean"][0, :16], net.memory["variance"][0, :16]
    np.testing.assert_allclose(mean, case["running_mean_layer1_after50"], atol=1e-8)
    np.testing.assert_allclose(variance, case["running_var_layer1_after50"], atol=1e-8)
    scores = net.network.scores(net.bound.predict(net.data.x), net.data.y)
    assert scores["loss"][0] == pytest.approx(case["eval_mode_loss_after50"], abs=1e-8)


CLIPS = {
    "torch.nn.utils.clip_grad_norm_": lambda max_norm, norm_type: {
        "clip_norm": max_norm, "clip_by": {2.0: "length", "inf": "largest"}[norm_type],
    },
    "torch.nn.utils.clip_grad_value_": lambda clip_value: {"clip_value": clip_value},
    "optax.clip_by_global_norm": lambda max_norm: {"clip_norm": max_norm, "clip_eps": 0.0},
    "optax.clip": lambda max_delta: {"clip_value": max_delta},
    "optax.centralize": lambda: {"centralize": "outputs"},
}  # fmt: skip
"""What each library's clipping is in our pipeline."""


@pytest.mark.parametrize("case", GOLDEN["clipping"], ids=[case["id"] for case in GOLDEN["clipping"]])
def test_gradients_are_clipped_as_by_the_libraries(case):
    tensors = [np.array(g) for g in GOLDEN["clip_common"]["grads"]]
    layout = Layout({f"W{k}": g.shape for k, g in enumerate(tensors)})
    grads = np.concatenate([g.ravel() for g in tensors])[None]
    params = np.concatenate([np.ravel(x) for x in GOLDEN["clip_common"]["params"]])[None]
    Pipeline(Gradient(**CLIPS[case["class"]](**case["kwargs"])), layout, params, []).clip(params, grads)
    for g, theirs in zip(layout.views(grads).values(), case["clipped"], strict=True):
        np.testing.assert_allclose(g[0], theirs, rtol=1e-12, atol=1e-15)
