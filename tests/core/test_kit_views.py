"""The kit tries out views wherever they lie."""

import pytest

from optlab.kit import check_path
from optlab.paths import bundled

SHIPPED = bundled("plugins") / "panels" / "theory.py"


@pytest.mark.parametrize("own", [False, True])
def test_a_view_in_a_folder_called_panels_can_be_checked(tmp_path, own):
    file = tmp_path / "panels" / "mine.py" if own else SHIPPED
    if own:
        file.parent.mkdir()
        file.write_text(SHIPPED.read_text("utf-8").replace('title = "theory"', 'title = "mine"', 1), "utf-8")
    report = check_path(file)
    assert report.passed, report.findings
    assert report.components == [f"panel {'mine' if own else 'theory'}"]
