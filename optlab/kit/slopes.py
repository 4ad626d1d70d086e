"""What the kit tries of a gradient: central differences, and where the loss is a formula the complex step."""

import warnings
from collections.abc import Iterator

import numpy as np

from optlab.i18n import tr
from optlab.kit.finding import Finding, note, wrong
from optlab.kit.held import Held
from optlab.layout import Array
from optlab.problem import Problem

FEW = 12
"""Coordinates of which each is tried; of more, that many directions at random."""
H, TINY = 1e-6, 1e-30
ROUGH, FINE = 1e-5, 1e-9


def gradient_is_exact(problem: Problem) -> Iterator[Finding]:
    """Differences find a wrong term; the complex step, which rounds nothing, a constant of too few digits."""
    held = Held(problem, [0]).evaluate()
    here, grad = held.params.copy(), held.grads[0].astype(float).copy()
    if not np.isfinite(grad).all():
        return
    size = len(grad)
    few = size <= FEW
    directions = np.eye(size) if few else np.random.default_rng(9).standard_normal((FEW, size)) / np.sqrt(size)
    claimed, slopes = directions @ grad, _differences(held, here, directions)
    scale = np.maximum(np.maximum(1.0, np.abs(slopes)), float(np.abs(grad).max()))
    far = np.abs(slopes - claimed) > ROUGH * scale
    if far.any():
        k = int(np.argmax(far))
        yield wrong("the gradient is exact", _words(k if few else None, slopes[k], claimed[k]))
        return
    exact = _complex_steps(problem, here, directions)
    if exact is None or (np.abs(exact - slopes) > 2 * ROUGH * scale).any():  # the loss takes no complex numbers
        yield note("gradient", tr("equals central differences"))
        return
    off = np.abs(exact - claimed) / scale
    k = int(np.argmax(off))
    if off[k] > FINE:
        words = _words(k if few else None, exact[k], claimed[k])
        text = tr("{words}: {share:.1g} of it off; a constant of too few digits?", words=words, share=off[k])
        yield wrong("the gradient is exact", text)
    else:
        yield note("gradient", tr("equals the complex step to {share:.0e}", share=off[k]))


def _words(k: int | None, slope: float, claimed: float) -> str:
    where = tr("along a direction") if k is None else tr("along coordinate {k}", k=k)
    ratio = tr(", {ratio:.3g} times that", ratio=claimed / slope) if abs(slope) > 1e-9 else ""
    return tr(
        "{where} the loss changes by {slope:.9g}, the gradient says {claimed:.9g}{ratio}",
        where=where, slope=slope, claimed=claimed, ratio=ratio,
    )  # fmt: skip


def _differences(held: Held, here: Array, directions: Array) -> Array:
    slopes = []
    for direction in directions:
        ends = []
        for sign in (1, -1):
            held.params[:] = here + sign * H * direction
            ends.append(float(held.evaluate().loss[0]))
        slopes.append((ends[0] - ends[1]) / (2 * H))
    return np.array(slopes)


def _complex_steps(problem: Problem, here: Array, directions: Array) -> Array | None:
    """Slopes without a difference; None where the problem cannot be asked for complex points."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a part that is thrown away
            held = Held(problem, [0], "complex128")
            slopes = []
            for direction in directions:
                held.params[:] = here + 1j * TINY * direction
                slopes.append(float(held.evaluate().loss[0].imag) / TINY)
        return np.array(slopes)
    except Exception:
        return None
