"""Reference runs of other libraries, taken again through the whole engine: problem, pipeline, loop, optimizer."""

import importlib.util
import json
from functools import cache
from pathlib import Path

import numpy as np

from optlab.engine.batch import Batch
from optlab.engine.spec import Experiment, Trial
from optlab.engine.update import AS_IT_IS
from optlab.layout import Layout
from optlab.problem import Problem

HERE = Path(__file__).parent
TRANSPOSED = ("torch", "pytorch_optimizer")
"""Libraries that store a weight as (out, in); ours is (in, out), as Keras and optax have it."""


def load(file):
    spec = importlib.util.spec_from_file_location(f"golden_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def reference():
    """The content of optimizers.json."""
    return json.loads((HERE / "optimizers.json").read_text())


@cache
def maps():
    """By class of a library: a function `(options, case)` that gives the tables of our optimizer and of the pipeline.

    A third table, where there is one, is that of the update: multipliers by layer, averages.
    """
    found = {}
    for file in sorted((HERE / "maps").glob("*.py")):
        found |= load(file).MAPS
    return found


@cache
def left_out():
    """Reasons by class or case id for what is not tested."""
    found = {}
    for file in sorted((HERE / "maps").glob("*.py")):
        found |= getattr(load(file), "LEFT_OUT", {})
    return found


def options(case):
    """The library's defaults with what the case passes."""
    return {**reference()["library_defaults"].get(case["class"], {}), **case["kwargs"]}


def problem_of(case):
    """The golden problem as one of ours, its tensors as layers `W1`, `W2`, … (matrices) and `b1`, … (vectors)."""
    stored = reference()["problems"][case["problem"]]
    flip = case["library"] in TRANSPOSED
    shapes, orders, at = {}, [], 0
    for number, tensor in enumerate(stored["params"], 1):
        shape = tuple(tensor["shape"])
        place = np.arange(at, at + int(np.prod(shape))).reshape(shape)
        at += place.size
        matrix = len(shape) == 2
        shapes[f"{'W' if matrix else 'b'}{number}"] = shape[::-1] if matrix and flip else shape
        orders.append((place.T if matrix and flip else place).ravel())
    order = np.concatenate(orders)  # ours[k] = theirs[order[k]]
    closed_form = load(HERE / "problems.py").problem(case["problem"], stored)
    start = np.concatenate([np.ravel(t) for t in case["start"]]).astype(float)[order]
    back = np.argsort(order)
    sign = -1.0 if case["kwargs"].get("maximize") else 1.0

    class Golden(Problem):
        """A golden problem in its closed form."""

        name = "golden"

        def layout(self):
            return Layout(shapes)

        def start(self, params, rng):
            params[:] = start

        def bind(self, params, grads, loss, data, memory):
            def evaluate(batch):
                for row in range(len(params)):
                    loss[row], theirs = closed_form(params[row][back])
                    grads[row] = sign * np.asarray(theirs)[order]

            return evaluate

    return Golden(), back


def hand_in_signs(batch, case, back):
    """Let the optimizer draw the signs of the case, and see the Hessian without the error of a difference."""
    state, order = batch._ready()._state, np.argsort(back)
    signs = iter([np.concatenate([np.ravel(t) for t in draw])[order] for draw in case["hutchinson_signs"]])
    closed_form = load(HERE / "problems.py").problem(case["problem"], reference()["problems"][case["problem"]])

    def curvature(params, v, out):
        for at, direction, row in zip(params, v, out, strict=True):  # the complex step: exact to the last digit
            row[:] = (closed_form((at + 1e-30j * direction)[back])[1].imag / 1e-30)[order]

    state.signs, state.curvature = lambda out: np.copyto(out, next(signs)), curvature


def run(case, optimizer, gradient, schedule, *, update=AS_IT_IS, prepare=None):
    """The params, in the library's order, and the loss at the case's steps; `prepare(batch)` comes before the first."""
    problem, back = problem_of(case)
    trial = Trial("golden", problem, optimizer, schedule, gradient, update)
    batch = Batch(Experiment("golden", trial, (trial,), steps=0, bound=1e300), [(trial, 0)])
    if "hutchinson_signs" in case:
        hand_in_signs(batch, case, back)
    if prepare is not None:
        prepare(batch)
    evaluate = load(HERE / "problems.py").problem(case["problem"], reference()["problems"][case["problem"]])
    for step in case["steps"]:
        batch.advance(step - batch.t)
        (reached,) = batch.runs
        assert reached.status not in ("failed", "diverged"), reached.message + reached.details
        params = batch.point(reached)[back]
        yield step, params, float(evaluate(params)[0])
