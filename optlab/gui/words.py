"""What fields and their values are called where people read them."""

import re
from typing import Any

from optlab.component import Component
from optlab.engine.spec import Trial
from optlab.fields import Choice, Field, Flag, Part
from optlab.gui.numerals import compact
from optlab.i18n import tr, tr_key

WORDS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "eta": "η", "kappa": "κ",
    "mu": "μ", "nu": "ν", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "l1": "L1", "l2": "L2",
}  # fmt: skip
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def readable(name: str) -> str:
    """A field's name as people write it: `beta1` is β₁, `weight_decay` is weight decay."""
    if name == "lr":
        return tr("learning rate")
    return " ".join(_word(word) for word in name.split("_"))


def _word(word: str) -> str:
    if word in WORDS:
        return WORDS[word]
    stem, digits = re.fullmatch(r"(.*?)(\d*)", word).groups()  # type: ignore[union-attr]
    return WORDS[stem] + digits.translate(LOWERED) if stem in WORDS else word


def spoken(field: Field, value: Any) -> str:
    """A value in words, for tool tips."""
    if isinstance(field, Flag):
        return tr("on") if value else tr("off")
    if isinstance(field, Choice):
        return tr_key(f"choice.{value}", value)
    if isinstance(value, Component):
        return value.heading()
    if isinstance(value, tuple):
        return ", ".join(spoken(field, v) for v in value)
    if isinstance(field, Part) and isinstance(value, str):
        return tr_key(value, value)
    return compact(value) if isinstance(value, int | float) else str(value)


def label_of(kind: type[Component], key: str) -> str:
    """The label of a component's field, in the language in force."""
    return tr_key(f"{kind.name}.{key}", kind.fields()[key].label or readable(key))


def label_at(trial: Trial, path: str) -> str:
    """The label of the field under a key of the experiment: `optimizer.inner.beta1` is β₁."""
    kind, *inner, key = path.split(".")
    component: Any = trial.part(kind)
    for part in inner:
        component = getattr(component, part)
    return label_of(type(component), key)
