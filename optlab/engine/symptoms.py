"""Symptoms: from evidence to the one thing that is wrong with a network, by thresholds that have names."""

from dataclasses import dataclass

from optlab.engine.evidence import Evidence

VANISHING = 1e-3
"""First over last below which the first weights stand still."""

EXPLODING = 1e2
"""First over last above which no learning rate fits both: 30 layers of batch-normalised ReLUs begin at 200."""

LONG = 1e2
"""Norm of the whole gradient, after clipping, above which steps throw the weights: at a healthy start it is about 1."""

SHORT = 1e-4
"""Norm of the best inner layer below which nothing arrives, whatever the ratio."""

JUMP = 1e2
"""The longest gradient over the median above which one step undoes hundreds: the cliffs of recurrent networks."""

DEAD, SATURATED = 0.9, 0.5
"""Share of a layer. In 30 healthy layers of ReLUs all points look alike, and half of the units are off for all."""

LEARNED = 0.9
"""Share of the first loss below which a network has begun to learn; one that has may saturate and fall silent."""


@dataclass(frozen=True)
class Symptom:
    """`kind` is vanishing, exploding, dead, saturated, shrinking or healthy; `sign` says which evidence it stands on.

    Signs: ratio, long, jump, silent (no gradient at all), share. `where` is the layer; `value` what exceeds `limit`.
    """

    kind: str
    sign: str
    where: str
    value: float
    limit: float


def diagnose(evidence: Evidence) -> Symptom:
    """What is wrong: causes before what comes of them."""
    e, first = evidence, evidence.names[0]
    learned = e.loss < LEARNED * e.start
    if not e.norms.any():
        return Symptom("dead", "silent", "", 0.0, 0.0)
    if 0 < e.most < SHORT and not learned:  # blocks that ReZero opens in the first step get exactly nothing before
        return Symptom("shrinking", "ratio", "", e.most, SHORT)
    layer, share = worst(e, "dead")  # below a signal of 1e-9 the least bias switches ReLUs off for all points
    if share >= DEAD:
        return Symptom("dead", "share", layer, share, DEAD)
    layer, share = worst(e, "saturated")
    if share >= SATURATED and not learned:
        return Symptom("saturated", "share", layer, share, SATURATED)
    if e.ratio < VANISHING:
        return Symptom("vanishing", "ratio", below(e, VANISHING), e.ratio, VANISHING)
    if e.ratio > EXPLODING:
        return Symptom("exploding", "ratio", first, e.ratio, EXPLODING)
    if not e.through_time and e.length > LONG:
        return Symptom("exploding", "long", "", e.length, LONG)
    if e.through_time and e.jump > JUMP:
        return Symptom("exploding", "jump", "", e.jump, JUMP)
    return Symptom("healthy", "ratio", first, e.ratio, EXPLODING)


def worst(evidence: Evidence, series: str) -> tuple[str, float]:
    """The hidden layer with the largest share, and the share; 0 where nothing was measured."""
    shares = {name: share for name, share in evidence.shares.get(series, {}).items() if share == share}
    layer = max(shares, key=lambda name: shares[name], default="")
    return layer, shares.get(layer, 0.0)


def below(evidence: Evidence, limit: float) -> str:
    """The last of the stations, from the first one on, that get less than `limit` of what the last one gets."""
    norms, where = evidence.norms, evidence.names[0]
    for name, norm in zip(evidence.names, norms, strict=True):
        if norm >= limit * norms[-1]:
            break
        where = name
    return where
