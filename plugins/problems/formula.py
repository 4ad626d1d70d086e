"""Your own function, typed as a formula."""

from functools import lru_cache

from optlab.api import Array, FieldError, Formula, Landscape, hookimpl, numbers, real, text, tr


class TypedFormula(Landscape):
    """A function that is typed: of x and y (z, w), or of x1, x2, … in as many dimensions as it names.

        f(x, y) = any formula of + − * / ** ( ), pi, e,
                  sin cos tan exp log sqrt abs sinh cosh tanh arctan sign min max

    Its gradient is taken exactly, term by term, with the subgradient 0 at kinks. The text is read, never run.

    Source: Griewank & Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 3 (forward differentiation).
    """

    name, title = "formula", "your own f(x, y)"

    f: str = text("x**2 + 10*sin(y)**2 + y**2/10", label="f(x, y) =", doc="a formula of x and y, or of x1, x2, …")
    at: tuple[float, ...] = numbers((-4.0, 3.0), label="start", doc="where runs start: a number for each variable")
    low: float = real(-5.0, -1e6, 1e6, doc="lower end of every axis")
    high: float = real(5.0, -1e6, 1e6, doc="upper end of every axis")

    def __post_init__(self) -> None:
        super().__post_init__()
        count = len(parsed(self.f).variables)
        if len(self.at) != count:
            words = {"n": count, "names": ", ".join(parsed(self.f).variables), "that": len(self.at)}
            raise FieldError(tr("formula.at: expected {n} numbers for {names}, got {that}", **words))
        if self.low >= self.high:
            text = tr("formula.low: expected less than the upper end {high:g}, got {low:g}")
            raise FieldError(text.format(high=self.high, low=self.low))

    @property
    def domain(self) -> tuple[tuple[float, float], ...]:  # type: ignore[override]
        return ((self.low, self.high),) * len(parsed(self.f).variables)

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        parsed(self.f).evaluate(x, loss, grad)


@lru_cache(maxsize=64)
def parsed(formula: str) -> Formula:
    return Formula(formula, "formula.f")


@hookimpl
def register_problems() -> list[type]:
    return [TypedFormula]
