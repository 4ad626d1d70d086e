"""A convex problem on which Adam walks to the worst point."""

from typing import Any

import numpy as np

from optlab.api import Array, Evaluate, Landscape, hookimpl, real


class AmsgradCounterexample(Landscape):
    """A rare steep slope to the left, two gentle ones to the right: the sum goes left, Adam goes right.

        f_t(x) = C x  at every third step,  −x  at the others,    x in [−1, 1]

    The mean is (C − 2) x / 3 with its minimum at −1. With a short memory (β₂ = 1 / (1 + C²)) Adam divides the rare
    large gradient by its own size and forgets it; AMSGrad remembers.

    Source: Reddi, Kale & Kumar, "On the Convergence of Adam and Beyond", ICLR 2018, arXiv:1904.09237, Theorem 1.
    """

    name, title = "amsgrad_counterexample", "AMSGrad's counter-example"
    domain, at, kind, outside = ((-1.0, 1.0),), (0.0,), ("convex",), "clip"

    c: float = real(3.0, 2.01, 1000.0, label="C", doc="the steep slope; above 2")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((-1.0,),)

    def sample(self, rng: np.random.Generator) -> Array:
        return np.arange(3)[:, None]

    def bind(self, params: Array, grads: Array, loss: Array, data: list[Any], memory: dict[str, Array]) -> Evaluate:
        slopes = np.array([self.c, -1.0, -1.0], params.dtype)

        def evaluate(batch: Array | None) -> None:
            if batch is None:
                self.evaluate(params, loss, grads)
                return
            grads[:] = slopes[batch]
            np.multiply(grads[:, 0], params[:, 0], out=loss)

        return evaluate

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        grad[:] = (self.c - 2) / 3
        np.multiply(x[:, 0], (self.c - 2) / 3, out=loss)


@hookimpl
def register_problems() -> list[type]:
    return [AmsgradCounterexample]
