"""Findings: what the kit has to say of a component, in sentences that its author can act on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from optlab.engine import faults

WRONG, ADVICE, NOTE = "wrong", "advice", "note"


@dataclass(frozen=True)
class Finding:
    """`level` is wrong (the mathematics or the contract is broken), advice, or note (a figure)."""

    level: str
    claim: str
    """What was tried, as a claim: "never writes grads"."""
    text: str


Check = Callable[..., Iterator[Finding]]


def wrong(claim: str, text: str) -> Finding:
    return Finding(WRONG, claim, text)


def advice(claim: str, text: str) -> Finding:
    return Finding(ADVICE, claim, text)


def note(claim: str, text: str) -> Finding:
    return Finding(NOTE, claim, text)


def tried(claim: str, check: Check, *subject: Any) -> list[Finding]:
    """The findings of one check; what the component raises is one of them, with its file and line."""
    found: list[Finding] = []
    try:
        found.extend(check(*subject))
    except Exception as error:
        where = faults.place(error)
        found.append(wrong(claim, f"{faults.words(error)} ({where})" if where else faults.words(error)))
    return found
