"""Before Qt: broken pairs are refused with a sentence, missing libraries are named with their packages."""

import subprocess
import sys

import pytest

from optlab.gui import startup
from optlab.gui.startup import has_display, missing_libraries, missing_sentence, refuse_broken_pair


@pytest.mark.parametrize("version", ["6.12.0", "6.12.1", "6.13.0", "7.0.0"])
def test_broken_pair_is_refused_with_a_cure(version):
    sentence = refuse_broken_pair(version, (3, 11, 7))
    assert version in sentence
    assert "Python 3.12" in sentence
    assert "<6.12" in sentence


@pytest.mark.parametrize(
    ("version", "python"), [("6.11.3", (3, 11)), ("6.10.1", (3, 11)), ("6.12.0", (3, 12)), ("6.12.0", (3, 13, 1))]
)
def test_sound_pair_is_let_through(version, python):
    assert refuse_broken_pair(version, python) is None


def test_startup_leaves_qt_alone():
    code = "import sys, optlab.gui.startup; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_missing_libraries_are_those_that_do_not_load(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(startup, "_loads", lambda name: name not in ("libEGL.so.1", "libxcb-cursor.so.0"))
    assert missing_libraries({"DISPLAY": ":0"}) == ["libEGL.so.1", "libxcb-cursor.so.0"]


@pytest.mark.parametrize("environ", [{"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "w"}, {}])
def test_xcb_is_asked_for_only_where_it_is_used(monkeypatch, environ):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(startup, "_loads", lambda name: "xcb" not in name)
    assert missing_libraries(environ) == []


def test_library_that_is_nowhere_does_not_load():
    assert not startup._loads("libno-such-library.so.99")


@pytest.mark.parametrize(
    ("release", "end"),
    [
        ("ID=debian\n", "sudo apt install libegl1 libxcb-cursor0"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt install libegl1 libxcb-cursor0"),
        ("ID=fedora\n", "sudo dnf install libglvnd-egl xcb-util-cursor"),
        ("ID=nixos\n", "install the packages that hold them"),
    ],
)
def test_sentence_names_the_packages_of_the_system(tmp_path, release, end):
    file = tmp_path / "os-release"
    file.write_text(release)
    sentence = missing_sentence(["libEGL.so.1", "libxcb-cursor.so.0"], file)
    assert sentence.startswith("Qt needs libEGL.so.1, libxcb-cursor.so.0")
    assert sentence.endswith(end)


def test_nothing_missing_says_nothing():
    assert missing_sentence([]) is None


@pytest.mark.parametrize(
    ("platform", "environ", "has"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_display_is_found_where_there_is_one(monkeypatch, platform, environ, has):
    monkeypatch.setattr(sys, "platform", platform)
    assert has_display(environ) is has
