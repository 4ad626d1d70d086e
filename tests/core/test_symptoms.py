"""Symptoms: the causes come before what comes of them, and what is learned may be silent."""

import numpy as np
import pytest

from optlab.engine.evidence import Evidence, factor, ratio
from optlab.engine.symptoms import below, diagnose


def evidence(norms, loss=0.7, **known):
    names = tuple(f"W{k}" for k in range(1, len(norms) + 1))
    return Evidence(names, np.array(norms, float), 0, loss, 0.7, **known)


FINE = [0.1, 0.2, 0.3, 0.2, 0.1]
FALLING = [1e-6, 1e-5, 1e-3, 1e-2, 1e-1]


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        (evidence(FINE), "healthy"),
        (evidence(FALLING), "vanishing"),
        (evidence(FALLING[::-1]), "exploding"),
        (evidence([0.0] * 5), "dead"),
        (evidence([0.0, 0.0, 0.0, 1e-2, 1e-1]), "vanishing"),
        (evidence([0.0, 0.0, 0.0, 1e-2, 1e-1], shares={"dead": {"h3": 1.0}}), "dead"),
        (evidence(FINE, shares={"dead": {"h1": 0.6}}), "healthy"),
        (evidence(FALLING, shares={"saturated": {"h1": 0.9}}), "saturated"),
        (evidence(FINE, shares={"saturated": {"h1": 0.9}}), "saturated"),
        (evidence(FINE, loss=0.1, shares={"saturated": {"h1": 0.9}}), "healthy"),
        (evidence(FINE, shares={"saturated": {"h1": np.nan}, "dead": {"h1": np.nan}}), "healthy"),
        (evidence([1e-6] * 5), "shrinking"),
        (evidence([1e-6] * 5, shares={"dead": {"h3": 0.95}}), "shrinking"),
        (evidence([1e-6] * 5, loss=0.1), "healthy"),
        (evidence([0.1, 1e-6, 1e-6, 1e-6, 0.1], alike=True), "shrinking"),
        (evidence([0.1, 0.0, 0.0, 0.0, 0.1], alike=True), "healthy"),
        (evidence(FINE, length=500.0), "exploding"),
        (evidence(FINE, jump=500.0), "healthy"),
        (evidence(FINE, jump=500.0, through_time=True), "exploding"),
        (evidence(FINE, length=500.0, through_time=True), "healthy"),
    ],
)
def test_what_is_wrong_is_named_by_its_cause(case, kind):
    assert diagnose(case).kind == kind


def test_the_last_layer_that_gets_too_little_is_named():
    assert below(evidence(FALLING), 1e-3) == "W2"
    assert below(evidence(FALLING), 1e-1) == "W4"
    assert below(evidence(FINE), 1e-3) == "W1"
    assert diagnose(evidence(FALLING)).where == "W2"


def test_the_factor_per_layer_makes_the_ratio_of_what_is_alike():
    norms = np.array([1e-8, 3.0, 7.0, 1.0, 1.0])
    assert ratio(norms) == 1e-8 and factor(norms) ** 4 == pytest.approx(1e-8)
    assert factor(norms, alike=True) ** 2 == pytest.approx(3.0)
    assert factor(np.array([0.0, 1.0])) == 0.0


def test_the_worst_layer_is_named():
    found = diagnose(evidence(FINE, shares={"dead": {"h1": 0.2, "h2": 0.95, "h3": 0.5}}))
    assert (found.where, found.value) == ("h2", 0.95)
