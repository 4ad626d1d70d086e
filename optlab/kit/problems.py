"""What the kit tries of a problem: its gradient, its minima, its seeds."""

from collections.abc import Iterator, Sequence

import numpy as np

from optlab.i18n import tr
from optlab.kit.finding import Finding, wrong
from optlab.landscape import Landscape
from optlab.problem import Problem


class Held:
    """A problem bound to runs at points near their starts; `evaluate()` writes `loss` and `grads`."""

    def __init__(self, problem: Problem, seeds: Sequence[int], dtype: str = "float64") -> None:
        size = problem.layout().size
        self.params = np.zeros((len(seeds), size), dtype, order=problem.order)  # type: ignore[call-overload]
        data = [problem.data(np.random.default_rng((1, seed))) for seed in seeds]
        for row, seed in zip(self.params, seeds, strict=True):
            problem.start(row, np.random.default_rng((0, seed)))
            row += 0.1 * np.random.default_rng((2, seed)).standard_normal(size)
        self.grads, self.loss = np.full_like(self.params, np.nan), np.full(len(seeds), np.nan, dtype)
        self._evaluate = problem.bind(self.params, self.grads, self.loss, data, problem.memory(len(seeds)))
        draws = [problem.sample(np.random.default_rng((3, seed))) for seed in seeds]
        self.batch = None if draws[0] is None else np.stack([epoch[0] for epoch in draws if epoch is not None])

    def evaluate(self) -> "Held":
        self._evaluate(self.batch)
        return self


def writes_loss_and_gradient(problem: Problem) -> Iterator[Finding]:
    held = Held(problem, [0])
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


def gradient_is_exact(problem: Problem) -> Iterator[Finding]:
    """Against central differences along coordinates, or along some directions where there are many."""
    held, rng, h = Held(problem, [0]), np.random.default_rng(9), 1e-6
    here = held.evaluate().params.copy()
    grad = held.grads[0].astype(float).copy()
    if not np.isfinite(grad).all():
        return
    size = len(grad)
    few = size <= 12
    directions = np.eye(size) if few else rng.standard_normal((12, size)) / np.sqrt(size)
    for k, direction in enumerate(directions):
        ends = []
        for sign in (1, -1):
            held.params[:] = here + sign * h * direction
            ends.append(float(held.evaluate().loss[0]))
        slope, claimed = (ends[0] - ends[1]) / (2 * h), float(grad @ direction)
        if abs(slope - claimed) > 1e-5 * max(1.0, abs(slope), float(np.abs(grad).max())):
            where = tr("along coordinate {k}", k=k) if few else tr("along a direction")
            ratio = tr(", {ratio:.3g} times that", ratio=claimed / slope) if abs(slope) > 1e-9 else ""
            yield wrong(
                "the gradient is exact",
                tr(
                    "{where} the loss changes by {slope:.6g}, the gradient says {claimed:.6g}{ratio}",
                    where=where,
                    slope=slope,
                    claimed=claimed,
                    ratio=ratio,
                ),
            )
            return


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
)  # fmt: skip
