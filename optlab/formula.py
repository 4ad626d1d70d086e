"""Formulas that people type: read through a whitelist of the syntax tree, never run as code, differentiated exactly."""

import ast
import re
from collections.abc import Callable, Mapping

import numpy as np

from optlab.fields import FieldError, did_you_mean
from optlab.i18n import tr
from optlab.layout import Array

LONGEST = 1000
DEEPEST = 60
MOST = 20
"""Variables at the most."""

SIGNS = {
    "²": "**2",
    "³": "**3",
    "^": "**",
    "·": "*",
    "×": "*",
    "−": "-",
    "÷": "/",
    "π": "pi",
    "（": "(",
    "）": ")",
    "，": ",",
}
"""What people type beside Python's signs."""

CONSTANTS = {"pi": np.pi, "e": np.e}

FUNCTIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]] = {
    "sin": (np.sin, lambda u, v: np.cos(u)),
    "cos": (np.cos, lambda u, v: -np.sin(u)),
    "tan": (np.tan, lambda u, v: 1 + v * v),
    "exp": (np.exp, lambda u, v: v),
    "log": (np.log, lambda u, v: 1 / u),
    "sqrt": (np.sqrt, lambda u, v: np.where(v > 0, 0.5 / np.where(v > 0, v, 1.0), 0.0)),
    "abs": (np.abs, lambda u, v: np.sign(u)),
    "sinh": (np.sinh, lambda u, v: np.cosh(u)),
    "cosh": (np.cosh, lambda u, v: np.sinh(u)),
    "tanh": (np.tanh, lambda u, v: 1 - v * v),
    "arctan": (np.arctan, lambda u, v: 1 / (1 + u * u)),
    "sign": (np.sign, lambda u, v: np.zeros_like(u)),
}
"""Functions of one argument u with their slopes from u and the value v; at a kink the subgradient is 0."""

CHOICES = ("min", "max")

Dual = tuple[Array, Array]
"""A value `(R,)` and its derivatives by the variables `(D, R)`: forward differentiation, exact to rounding."""


class Formula:
    """`f(x, y) = …` of `x, y, z, w`, or of `x1, x2, …`; knows + − * / **, pi, e, and the functions of this module.

    Raises `FieldError` that says what is wrong and where.
    """

    def __init__(self, text: str, where: str = "formula") -> None:
        self._where = where
        self._tree = self._parsed(text)
        self._check(self._tree, 0)
        known = {*CONSTANTS, *FUNCTIONS, *CHOICES}
        self.variables = self._ordered({n.id for n in ast.walk(self._tree) if isinstance(n, ast.Name)} - known)

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        """Write f and its gradient at the points `x (R, D)` into `loss (R,)` and `grad (R, D)`."""
        runs, count = x.shape
        units = np.eye(count)[:, :, None].repeat(runs, axis=2)
        names = {name: (x[:, k], units[k]) for k, name in enumerate(self.variables)}
        zero = np.zeros((count, runs))
        names |= {name: (np.full(runs, value), zero) for name, value in CONSTANTS.items()}
        value, slopes = self._value(self._tree, names, zero)
        loss[:] = value
        grad[:] = slopes.T

    def _refuse(self, words: str) -> FieldError:
        return FieldError(f"{self._where}: {words}")

    def _parsed(self, text: str) -> ast.expr:
        if not text.strip() or len(text) > LONGEST:
            raise self._refuse(tr("expected a formula of 1 to {n} signs", n=LONGEST))
        for sign, plain in SIGNS.items():
            text = text.replace(sign, plain)
        try:
            return ast.parse(text.strip(), mode="eval").body
        except SyntaxError as error:
            words = tr("cannot be read near sign {n}; write 2*x for 2x and x**2 for the square", n=error.offset or 1)
            raise self._refuse(words) from None
        except (RecursionError, MemoryError, ValueError):
            raise self._refuse(tr("expected a simpler formula")) from None

    def _check(self, node: ast.AST, depth: int) -> None:
        """Raise for anything but numbers, names, arithmetic and known functions."""
        if depth > DEEPEST:
            raise self._refuse(tr("expected a simpler formula"))
        match node:
            case ast.Constant(value=bool()) | ast.Constant(value=complex()):
                raise self._refuse(tr("expected numbers, got {that}", that=ast.unparse(node)))
            case ast.Constant(value=int() | float() as value) if abs(value) < 1e300:
                return
            case ast.Name(id=name) if name not in FUNCTIONS and name not in CHOICES:
                return
            case (
                ast.UnaryOp(op=ast.UAdd() | ast.USub())
                | ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.Pow())
            ):
                pass
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                self._check_call(name, node.args)
                for argument in node.args:
                    self._check(argument, depth + 1)
                return
            case ast.operator() | ast.unaryop():
                return
            case _:
                raise self._refuse(tr("{part} is not understood", part=ast.unparse(node)[:40]))
        for child in ast.iter_child_nodes(node):
            self._check(child, depth + 1)

    def _check_call(self, name: str, arguments: list[ast.expr]) -> None:
        if name not in FUNCTIONS and name not in CHOICES:
            hint = did_you_mean(name, [*FUNCTIONS, *CHOICES])
            raise self._refuse(tr("unknown function {name}; {hint}", name=name, hint=hint))
        wanted = 2 if name in CHOICES else 1
        if len(arguments) != wanted:
            raise self._refuse(tr("{name}: expected {n} arguments, got {m}", name=name, n=wanted, m=len(arguments)))

    def _ordered(self, names: set[str]) -> tuple[str, ...]:
        """The variables in order; `x1, x2, …` up to the largest index."""
        indices = [int(name[1:]) for name in names if re.fullmatch(r"x[1-9]\d?", name)]
        if names and len(indices) == len(names):
            if max(indices) > MOST:
                raise self._refuse(tr("expected at most {n} variables", n=MOST))
            return tuple(f"x{k}" for k in range(1, max(2, *indices) + 1))
        letters = ("x", "y", "z", "w")
        for name in sorted(names):
            if name not in letters:
                hint = did_you_mean(name, [*letters, *CONSTANTS])
                raise self._refuse(tr("unknown name {name}; {hint}", name=name, hint=hint))
        return letters[: max([2, *(letters.index(name) + 1 for name in names)])]

    def _value(self, node: ast.expr, names: Mapping[str, Dual], zero: Array) -> Dual:
        match node:
            case ast.Constant(value=number):
                return np.full(zero.shape[1], float(number)), zero  # type: ignore[arg-type]
            case ast.Name(id=name):
                return names[name]
            case ast.UnaryOp(op=op, operand=operand):
                value, slopes = self._value(operand, names, zero)
                return (-value, -slopes) if isinstance(op, ast.USub) else (value, slopes)
            case ast.BinOp(left=left, op=op, right=right):
                return _combined(op, self._value(left, names, zero), self._value(right, names, zero))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return _called(name, [self._value(argument, names, zero) for argument in arguments])
        raise self._refuse(tr("{part} is not understood", part=ast.unparse(node)[:40]))


def _combined(op: ast.operator, left: Dual, right: Dual) -> Dual:
    (u, du), (v, dv) = left, right
    if isinstance(op, ast.Add):
        return u + v, du + dv
    if isinstance(op, ast.Sub):
        return u - v, du - dv
    if isinstance(op, ast.Mult):
        return u * v, du * v + u * dv
    if isinstance(op, ast.Div):
        return u / v, (du - (u / v) * dv) / v
    return _power(left, right)


def _power(base: Dual, exponent: Dual) -> Dual:
    """u ** v; where v is constant no logarithm of u is taken, so that (−2)**3 has a slope."""
    (u, du), (v, dv) = base, exponent
    value = u**v
    slopes = np.where((v == 0) | ((u == 0) & (v < 1)), 0.0, v * u ** (v - 1)) * du
    if dv.any():
        slopes = slopes + np.where(u > 0, value * np.log(np.where(u > 0, u, 1.0)), 0.0) * dv
    return value, slopes


def _called(name: str, arguments: list[Dual]) -> Dual:
    if name in CHOICES:
        (u, du), (v, dv) = arguments
        first = u <= v if name == "min" else u >= v
        return np.where(first, u, v), np.where(first, du, dv)
    function, slope = FUNCTIONS[name]
    ((u, du),) = arguments
    value = function(u)
    return value, slope(u, value) * du
