"""Suggested file names are safe on every system."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optlab.store.names import LONGEST, slug


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why deep sigmoid networks stop learning", "Why-deep-sigmoid-networks-stop-learning"),
        ("../../etc/passwd", "etc-passwd"),
        ("ReLU + He", "ReLU-He"),
        ("Gefälle: é", "Gefalle-e"),
        ("CON", "CON_"),
        ("nul.tar.gz", "nul_.tar.gz"),
        ("console", "console"),
        ("梯度消失", "optlab"),
        ("\u202eexe.txt", "exe.txt"),
        ("", "optlab"),
    ],
)
def test_a_title_becomes_a_name(title, name):
    assert slug(title) == name


@given(st.text())
def test_every_name_is_safe(title):
    name = slug(title)
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name) and len(name) <= LONGEST + 1
    assert not name.endswith((".", "-")) and ".." not in name
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}
