"""The conformance kit tries exporters on runs that are unlike, and says what is wrong with their files."""

import re

import pytest

from optlab.kit import check_path
from optlab.store.template import new_plugin

WRITE = "        np.savez(path, **arrays)\n"
FAULTS = {
    "no file": (WRITE, "        pass\n", "expected the file written at path, got none"),
    "a file beside": (
        WRITE,
        WRITE + '        (path.parent / "index.txt").write_text("x")\n',
        "writes index.txt beside",
    ),
    "one layer for all": (
        "for run in runs for column in run.columns",
        "for run in runs for column in runs[0].columns",
        "a network and a landscape: .*unknown name",
    ),
    "letters that are not ASCII": (
        WRITE,
        WRITE + '        b"".join(run.name.encode("ascii") for run in runs)\n',
        "names in other letters: .*UnicodeEncodeError",
    ),
    "a length that all runs have": (
        WRITE,
        WRITE + '        [run.column("loss")[20] for run in runs]\n',
        "a run that diverged: .*IndexError",
    ),
    "a name that is taken": ('name = "mine"', 'name = "theirs"', "the file is called mine.py"),
}


@pytest.fixture
def exporter(tmp_path):
    return new_plugin("exporter", "mine", tmp_path)


def test_a_sound_exporter_passes_without_a_word(exporter):
    report = check_path(exporter)
    assert report.passed and report.components == ["exporter mine"]
    assert [f.text for _, f in report.findings if f.level != "note"] == []


@pytest.mark.parametrize(("old", "new", "words"), FAULTS.values(), ids=FAULTS)
def test_a_seeded_fault_is_found_with_words_that_help(exporter, old, new, words):
    source = exporter.read_text("utf-8")
    assert old in source
    exporter.write_text(source.replace(old, new), "utf-8")
    texts = [f.text for _, f in check_path(exporter).findings if f.level != "note"]
    assert any(re.search(words, text) for text in texts), texts
