"""What the kit tries of every field: its bounds, values between them, and many fields at once."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from optlab.component import Component
from optlab.engine.rates import base_rate, reactive_state
from optlab.fields import Choice, Field, FieldError, Flag, Integer, Real
from optlab.i18n import tr
from optlab.kit.finding import Finding, note, wrong
from optlab.kit.held import Held
from optlab.kit.ride import START, Ride
from optlab.optimizer import Optimizer
from optlab.problem import Problem
from optlab.schedule import ReactiveSchedule, Schedule

AT_ONCE = 24
"""Components with all fields drawn at random: the same ones every time."""
LONGEST = 2.0
"""Seconds after which no further values are tried: a network may have a hundred of them."""
LARGEST = 20_000
"""Parameters of a problem that is still tried."""


def bears_its_values(component: Component) -> Iterator[Finding]:
    """At every bound of every field, between them, and with all of them at random, it works."""
    ends = time.monotonic() + LONGEST
    for tried, values in enumerate([*one_at_a_time(component), *all_at_once(component)]):
        if time.monotonic() > ends:
            yield note("values", tr("{n} values of its fields were tried, and time was up", n=tried))
            return
        for finding in bears(component, values):
            yield finding
            return


def bears(component: Component, values: dict[str, Any]) -> Iterator[Finding]:
    """Whether the component works with other values of its fields; values that it refuses itself are no fault."""
    shown = ", ".join(f"{k} = {v:g}" if isinstance(v, float) else f"{k} = {v}" for k, v in values.items())
    try:
        other = component.replace(**values)
        fault = _fault(other)
    except FieldError:
        return
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
    if fault:
        text = tr("with {values}, which its fields allow: {fault}; narrow the bounds", values=shown, fault=fault)
        yield wrong("bears its values", text)


def _fault(component: Component) -> str:
    """What is not finite about a component; an empty text where all is."""
    with np.errstate(all="ignore"):
        if isinstance(component, Optimizer):
            params = Ride(component, START, lr=base_rate(component)).go(2).params
            return "" if np.isfinite(params).all() else tr("two steps over a bowl are not finite")
        if isinstance(component, ReactiveSchedule):
            state = reactive_state(component, np.full(1, 0.1), np.zeros(1))
            for t in range(60):
                component.update(np.full(1, 0.9**t), t, state)
            good = bool((np.isfinite(state.factor) & (state.factor >= 0)).all())
            return "" if good else tr("the factors of {key} are not all finite and at least 0", key="lr")
        if isinstance(component, Schedule):
            for key, factors in component.at(np.arange(200), 200, 7).items():
                if not (np.isfinite(factors) & (np.asarray(factors) >= 0)).all():
                    return tr("the factors of {key} are not all finite and at least 0", key=key)
        if isinstance(component, Problem) and component.layout().size <= LARGEST:
            held = Held(component, [0], away=0.0).evaluate()
            if not (np.isfinite(held.loss).all() and np.isfinite(held.grads).all()):
                return tr("loss and gradient at the start are not finite")
    return ""


def one_at_a_time(component: Component) -> Iterator[dict[str, Any]]:
    """Each field at its bounds and between them, the others as they are."""
    for key, field in component.fields().items():
        yield from ({key: value} for value in _places(field, _is_size(component, field)))


def all_at_once(component: Component) -> Iterator[dict[str, Any]]:
    """All fields at random but for sizes, numbers on the scale of their form."""
    rng = np.random.default_rng(0)
    for _ in range(AT_ONCE):
        drawn = {key: _drawn(field, rng) for key, field in component.fields().items() if not _is_size(component, field)}
        if values := {key: value for key, value in drawn.items() if value is not None}:
            yield values


def _places(field: Field, size: bool) -> list[Any]:
    if isinstance(field, Real):
        lo, hi = bounds(field)
        between = np.geomspace(lo, hi, 5) if field.log else np.linspace(lo, hi, 5)
        return [lo, hi, *(float(value) for value in between[1:-1])]
    if isinstance(field, Integer):
        return [field.lo, int(bounds(field, size)[1])]
    if isinstance(field, Flag):
        return [not field.default]
    return [word for word in field.options if word != field.default] if isinstance(field, Choice) else []


def _drawn(field: Field, rng: np.random.Generator) -> Any:
    if isinstance(field, Real):
        lo, hi = bounds(field)
        return float(np.exp(rng.uniform(np.log(lo), np.log(hi))) if field.log else rng.uniform(lo, hi))
    if isinstance(field, Integer):
        return int(rng.integers(field.lo, int(bounds(field)[1]) + 1))
    if isinstance(field, Flag):
        return bool(rng.integers(2))
    return str(rng.choice(field.options)) if isinstance(field, Choice) else None


def _is_size(component: Component, field: Field) -> bool:
    """Whether a field may make a problem so large that trying it takes minutes."""
    return isinstance(component, Problem) and isinstance(field, Integer)


def bounds(field: Real | Integer, size: bool = False) -> tuple[float, float]:
    """The bounds, and some in their place where a field has none; a size goes to the double of its default."""
    lo, hi = max(field.lo, min(-100.0, 10.0 * field.default)), float(field.hi)
    if hi in (np.inf, 2.0**31):
        hi = max(100.0, 10.0 * abs(field.default))
    return lo, min(hi, max(2.0 * field.default, field.lo + 2.0)) if size else hi
