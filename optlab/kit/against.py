"""A port against its original in PyTorch: both take the same gradients until the first step at which they part."""

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from optlab.engine.rates import base_rate
from optlab.fields import FieldError, Flag, Real, did_you_mean
from optlab.i18n import tr
from optlab.kit.finding import Finding, note, wrong
from optlab.layout import Array, Layout
from optlab.optimizer import Optimizer, make_state

STEPS = 60
LAYOUT = Layout({"W1": (2, 3), "b1": (2,)})
START = np.linspace(-2.0, 2.5, LAYOUT.size)
CURVATURE = np.geomspace(0.05, 20.0, LAYOUT.size)
CLOSE = 1e-6
"""Of the way so far: PyTorch keeps some numbers of its own in float32."""
SETS = {"betas": ("beta1", "beta2", "beta3"), "etas": ("eta_minus", "eta_plus"), "momentum_decay": ("psi",)}
"""Arguments of PyTorch that are tuples, or have another name in most papers, and our fields."""


def problems() -> dict[str, Callable[[Array, int], Array]]:
    """Gradients at x and t: smooth ones, ones of all sizes, and mostly zeros."""
    noise = np.random.default_rng(0).standard_normal((STEPS + 1, LAYOUT.size))
    sizes = np.exp(np.random.default_rng(1).uniform(-12, 6, STEPS + 1))
    sparse = np.random.default_rng(2).random((STEPS + 1, LAYOUT.size)) < 0.2
    return {
        tr("a bowl"): lambda x, t: CURVATURE * x,
        tr("noise"): lambda x, t: 0.1 * x + noise[t],
        tr("gradients of all sizes"): lambda x, t: sizes[t] * noise[t],
        tr("gradients that are mostly 0"): lambda x, t: sparse[t] * noise[t],
    }


@dataclass(frozen=True)
class Original:
    """A class with the interface of `torch.optim`, and which of its arguments our fields are."""

    name: str
    cls: Any
    pairs: Mapping[str, tuple[str, int | None]]
    """Our field → their argument, and its place in a tuple."""

    def arguments(self, ours: Optimizer) -> dict[str, Any]:
        """The arguments that stand for the values of our fields."""
        usual = inspect.signature(self.cls).parameters
        found: dict[str, Any] = {}
        for key, (theirs, place) in self.pairs.items():
            value = getattr(ours, key)
            if place is not None:
                values = list(found.get(theirs, usual[theirs].default))
                values[place] = value
                value = tuple(values)
            found[theirs] = value
        return found


def find_original(target: str, ours: type[Optimizer], mapping: Mapping[str, str]) -> Original:
    """The class at `torch:torch.optim.Adam` with our fields mapped; raises `FieldError` where there is none."""
    library, _, dotted = target.partition(":")
    module, _, name = dotted.rpartition(".")
    if library != "torch" or not module:
        expected = "torch:torch.optim.Adam"
        raise FieldError(tr("{where}: expected {this}, got {that}", where="--against", this=expected, that=target))
    try:
        importlib.import_module("torch")
        cls = getattr(importlib.import_module(module), name)
    except ImportError as error:
        words = tr("--against: {reason}; pip install 'optlab[torch]' brings PyTorch", reason=error)
        raise FieldError(words) from None
    except AttributeError:
        known = [word for word in dir(importlib.import_module(module)) if word[0].isupper()]
        hint = did_you_mean(name, known)
        raise FieldError(tr("--against: {module} has no {name}; {hint}", module=module, name=name, hint=hint)) from None
    return Original(dotted, cls, _pairs(cls, ours, mapping))


def _pairs(cls: Any, ours: type[Optimizer], mapping: Mapping[str, str]) -> dict[str, tuple[str, int | None]]:
    usual = inspect.signature(cls).parameters
    pairs: dict[str, tuple[str, int | None]] = {}
    for theirs, keys in SETS.items():
        for place, key in enumerate(keys if theirs in usual else ()):
            several = isinstance(usual[theirs].default, tuple)
            if key in ours.fields() and (not several or place < len(usual[theirs].default)):
                pairs[key] = (theirs, place if several else None)
    pairs |= {key: (key, None) for key in ours.fields() if key in usual}
    for key, given in mapping.items():
        theirs, _, digit = given.partition(".")
        for word, known in ((key, ours.fields()), (theirs, usual)):
            if word not in known:
                raise FieldError(tr("--map {key}: unknown; {hint}", key=word, hint=did_you_mean(word, known)))
        pairs[key] = (theirs, int(digit) if digit.isdigit() else None)
    return pairs


def equals_its_original(optimizer: Optimizer, original: Original) -> Iterator[Finding]:
    """With its own values, with others in every number, and with each switch."""
    largest, refused, compared = 0.0, "", 0
    for ours in _settings(optimizer, original):
        arguments = original.arguments(ours)
        shown = ", ".join(f"{key}={_short(value)}" for key, value in arguments.items())
        for problem, gradient in problems().items():
            try:
                there = _theirs(original.cls, arguments, gradient)
            except (TypeError, ValueError, RuntimeError) as error:
                refused = str(error)  # these values, which ours may allow
                continue
            compared += 1
            parts, largest = _compare(ours, there, gradient, largest)
            if parts:
                t, k, here = parts
                text = tr(
                    "parts from {name}({how}) at step {t} of {problem}, coordinate {k}: {ours:.12g}, not {theirs:.12g}",
                    name=original.name, how=shown, t=t, problem=problem, k=k, ours=here, theirs=there[t][k],
                )  # fmt: skip
                yield wrong("equals its original", text)
                return
    if not compared:
        yield wrong("equals its original", tr("{name} takes no step: {reason}", name=original.name, reason=refused))
        return
    unmapped = ", ".join(key for key in optimizer.fields() if key not in original.pairs)
    text = tr("equals {name} to {off:.0e} of the way", name=original.name, off=largest)
    yield note("original", f"{text}; {tr('not compared: {keys}', keys=unmapped)}" if unmapped else text)


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_short, value))})"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _settings(optimizer: Optimizer, original: Original) -> Iterator[Optimizer]:
    fields = {key: field for key, field in optimizer.fields().items() if key in original.pairs}
    moved = {key: _moved(field) for key, field in fields.items() if isinstance(field, Real)}
    switches: list[dict[str, Any]] = [{key: not f.default} for key, f in fields.items() if isinstance(f, Flag)]
    yield optimizer
    for changes in [{}, *switches]:
        with suppress(FieldError):  # values that do not go together
            yield optimizer.replace(**moved, **changes)


def _moved(field: Real) -> float:
    """Another value near the usual one, so that a setting that is ignored shows."""
    if field.default == 0:
        return min(0.05, field.hi)
    usual = float(field.default)
    return 0.9 * usual if 0.9 * usual >= field.lo else min(1.1 * usual, field.hi)


def _compare(ours: Optimizer, there: Array, gradient: Any, largest: float) -> tuple[Any, float]:
    """The first step and coordinate at which we are elsewhere, with our value; and the largest distance so far."""
    params = START[None].copy()
    state, grads = make_state(ours, params, LAYOUT, np.zeros(1)), np.empty_like(params)
    for t in range(1, STEPS + 1):
        grads.flags.writeable = True
        grads[0] = gradient(there[t - 1], t)
        grads.flags.writeable = False
        state.t, state.lr = t, base_rate(ours)
        ours.step(params, grads, state)
        way = np.abs(there[: t + 1] - START).max() or 1.0
        off = np.abs(params[0] - there[t]) / way
        if not off.max() <= CLOSE:
            k = int(np.argmax(~(off <= CLOSE)))
            return (t, k, float(params[0, k])), largest
        largest = max(largest, float(off.max()))
    return None, largest


def _theirs(cls: Any, arguments: dict[str, Any], gradient: Any) -> Array:
    """The path (STEPS + 1, D) of the original: matrices are stored (out, in) there."""
    torch = importlib.import_module("torch")
    flat, path = START.copy(), [START.copy()]
    views = {name: view[0] for name, view in LAYOUT.views(flat[None]).items()}
    tensors = {name: torch.nn.Parameter(torch.from_numpy(np.array(view.T))) for name, view in views.items()}
    made = cls(list(tensors.values()), **arguments)
    for t in range(1, STEPS + 1):
        grads = LAYOUT.views(gradient(flat, t)[None])
        for name, tensor in tensors.items():
            tensor.grad = torch.from_numpy(np.array(grads[name][0].T))
        made.step()
        for name, tensor in tensors.items():
            views[name][...] = tensor.detach().numpy().T
        path.append(flat.copy())
    return np.stack(path)
