"""For the tests of a plugin's author: one line that holds a file to the contract."""

from pathlib import Path

from optlab.kit import Report, check_path

__all__ = ["Report", "assert_conforms", "check_path"]


def assert_conforms(path: str | Path) -> Report:
    """Check a plugin file and return its report; raises `AssertionError` with what is wrong.

    from optlab.testing import assert_conforms

    def test_my_momentum_keeps_the_contract():
        assert_conforms("my_momentum.py")
    """
    report = check_path(Path(path))
    lines = [f"{component or Path(path).name}: {finding.text}" for component, finding in report.wrong]
    assert report.passed, "\n".join(lines)
    return report
