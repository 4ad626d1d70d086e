"""What the kit tries of a problem: its gradient, its minima, its seeds."""

from collections.abc import Iterator

import numpy as np

from optlab.i18n import tr
from optlab.kit.finding import Finding, wrong
from optlab.kit.held import Held
from optlab.kit.slopes import gradient_is_exact
from optlab.kit.values import bears_its_values
from optlab.landscape import Landscape
from optlab.problem import Problem


def writes_loss_and_gradient(problem: Problem) -> Iterator[Finding]:
    held = Held(problem, [0])
    if not np.array_equal(held.before, held.params):
        yield wrong("leaves params alone", tr("bind moves params; it may only look at them"))
    before = held.params.copy()
    held.evaluate()
    if np.isnan(held.loss).any():
        yield wrong(
            "writes the loss", tr("loss is not written, or is no number: write into it (loss[:] = …), return nothing")
        )
    if np.isnan(held.grads).any():
        yield wrong(
            "writes the gradient", tr("grads are not all written, or are no numbers: write into every one of them")
        )
    if not np.array_equal(before, held.params):
        yield wrong("leaves params alone", tr("evaluate moves params; only the optimizer may"))


def runs_do_not_mix(problem: Problem) -> Iterator[Finding]:
    many = Held(problem, [0, 1, 2]).evaluate()
    for k in range(3):
        one = Held(problem, [k]).evaluate()
        size = float(np.abs(one.grads).max()) or 1.0
        same = np.allclose(many.grads[k], one.grads[0], rtol=1e-8, atol=1e-10 * size)
        if not same or not np.allclose(many.loss[k], one.loss[0], rtol=1e-8):
            yield wrong("runs do not mix", tr("a run in a batch of three has another loss or gradient than alone"))
            return


def seeds_decide(problem: Problem) -> Iterator[Finding]:
    first, second = Held(problem, [4]), Held(problem, [4])
    if not np.array_equal(first.params, second.params):
        yield wrong(
            "seeds decide",
            tr("the same seed starts elsewhere: draw from the rng that start is given, from nothing else"),
        )
        return
    first.evaluate()
    second.evaluate()
    if not np.array_equal(first.loss, second.loss) or not np.array_equal(first.grads, second.grads):
        yield wrong(
            "seeds decide", tr("the same seed gives another loss: draw from the rng that data and sample are given")
        )
    again = first.loss.copy()
    if not np.array_equal(again, first.evaluate().loss):
        yield wrong("gives the same again", tr("a second evaluation of the same points gives another loss"))


def float32_is_served(problem: Problem) -> Iterator[Finding]:
    wide, narrow = Held(problem, [0]).evaluate(), Held(problem, [0], "float32").evaluate()
    size = float(np.abs(wide.grads).max()) or 1.0
    if not np.allclose(narrow.grads, wide.grads, atol=1e-3 * size) or not np.allclose(
        narrow.loss, wide.loss, rtol=1e-3
    ):
        yield wrong("float32 is served", tr("in float32 loss or gradient are others than in float64"))


def minima_are_minima(problem: Problem) -> Iterator[Finding]:
    """At every listed minimum of a smooth landscape the gradient vanishes, and nothing beside is lower."""
    if not isinstance(problem, Landscape) or "non-smooth" in problem.kind:
        return
    for minimum in problem.minima():
        size = len(minimum)
        if size != len(problem.domain):
            yield wrong(
                "minima are minima",
                tr(
                    "{minimum}: expected {value} coordinates, got {size}",
                    minimum=minimum,
                    value=len(problem.domain),
                    size=size,
                ),
            )
            continue
        x = np.asfortranarray(minimum + 1e-4 * np.concatenate([np.zeros((1, size)), np.eye(size), -np.eye(size)]))
        loss, grad = np.empty(len(x)), np.empty_like(x)
        problem.evaluate(x, loss, grad)
        on_wall = any(c in axis for c, axis in zip(minimum, problem.domain, strict=True))
        scale = max(1.0, float(np.abs(grad).max()))
        if not on_wall and np.abs(grad[0]).max() > 1e-4 * scale:
            yield wrong(
                "minima are minima", tr("{minimum}: the gradient is {value}, not 0", minimum=minimum, value=grad[0])
            )
        elif not on_wall and (loss[1:] < loss[0] - 1e-12 * max(1.0, abs(loss[0]))).any():
            yield wrong("minima are minima", tr("{minimum}: beside it the function is lower", minimum=minimum))


CHECKS = (
    writes_loss_and_gradient, gradient_is_exact, runs_do_not_mix, seeds_decide, float32_is_served, minima_are_minima,
    bears_its_values,
)  # fmt: skip
