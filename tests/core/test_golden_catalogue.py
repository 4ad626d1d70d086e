"""The catalogue takes the very steps of PyTorch, Keras, optax and pytorch_optimizer, through the whole engine."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from optlab.engine.gradient import Gradient
from optlab.engine.update import AS_IT_IS

SPEC = importlib.util.spec_from_file_location("golden_harness", Path(__file__).parent.parent / "golden" / "harness.py")
harness = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(harness)

CASES = [
    case
    for case in harness.reference()["cases"]
    if case["class"] in harness.maps() and case["id"] not in harness.left_out()
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_steps_equal_those_of_the_library(case, lab):
    build = lab.catalogue.build
    optimizer, gradient, *rest = harness.maps()[case["class"]](harness.options(case), case)
    built, schedule = build("optimizer", optimizer, "optimizer"), build("schedule", {"name": "constant"}, "schedule")
    update = build("update", rest[0] if rest else {}, "update", AS_IT_IS)
    runs = harness.run(case, built, Gradient(**gradient), schedule, update=update)
    for j, (step, params, loss) in enumerate(runs):
        theirs = np.concatenate([np.ravel(t) for t in case["params"][j]])
        assert np.abs(params - theirs).max() <= case["param_atol"][j], step
        assert abs(loss - case["loss"][j]) <= case["loss_atol"][j], step
