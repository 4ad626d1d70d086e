"""Fixtures of the window's tests: no error may hide behind a guard."""

from collections.abc import Iterator

import pytest

from optlab.gui import errors


@pytest.fixture(autouse=True)
def no_hidden_errors() -> Iterator[None]:
    """A virtual that raised was guarded, not correct."""
    errors.forget()
    yield
    found = [report.details for report in errors.recent()]
    assert not found, found
