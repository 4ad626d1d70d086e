"""What the kit measures of an optimizer: its rate, its scale, its memory and its time."""

import time
import tracemalloc
from collections.abc import Iterator

import numpy as np

from optlab.engine.rates import base_rate
from optlab.i18n import tr
from optlab.kit.finding import Finding, advice, note, wrong
from optlab.kit.ride import START, Ride
from optlab.layout import Array
from optlab.optimizer import Optimizer

GRADIENT = np.array([[0.3, -0.2, 0.5, 0.1]])
HAT = "\u0302"
"""Over a mean whose bias is corrected."""

LARGE = 100_000
SLOW = 30.0
"""Times SGD's step on 10⁵ parameters that are worth a word."""


def obeys_the_rate(optimizer: Optimizer) -> Iterator[Finding]:
    """The rate of a step is state.lr, which the schedule sets; self.lr is only where it starts."""
    if "lr" not in optimizer.fields():
        return
    rate = base_rate(optimizer)
    usual, small = (_steps(optimizer, GRADIENT, 1, lr)[0] for lr in (rate, rate / 1000))
    if usual > 0 and small > 0.9 * usual:
        text = tr(
            "a state.lr of a thousandth leaves the step as long: use state.lr, which the schedule sets, not self.lr"
        )
        yield advice("obeys state.lr", text)


def scales(optimizer: Optimizer) -> Iterator[Finding]:
    """How the first steps change where the loss is multiplied by 10⁶."""
    if optimizer.needs_oracle:
        return
    plain, large = (_steps(optimizer, scale * GRADIENT, 1)[0] for scale in (1.0, 1e6))
    if plain == 0 or not np.isfinite(large):
        return
    power = np.log10(large / plain) / 6
    words = {0: tr("not at all: it is scale-free"), 1: tr("in proportion"), -1: tr("in inverse proportion")}
    if abs(power + 1) < 0.2:
        text = tr("a loss of 10⁶ times the size makes steps 10⁶ times shorter: is a square root forgotten?")
        yield wrong("scales sensibly", text)
        return
    near = min(words, key=lambda k: abs(power - k))
    yield note(
        "scale", tr("steps follow the size of the loss {value} (power {power:.2f})", value=words[near], power=power)
    )
    if abs(power) < 0.05 and HAT in (optimizer.__doc__ or ""):
        later = _steps(optimizer, GRADIENT, 2000)[-1]
        ratio = plain / later if later else 0.0
        if ratio > 2:
            text = tr(
                "under a constant gradient the first step is {ratio:.2g} times the later ones: is "
                "the correction of the means, of which the page speaks (m̂), missing?",
                ratio=ratio,
            )
            yield advice("starts as it goes on", text)


def _steps(optimizer: Optimizer, gradient: Array, count: int, lr: float | None = None) -> list[float]:
    """The lengths of steps under a constant gradient."""
    ride, lengths = Ride(optimizer, 100 * START, lr=lr), []
    for _ in range(count):
        before = ride.params.copy()
        ride.step(gradient)
        lengths.append(float(np.abs(ride.params - before).mean()))
    return lengths


def allocates_nothing(optimizer: Optimizer) -> Iterator[Finding]:
    """A step of 10⁵ parameters makes no array of their size, and takes no time out of the usual."""
    if optimizer.largest < LARGE:
        return
    ride = Ride(optimizer, np.ones((1, LARGE)))
    grads = np.full((1, LARGE), 0.5)
    for _ in range(2):
        ride.step(grads)
    grads.flags.writeable = False
    ride.state.t += 1
    tracemalloc.start()
    try:
        optimizer.step(ride.params, grads, ride.state)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    share = peak / ride.params.nbytes
    if share > 0.1:
        text = tr(
            "a step makes arrays of {share:.1f} times the size of params; write into state.tmp with out=", share=share
        )
        yield advice("allocates nothing", text)
    yield note("memory", tr("{share:.2f} times params a step", share=share))
    ratio = _seconds(ride, grads) / _seconds(None, grads)
    yield note("time", tr("{ratio:.1f} times SGD's step on 10⁵ parameters", ratio=ratio))
    if ratio > SLOW:
        yield advice("is quick", tr("a step takes {ratio:.0f} times as long as one of SGD", ratio=ratio))


def _seconds(ride: Ride | None, grads: Array) -> float:
    x, tmp, best = np.ones_like(grads), np.empty_like(grads), np.inf
    for _ in range(7):
        started = time.perf_counter()
        if ride is not None:
            ride.step(grads)
        else:
            np.multiply(grads, 0.01, out=tmp)
            x -= tmp
        best = min(best, time.perf_counter() - started)
    return best
