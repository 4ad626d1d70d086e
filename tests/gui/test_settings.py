"""Settings come back as they were, and no file whatever stops the start."""

import json
import os

import pytest

from optlab.gui.settings import NAME, RECENT, Settings, load, save


def test_settings_come_back(tmp_path):
    settings = Settings(theme="dark", language="zh_CN", geometry="AAEC", zoom=1.2, recent=["/a\udcff.toml", "/b.toml"])
    assert save(settings, tmp_path / "new" / "folder") is None
    assert load(tmp_path / "new" / "folder") == (settings, None)


def test_first_start_has_defaults_and_no_message(tmp_path):
    assert load(tmp_path) == (Settings(lessons=True), None)  # it begins with a lesson


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff\xfe\x00", b'"text"', b"[" * 100_000, b"9" * 5000, b" " * 2_000_000, b"null"]
)
def test_damaged_file_is_put_aside(tmp_path, data):
    (tmp_path / NAME).write_bytes(data)
    settings, message = load(tmp_path)
    assert settings == Settings()
    assert "settings.bad-1.json" in message
    assert (tmp_path / "settings.bad-1.json").read_bytes() == data
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("theme", "pink"),
        ("language", []),
        ("geometry", 3),
        ("recent", "file"),
        ("recent", [1]),
        ("zoom", 0),
        ("zoom", float("inf")),
        ("zoom", True),
        ("smoothing", 2),
    ],
)
def test_wrong_value_is_named_and_the_others_stay(tmp_path, key, value):
    (tmp_path / NAME).write_text(json.dumps({"last_experiment": "digits", key: value}))
    settings, message = load(tmp_path)
    assert settings == Settings(last_experiment="digits")
    assert key in message
    assert (tmp_path / "settings.bad-1.json").exists()


def test_keys_of_a_later_version_are_no_damage(tmp_path):
    (tmp_path / NAME).write_text('{"theme": "light", "colour_of_the_moon": 3}')
    assert load(tmp_path) == (Settings(theme="light"), None)


def test_second_damage_keeps_the_first(tmp_path):
    for _ in range(2):
        (tmp_path / NAME).write_text("{")
        load(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"settings.bad-1.json", "settings.bad-2.json"}


def test_file_that_cannot_be_read_is_a_message(tmp_path):
    (tmp_path / NAME).mkdir()
    settings, message = load(tmp_path)
    assert settings == Settings()
    assert "cannot be read" in message


def test_failed_write_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch):
    save(Settings(theme="dark"), tmp_path)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left on device" in save(Settings(theme="light"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert load(tmp_path)[0].theme == "dark"


def test_folder_that_cannot_be_made_is_a_message(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be saved" in save(Settings(), tmp_path / "file" / "below")


def test_recent_files_are_few_and_each_once():
    settings = Settings()
    for number in [*range(RECENT + 5), 3]:
        settings.remember(f"{number}.toml")
    assert settings.recent[:2] == ["3.toml", f"{RECENT + 4}.toml"]
    assert len(settings.recent) == RECENT == len(set(settings.recent))
