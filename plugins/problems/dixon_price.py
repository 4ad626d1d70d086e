"""The function of Dixon and Price: a bent valley with a twin."""

from itertools import pairwise
from typing import Any

from optlab.api import LandscapeND, hookimpl


class DixonPrice(LandscapeND):
    """A bent valley that leads to two minima of the same depth.

        f(x) = (x₁ − 1)² + Σ i (2 xᵢ² − xᵢ₋₁)² (i ≥ 2),    minimum 0 at xᵢ = 2^(−(2ⁱ − 2) / 2ⁱ)

    The last coordinate may have either sign.

    Source: Dixon & Price, "Truncated Newton Method for Sparse Unconstrained Optimization Using Automatic
    Differentiation", Journal of Optimization Theory and Applications 60 (1989), 261–275.
    """

    name, title = "dixon_price", "Dixon–Price"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    view = ((-2.0, 4.0), (-2.0, 2.0))
    at = (-1.0, 1.5)
    kind = ("valley", "multi-modal")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        *others, last = (2.0 ** (2.0 ** (1 - k) - 1) for k in range(1, self.dim + 1))
        return (*others, last), (*others, -last)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        rests = [2 * q * q - p for p, q in pairwise(x)]
        pulls = [k * u for k, u in enumerate(rests, 2)]  # of i (2 xᵢ² − xᵢ₋₁)
        first = x[0] - 1
        slopes = [8 * p * u for p, u in zip(x[1:], pulls, strict=True)]
        f = first * first + sum(u * r for u, r in zip(pulls, rests, strict=True))
        ahead = [*pulls[1:], 0.0]
        return f, 2 * (first - pulls[0]), *(s - 2 * u for s, u in zip(slopes, ahead, strict=True))


@hookimpl
def register_problems() -> list[type]:
    return [DixonPrice]
