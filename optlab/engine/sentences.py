"""The sentences of the verdict: evidence and theory in words with numbers."""

from optlab.engine.evidence import Evidence
from optlab.engine.symptoms import DEAD, SATURATED, VANISHING, Symptom, worst
from optlab.engine.theory import Expected, named
from optlab.i18n import tr
from optlab.net_problem import NetProblem
from optlab.problem import Problem
from optlab.sequence_problem import SequenceProblem

QUIET = 0.75
"""Factor of the signal below which it is said, even where all gradients are alike: they shrink together."""


def headline(symptom: Symptom) -> str:
    """What it is called."""
    return {
        "vanishing": tr("Vanishing gradient"),
        "exploding": tr("Exploding gradient"),
        "dead": tr("Dead units") if symptom.sign == "share" else tr("No gradient"),
        "saturated": tr("Saturated units"),
        "shrinking": tr("Shrinking gradient"),
        "healthy": tr("Healthy gradient"),
    }[symptom.kind]


def sentence(label: str, e: Evidence, symptom: Symptom) -> str:
    """The finding in one sentence."""
    near = symptom.kind in ("healthy", "shrinking")
    words = {
        "label": label, "step": spaced(e.step), "first": e.names[0], "last": e.names[-1], "layer": symptom.where,
        "ratio": f"{e.ratio:.2g}" if near or not e.ratio else f"{e.ratio:.0e}", "factor": f"{e.factor:.2g}",
        "value": f"{symptom.value:.2g}", "share": _share(symptom.value),
    }  # fmt: skip
    texts = _through_time() if e.through_time and symptom.sign == "ratio" else _through_layers()
    return texts[symptom.kind, symptom.sign].format(**words)


def _through_layers() -> dict[tuple[str, str], str]:
    return {
        ("vanishing", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, ×{factor} per layer: "
            "its weights stand still."
        ),
        ("exploding", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} times {last}’s gradient, ×{factor} per layer."
        ),
        ("exploding", "long"): tr(
            "{label} · at step {step} the gradient is {value} long, in all layers together: a healthy one is about 1."
        ),
        ("exploding", "jump"): tr(
            "{label} · up to step {step} one gradient was {value} times as long as most: its step threw the weights."
        ),
        ("dead", "share"): tr(
            "{label} · at step {step} {share} of the units of {layer} pass nothing back, whatever the point."
        ),
        ("dead", "silent"): tr("{label} · at step {step} no layer gets any gradient: nothing moves."),
        ("saturated", "share"): tr(
            "{label} · at step {step} {share} of {layer}’s outputs are saturated: next to nothing is passed back there."
        ),
        ("shrinking", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, but no layer more than {value}: "
            "all norms are small together."
        ),
        ("healthy", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient: every layer hears the loss."
        ),
    }  # fmt: skip


def _through_time() -> dict[tuple[str, str], str]:
    return {
        ("vanishing", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, ×{factor} per time step: "
            "what came first is not learned from."
        ),
        ("exploding", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} times {last}’s gradient, ×{factor} per time step."
        ),
        ("shrinking", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient, but no time step more than {value}: "
            "all norms are small together."
        ),
        ("healthy", "ratio"): tr(
            "{label} · at step {step} {first} gets {ratio} of {last}’s gradient: every time step hears the loss."
        ),
    }


def note(problem: Problem, e: Evidence, symptom: Symptom, hope: Expected | None) -> str:
    """What stands behind the finding: theory beside measure, the threshold, what the hidden layers do."""
    parts = [_theory(problem, e, symptom, hope) if hope else "", _threshold(e, symptom)]
    for series, limit in (("dead", DEAD), ("saturated", SATURATED)):
        layer, share = worst(e, series)
        if share >= limit and symptom.sign != "share":
            text = tr("{share} of {layer} dead") if series == "dead" else tr("{share} of {layer} saturated")
            parts.append(text.format(share=_share(share), layer=layer))
    return " · ".join(filter(None, parts))


def _theory(problem: Problem, e: Evidence, symptom: Symptom, hope: Expected) -> str:
    words = {"made": _made(problem), "theory": f"{hope.factor:.2g}", "measured": f"{e.factor:.2g}"}
    if e.through_time:
        return tr("theory for {made}: at most ×{theory} per time step; measured ×{measured}").format(**words)
    if symptom.kind == "shrinking" or (symptom.kind == "healthy" and hope.signal < QUIET):
        words |= {"signal": f"{hope.signal:.2g}", "grad": f"{hope.grad:.2g}"}
        return tr(
            "theory for {made}, at the start: ×{signal} per layer for the signal, ×{grad} for the gradient"
        ).format(**words)
    if hope.bound:
        return tr("theory for {made}, at the start: at least ×{theory} per layer; measured ×{measured}").format(**words)
    return tr("theory for {made}, at the start: ×{theory} per layer; measured ×{measured}").format(**words)


def _made(problem: Problem) -> str:
    """What the theory is about: `sigmoid with Xavier`, `ReLU with He, batch norm, residual`."""
    if isinstance(problem, SequenceProblem):
        return tr("{activation}, radius {radius}", activation=named(problem.activation), radius=f"{problem.radius:g}")
    if not isinstance(problem, NetProblem):
        return type(problem).heading()
    init = f"{problem.init} {problem.spread:g}" if problem.init in ("normal", "uniform") else named(problem.init)
    base = tr("{activation} with {init}", activation=named(problem.activation), init=init)
    norms = {"batch": tr("batch norm"), "layer": tr("layer norm"), "rms": tr("RMS norm")}
    extra = [norms.get(problem.norm, ""), "" if problem.residual == "none" else tr("residual")]
    return ", ".join([base, *filter(None, extra)])


def _threshold(e: Evidence, symptom: Symptom) -> str:
    words = {"limit": f"{symptom.limit:.0e}" if symptom.limit < 0.01 else f"{symptom.limit:g}"}
    first, where, last = e.names[0], symptom.where, e.names[-1]
    if symptom.kind == "vanishing":
        if where == first:
            return tr("{first} gets less than {limit} of {last}’s", first=first, last=last, **words)
        return tr("{first} to {where} get less than {limit} of {last}’s", first=first, where=where, last=last, **words)
    if symptom.kind == "healthy":
        return tr("limits: {low} and {high}", low=f"{VANISHING:.0e}", high=f"{symptom.limit:g}")
    if symptom.sign == "share":
        return tr("limit: {share}", share=_share(symptom.limit))
    return tr("limit: {limit}", **words) if symptom.sign != "silent" else ""


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def spaced(number: int) -> str:
    """With thin spaces between thousands."""
    return f"{number:,}".replace(",", "\u2009")
