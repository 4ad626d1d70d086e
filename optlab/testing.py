"""For the tests of a plugin's author: one line that holds a file to the contract."""

import importlib.util
from pathlib import Path
from typing import Any

from optlab.component import Component
from optlab.engine.catalogue import KINDS
from optlab.fields import Choice, Flag, Integer, Real
from optlab.host import load_plugins
from optlab.kit import Report, check_path
from optlab.kit.values import bears, bounds

__all__ = ["Report", "assert_conforms", "check_path"]

EXAMPLES = 25
"""Values of each field."""


def assert_conforms(path: str | Path) -> Report:
    """Check a plugin file and return its report; raises `AssertionError` with what is wrong.

    Where hypothesis is installed it looks for values of the fields that the component does not bear.

        from optlab.testing import assert_conforms

        def test_my_momentum_keeps_the_contract():
            assert_conforms("my_momentum.py")
    """
    report = check_path(Path(path))
    lines = [f"{component or Path(path).name}: {finding.text}" for component, finding in report.wrong]
    assert report.passed, "\n".join(lines)
    if importlib.util.find_spec("hypothesis"):
        host = load_plugins([Path(path)], shipped_only=True)
        for kind, _, name in (added.partition(" ") for added in report.components):
            if kind in KINDS:
                search(host.catalogue.build(kind, {"name": name}, kind))
    return report


def search(component: Component, examples: int = EXAMPLES) -> None:
    """Let hypothesis look for a field's value that fails; raises `AssertionError` with the simplest one."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    drawn = {key: _strategy(field, st) for key, field in component.fields().items()}
    values = [st.fixed_dictionaries({key: strategy}) for key, strategy in drawn.items() if strategy is not None]
    if not values:
        return

    @settings(
        max_examples=examples * len(values), derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.one_of(values))
    def each(chosen: dict[str, Any]) -> None:
        for finding in bears(component, chosen):
            raise AssertionError(f"{component.name}: {finding.text}")

    each()


def _strategy(field: Any, st: Any) -> Any:
    if isinstance(field, Real):
        lo, hi = bounds(field)
        return st.floats(lo, hi, allow_nan=False, allow_subnormal=False)
    if isinstance(field, Integer):
        return st.integers(field.lo, int(bounds(field, size=True)[1]))
    if isinstance(field, Flag):
        return st.booleans()
    return st.sampled_from(field.options) if isinstance(field, Choice) else None
