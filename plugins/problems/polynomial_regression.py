"""Polynomial regression: few points, many powers, and what over-fitting is."""

import numpy as np
from numpy.polynomial import legendre

from optlab.api import Array, Data, DataProblem, Network, choice, hookimpl, integer, real


class PolynomialRegression(DataProblem):
    """Fit a polynomial to a few noisy points of a curve; the test loss is its distance from the curve itself.

        L = mean (Σ_k w_k φ_k(x) + b − y)²,    y = sin 3x + noise · n,    k = 1 … degree

    φ are the Legendre polynomials, or the plain powers, whose condition number hides over-fitting for 10⁴ steps: the
    high coefficients hardly move. Degree 9 with 12 points over-fits, an L2 penalty or an early stop mends it.

    Source: Bishop, "Pattern Recognition and Machine Learning", Springer 2006, section 1.1.
    """

    name = "polynomial_regression"

    degree: int = integer(9, 1, 30, doc="highest power")
    samples: int = integer(12, 2, 1000, doc="points to learn from")
    noise: float = real(0.3, 0.0, 10.0, doc="standard deviation of the points about the curve")
    basis: str = choice("orthogonal", "orthogonal", "powers", doc="Legendre polynomials or plain powers of x")
    batch: int = integer(0, 0, 1000, label="batch size", doc="points per mini-batch; 0 = all of them")

    def network(self) -> Network:
        return Network((self.degree, 1), "tanh", "xavier", "mse")  # no hidden layer, so no activation

    def count(self) -> int:
        return self.samples

    def data(self, rng: np.random.Generator) -> Data:
        x = np.sort(rng.uniform(-1, 1, self.samples))
        return Data(self.features(x), np.sin(3 * x) + self.noise * rng.standard_normal(self.samples))

    def features(self, x: Array) -> Array:
        """φ₁ … φ_degree at `x (N,)`, as `(N, degree)`."""
        if self.basis == "powers":
            return np.asarray(x[:, None] ** np.arange(1, self.degree + 1))
        scale = np.sqrt(2 * np.arange(1, self.degree + 1) + 1)
        return np.asarray(legendre.legvander(x, self.degree)[:, 1:] * scale)

    def places(self, x: Array) -> Array:
        return np.asarray(x[:, :1] / self.features(np.ones(1))[0, 0])

    def inputs_at(self, places: Array) -> Array:
        return self.features(places[:, 0])

    def tracks(self) -> tuple[str, ...]:
        return ("test_loss",)

    def measure(self, params: Array, out: Array) -> None:
        x = np.linspace(-1, 1, 201)
        fitted = params[:, :-1] @ self.features(x).T + params[:, -1:]
        out[:, 0] = np.square(fitted - np.sin(3 * x)).mean(axis=1)


@hookimpl
def register_problems() -> list[type]:
    return [PolynomialRegression]
