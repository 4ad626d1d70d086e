"""The sum of squares: curvatures 1, 2, 3, …"""

from typing import Any

from optlab.api import LandscapeND, hookimpl


class SumSquares(LandscapeND):
    """A bowl whose curvature grows from axis to axis: 1, 2, 3, …, which is mild.

        f(x) = Σ i xᵢ²,    minimum 0 at 0

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Sum Squares function.
    """

    name = "sum_squares"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    at = (-8.0, 6.0)
    kind = ("convex",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        weighted = [(k + 1) * p for k, p in enumerate(x)]
        return sum(w * p for w, p in zip(weighted, x, strict=True)), *(2 * w for w in weighted)


@hookimpl
def register_problems() -> list[type]:
    return [SumSquares]
