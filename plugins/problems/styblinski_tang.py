"""The function of Styblinski and Tang: two valleys in each dimension."""

from typing import Any

from optlab.api import LandscapeND, hookimpl


class StyblinskiTang(LandscapeND):
    """Two valleys in each dimension, one of them deeper: 2^D minima and one that counts.

        f(x) = ½ Σ (xᵢ⁴ − 16 xᵢ² + 5 xᵢ),    minimum −39.16617 D at xᵢ = −2.903534

    Source: Styblinski & Tang, "Experiments in Nonconvex Optimization: Stochastic Approximation with Function Smoothing
    and Simulated Annealing", Neural Networks 3 (1990), 467–483, DOI 10.1016/0893-6080(90)90029-K.
    """

    name, title = "styblinski_tang", "Styblinski–Tang"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    at = (-0.2, 1.0)
    kind = ("multi-modal",)

    def minima(self) -> tuple[tuple[float, ...], ...]:
        return ((-2.903534027771177,) * self.dim,)

    def terms(self, *x: Any) -> tuple[Any, ...]:
        f = 0.5 * sum(p * (5 + p * (p * p - 16)) for p in x)
        return f, *(2.5 + p * (2 * p * p - 16) for p in x)


@hookimpl
def register_problems() -> list[type]:
    return [StyblinskiTang]
