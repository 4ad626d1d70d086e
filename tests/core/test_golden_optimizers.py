"""The optimizers take the very steps of PyTorch, within the tolerance that its own rounding leaves."""

import json
from pathlib import Path

import numpy as np
import pytest

from optlab.layout import Layout
from optlab.optimizer import make_state

CASES = json.loads((Path(__file__).parent.parent / "golden" / "optimizers.json").read_text())
COVERED = ("torch.optim.SGD", "torch.optim.Adam", "torch.optim.RMSprop")
ELSEWHERE = ("maximize", "amsgrad", "decoupled_weight_decay")
SELECTED = [c for c in CASES["cases"] if c["class"] in COVERED and not c["kwargs"].get("amsgrad")]


def ours(component, kind, options):
    """The shipped optimizer of PyTorch's class and options, and the L2 penalty, which is the pipeline's here."""
    options = {k: v for k, v in options.items() if k not in ELSEWHERE}
    penalty = options.pop("weight_decay")
    if kind == "torch.optim.Adam":
        options["beta1"], options["beta2"] = options.pop("betas")
        return component("optimizer", "adam")(**options), penalty
    if kind == "torch.optim.RMSprop":
        return component("optimizer", "rmsprop")(**options), penalty
    if options["momentum"]:
        return component("optimizer", "momentum")(**options), penalty
    return component("optimizer", "sgd")(lr=options["lr"]), penalty


def parts(case, component, x):
    """The case's parameter groups: for each its share of `x`, its optimizer, its penalty and its state."""
    sizes = [int(np.size(tensor)) for tensor in case["start"]]
    groups = case.get("param_groups")
    shares = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1]) if groups else [np.arange(sum(sizes))]
    for share, group in zip(shares, groups or [{}], strict=True):
        options = {**CASES["library_defaults"][case["class"]], **case["kwargs"], **group}
        optimizer, penalty = ours(component, case["class"], options)
        part = slice(share[0], share[-1] + 1)
        yield part, optimizer, penalty, make_state(optimizer, x[:, part], Layout({"x": (len(share),)}), np.zeros(1))


def flat(tensors):
    return np.concatenate([np.ravel(t) for t in tensors]).astype(float)


def test_all_cases_of_the_three_classes_are_selected():
    count = {kind: sum(c["class"] == kind for c in SELECTED) for kind in COVERED}
    assert count == {"torch.optim.SGD": 32, "torch.optim.Adam": 20, "torch.optim.RMSprop": 19}


@pytest.mark.parametrize("case", SELECTED, ids=[c["id"] for c in SELECTED])
def test_steps_equal_those_of_pytorch(case, component, golden_problem):
    evaluate = golden_problem(case["problem"])
    x = flat(case["start"])[None].copy()
    groups = list(parts(case, component, x))
    sign = -1.0 if case["kwargs"].get("maximize") else 1.0
    checked = dict(zip(case["steps"], range(len(case["steps"])), strict=True))
    for t in range(1, max(case["steps"]) + 1):
        grads = sign * evaluate(x[0])[1][None]
        for part, optimizer, penalty, state in groups:
            state.t, state.lr = t, optimizer.lr
            optimizer.step(x[:, part], grads[:, part] + penalty * x[:, part], state)
        if t in checked:
            j = checked[t]
            assert np.abs(x[0] - flat(case["params"][j])).max() <= case["param_atol"][j], t
            assert abs(evaluate(x[0])[0] - case["loss"][j]) <= case["loss_atol"][j], t
