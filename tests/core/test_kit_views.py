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
        source = SHIPPED.read_text("utf-8")
        assert source.count('"theory"') == 1  # its name
        file.write_text(source.replace('"theory"', '"mine"'), "utf-8")
    report = check_path(file)
    assert report.passed, report.findings
    assert report.components == [f"panel {'mine' if own else 'theory'}"]
