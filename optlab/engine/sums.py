"""Sums as docstrings write them, read with the numbers that their letters stand for."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from optlab.layout import Array

Number = Array | float | None
"""A value, one for each coordinate, or None where it is not known."""

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗᵖ", "0123456789+−tp")
RAISING = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
NAME = r"(?:[A-Za-z]{2,}(?:_[a-z]+)*|[A-Za-zα-ωℓΛ](?:_[a-z]+)?)[\u0302\u0304′]*[₀-₉ₜᵢₛ₊₋∞]*"
TOKEN = re.compile(
    rf"(?P<number>\d+(?:\.\d+)?)|(?P<name>{NAME})|(?P<raised>[⁰-⁹¹²³⁺⁻ᵗᵖ]+)|(?P<sign>[-+−·/()|‖⟨⟩,^√∛±½])"
)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max": np.maximum, "min": np.minimum, "sign": np.sign, "exp": np.exp,
    "clip": lambda value, low, high=None: np.clip(value, -low if high is None else low, low if high is None else high),
}  # fmt: skip


LONGEST = 150
"""Words and signs of a sum: each bracket goes deeper."""

LOSS = "f(x)"
"""The one function whose value is known."""


def spelt(text: str) -> str:
    """A text with its hats apart, as letters are compared."""
    return unicodedata.normalize("NFD", text)


class UnreadableError(Exception):
    """A line is not arithmetic of numbers."""


class Sum:
    """The right side of a statement: read once with what is known, it has its value and its words with numbers.

    `known` has arrays by coordinate and numbers by their letters; `place` is the coordinate that the words tell of.
    `written` says how a number is written. Raises `UnreadableError` for what is no arithmetic of this kind.
    """

    def __init__(
        self, text: str, known: Mapping[str, Number], place: int, part: slice, written: Callable[[float], str]
    ):
        self._known, self._place, self._part, self._written = known, place, part, written
        self._tokens = _tokens(text)
        if len(self._tokens) > LONGEST:
            raise UnreadableError(text)
        self._at = 0
        self._words: list[str] = []
        self._inside = 0
        self._layered = False
        with np.errstate(all="ignore"):
            self.value: Number = self._sum()
        if self._at < len(self._tokens):
            raise UnreadableError(text)
        self.words = "".join(self._words)

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise UnreadableError
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise UnreadableError
        self._words.append(sign)

    def _sum(self) -> Number:
        value = self._product()
        while self._peek() in ("+", "−"):
            sign = self._next()[1]
            self._words.append(f" {sign} ")
            other = self._product()
            value = _both(np.add if sign == "+" else np.subtract, value, other)
        return value

    def _product(self) -> Number:
        value = self._power()
        while self._peek() not in ("", "+", "−", ")", ",", "⟩") and not (self._peek() in "|‖" and self._inside):
            sign = self._next()[1] if self._peek() in ("·", "/") else "·"
            self._words.append(f" {sign} ")
            other = self._power()
            value = _both(np.divide if sign == "/" else np.multiply, value, other)
        return value

    def _power(self) -> Number:
        start = len(self._words)
        value = self._atom()
        kind = self._tokens[self._at][0] if self._at < len(self._tokens) else ""
        if kind == "raised":
            inner = Sum(self._next()[1].translate(RAISED), self._known, self._place, self._part, self._written)
        elif self._peek() == "^":
            self._next()
            inner = self._quiet()
        else:
            return value
        word = "".join(self._words[start:])
        if not re.fullmatch(r"[\d.]+|\(.*\)|‖.*‖|[^\W\d]+", word):
            self._words[start:] = [f"({word})"]
        self._words.append(self._raised(inner))
        return _both(np.power, value, inner.value)

    def _raised(self, inner: "Sum") -> str:
        if inner.value is None:
            return f"^({inner.words})"
        text = self._written(at(inner.value, self._place))
        return text.translate(RAISING) if re.fullmatch(r"−?\d+", text) else f"^({text})"

    def _quiet(self) -> "Sum":
        """An exponent: a number, a letter or a bracket, with its sign."""
        start = self._at
        if self._peek() == "−":
            self._next()
        words, self._words = self._words, []
        self._atom()
        self._words = words
        text = "".join(word for _, word in self._tokens[start : self._at])
        return Sum(text, self._known, self._place, self._part, self._written)

    def _atom(self) -> Number:
        kind, word = self._next()
        if kind == "number":
            self._words.append(word)
            return float(word)
        if kind == "name":
            return self._call(word) if word in FUNCTIONS and self._peek() == "(" else self._letter(word)
        match word:
            case "(":
                self._words.append("(")
                inside, self._inside = self._inside, 0
                value = self._sum()
                self._inside = inside
                self._expect(")")
                return value
            case "−":
                self._words.append("−")
                return _one(np.negative, self._power())
            case "√" | "∛":
                self._words.append(word)
                return _one(np.sqrt if word == "√" else np.cbrt, self._atom())
            case "½":
                self._words.append("½")
                return 0.5
            case "|":
                return self._bars("|")
            case "‖" | "⟨":
                return self._length(word)
        raise UnreadableError(word)

    def _call(self, name: str) -> Number:
        self._next()
        self._words.append(f"{name}(")
        inside, self._inside = self._inside, 0
        values = [self._argument()]
        while self._peek() == ",":
            self._next()
            self._words.append(", ")
            values.append(self._argument())
        self._inside = inside
        self._expect(")")
        return None if any(value is None for value in values) else FUNCTIONS[name](*values)

    def _argument(self) -> Number:
        if self._peek() == "±":
            self._next()
            self._words.append("±")
        return self._sum()

    def _bars(self, sign: str) -> Number:
        self._words.append(sign)
        self._inside += 1
        value = self._sum()
        self._inside -= 1
        self._expect(sign)
        return _one(np.abs, value)

    def _length(self, sign: str) -> Number:
        """The norm ‖a‖, or the product ⟨a, b⟩, of all coordinates; of the layer's where the letters have an index l."""
        words, self._words = self._words, []
        layered, self._layered = self._layered, False
        self._inside += sign == "‖"
        values = [self._sum()]
        if sign == "⟨":
            self._expect(",")
            values.append(self._sum())
        self._inside -= sign == "‖"
        self._expect("‖" if sign == "‖" else "⟩")
        part = self._part if self._layered else slice(None)
        self._words, self._layered = words, layered
        one = self._peek() == "₁"
        if any(value is None for value in values):
            raise UnreadableError
        first, *rest = (np.atleast_1d(np.asarray(value))[part] for value in values)
        found = float(np.dot(first, rest[0])) if rest else float(np.linalg.norm(first, 1 if one else 2))
        self._words.append(self._shown(found))
        return found

    def _letter(self, name: str) -> Number:
        if name == "f" and [word for _, word in self._tokens[self._at : self._at + 3]] == ["(", "x", ")"]:
            self._at, name = self._at + 3, LOSS
        bare = name.removesuffix("_l")
        self._layered |= bare != name
        value = self._known.get(name, self._known.get(bare))
        if value is None:
            self._words.append(unicodedata.normalize("NFC", name))
            return None
        self._words.append(self._shown(float(at(value, self._place))))
        return value

    def _shown(self, value: float) -> str:
        text = self._written(value)
        opened = not self._words or self._words[-1].endswith(("(", "|", ", "))
        return text if opened or not text.startswith("−") else f"({text})"


def at(value: Array | float, place: int) -> float:
    """The number at a coordinate."""
    return float(value[place]) if isinstance(value, np.ndarray) and value.ndim else float(value)


def _one(function: Callable[..., Any], value: Number) -> Number:
    return None if value is None else function(value)


def _both(function: Callable[..., Any], one: Number, other: Number) -> Number:
    return None if one is None or other is None else function(one, other)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, place = [], 0
    text = spelt(text)
    while place < len(text):
        match = TOKEN.match(text, place)
        if match:
            found.append((str(match.lastgroup), match[0]))
        elif not text[place].isspace():
            raise UnreadableError(text[place:])
        place = match.end() if match else place + 1
    return found
