"""Zakharov's function: a bowl with one wall of the fourth power."""

from typing import Any

from optlab.api import LandscapeND, hookimpl


class Zakharov(LandscapeND):
    """A bowl that one direction makes ever steeper: the stable rate depends on the place.

        f(x) = Σ xᵢ² + s² + s⁴,    s = ½ Σ i xᵢ,    minimum 0 at 0

    Far out the fourth power rules; near the minimum almost nothing is left of it.

    Source: Jamil & Yang, "A Literature Survey of Benchmark Functions for Global Optimisation Problems", International
    Journal of Mathematical Modelling and Numerical Optimisation 4 (2013), 150–194, DOI 10.1504/IJMMNO.2013.055204,
    arXiv:1308.4008, Zakharov function.
    """

    name, title = "zakharov", "Zakharov"
    domain = ((-5.0, 10.0), (-5.0, 10.0))
    at = (8.0, -1.0)
    kind = ("convex", "valley")

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((0.0,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        s = 0.5 * sum((k + 1) * p for k, p in enumerate(x))
        square, slope = s * s, s + 2 * s * s * s
        return sum(p * p for p in x) + square + square * square, *(2 * p + (k + 1) * slope for k, p in enumerate(x))


@hookimpl
def register_problems() -> list[type]:
    return [Zakharov]
