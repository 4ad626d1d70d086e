"""The words of a bar's card: what its layer and those above it make of the gradient, in sentences with numbers."""

import re
from collections.abc import Sequence

import numpy as np

from optlab.engine.passage import Passage
from optlab.engine.theory import named
from optlab.gui.plots.axis import brief, thousands
from optlab.i18n import tr
from optlab.layout import Array
from optlab.net_problem import DataProblem
from optlab.nets import ConvNet, Network, Recurrent
from optlab.problem import Problem

MOST = 12
"""Factors that are written one by one; of more the first and the last ones."""

FRACTIONS = {0.25: "¼", 1 / 6: "⅙"}


def place_of(label: str, hidden: Sequence[str], layers: Sequence[str]) -> int | None:
    """Which hidden layer a bar is about, as many as there are for the output layer, None where that cannot be said."""
    if label in hidden:
        return hidden.index(label)
    found, weights = re.fullmatch(r"[a-zA-Z]+(\d+)", label), [name for name in layers if name.startswith("W")]
    plain = weights == [f"W{k}" for k in range(1, len(hidden) + 2)]
    return int(found[1]) - 1 if found and plain else None


def heading(label: str, place: int, hidden: Sequence[str], problem: Problem) -> str:
    """The name of the bar, and which layer of what that is."""
    if through_time(problem):
        return tr("{label} · time step {k} of {n}", label=label, k=place + 1, n=len(hidden))
    if place == len(hidden):
        return tr("{label} · output layer", label=label)
    words = {"label": label, "k": place + 1, "n": len(hidden), "activation": named(getattr(problem, "activation", ""))}
    if not isinstance(_net(problem), Network | ConvNet):
        return tr("{label} · part {k} of {n}", **words)
    return tr("{label} · hidden layer {k} of {n} · {activation}", **words)


def bends(place: int, hidden: Sequence[str], problem: Problem) -> bool:
    """Whether a layer has an activation that can be drawn."""
    return place < len(hidden) and isinstance(_net(problem), Network | ConvNet)


def most(steepest: float) -> str:
    """The largest slope of an activation."""
    return next((text for value, text in FRACTIONS.items() if np.isclose(value, steepest)), f"{steepest:.3g}")


def sentences(found: Passage, place: int, problem: Problem) -> list[str]:
    """What the layer lets through, and what has come down to it."""
    if place >= len(found.stations):
        return [tr("It is linear: it has no σ. The gradient begins here, and goes down through all hidden layers.")]
    station, said = found.stations[place], []
    if np.isfinite(station.slope):
        said.append(tr("mean |σ′| {mean} (at most {most})", mean=brief(station.slope), most=most(station.steepest)))
    factors = found.factors(place)
    if not len(factors):
        text = tr("It is the last one: the gradient reaches it first.")
        return [*said, tr("It is the last time step: the gradient begins here.") if through_time(problem) else text]
    words = {
        "name": station.name, "n": len(factors),
        "product": brief(station.norm / found.stations[-1].norm if found.stations[-1].norm else np.nan),
    }  # fmt: skip
    if len(factors) == 1 and not through_time(problem):
        return [*said, tr("The gradient reaches {name} through 1 layer, its factor is {product}.", **words)]
    text = tr("The gradient reaches {name} through {n} layers, product of their factors {product}:", **words)
    if through_time(problem):
        text = tr("The gradient reaches {name} through {n} time steps, product of their factors {product}:", **words)
    return [*said, text, product_of(factors)]


def product_of(factors: Array) -> str:
    """The factors from the output downwards, as a product."""
    texts = [brief(float(factor)) for factor in factors]
    shown = texts if len(texts) <= MOST else [*texts[: MOST // 2], "…", *texts[-MOST // 2 :]]
    return "\u00a0· ".join(shown)


def footnote(found: Passage, place: int, problem: Problem) -> str:
    """What a factor is made of, and where all of it was measured."""
    if place >= len(found.stations):
        return ""
    at = tr("Measured at step {step} on {n} points.", step=thousands(found.step), n=thousands(found.points))
    if place == len(found.stations) - 1:
        return at
    made = tr("Each factor: what is left of the norm of ∂L/∂h after {parts}.", parts=tr(", ").join(parts(problem)))
    return f"{made}\n{at}"


def parts(problem: Problem) -> list[str]:
    """All through which the gradient goes from one hidden layer to the one below."""
    net = _net(problem)
    if isinstance(net, Network):
        norms = {"batch": tr("batch norm"), "layer": tr("layer norm"), "rms": tr("RMS norm")}
        found = ["W", "σ′", norms.get(net.norm, ""), tr("dropout") if net.dropout else ""]
        return [*filter(None, found), *([tr("the skip past them")] if net.skips() else [])]
    if isinstance(net, ConvNet):
        found = [tr("convolution"), "σ′", "" if net.pool == "none" else tr("pooling")]
        return [*filter(None, found), *([tr("the skip past them")] if net.residual else [])]
    if isinstance(net, Recurrent):
        return ["W_rec", "σ′"] if net.cell == "elman" else [tr("W_rec and the gates of the cell")]
    return [tr("all that lies between them")]


def through_time(problem: Problem) -> bool:
    """Whether the hidden layers are time steps."""
    return isinstance(_net(problem), Recurrent)


def _net(problem: Problem) -> object:
    return problem.network() if isinstance(problem, DataProblem) else None
