"""A file is written whole or not at all, and the sentence says where, what and what to do."""

import errno
import os
import stat
from pathlib import Path

import pytest

from optlab import atomic
from optlab.atomic import ExportError, check_target, put_aside, write_atomic


def fail_with(code):
    def fail(*_args, **_kwargs):
        raise OSError(code, os.strerror(code))

    return fail


@pytest.fixture
def old(tmp_path):
    file = tmp_path / "runs.csv"
    file.write_bytes(b"old")
    return file


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def only_the_old_file_is_there(old):
    return names(old.parent) == ["runs.csv"] and old.read_bytes() == b"old"


def test_bytes_arrive_and_nothing_is_left_beside_them(old):
    write_atomic(old, b"new")
    assert names(old.parent) == ["runs.csv"] and old.read_bytes() == b"new"


def test_a_writer_is_given_a_file_with_the_suffix_of_the_target(old):
    seen = []
    write_atomic(old, lambda path: (seen.append(path.suffix), path.write_bytes(b"by hand"))[0])
    assert seen == [".csv"] and old.read_bytes() == b"by hand"


def test_a_full_disk_leaves_the_old_file(old, monkeypatch):
    monkeypatch.setattr(atomic.os, "fsync", fail_with(errno.ENOSPC))
    with pytest.raises(ExportError, match=r"runs\.csv: not written, because no space is left on the disk; make room"):
        write_atomic(old, b"new")
    assert only_the_old_file_is_there(old)


def test_a_disk_that_fills_up_while_a_writer_writes_leaves_the_old_file(old):
    def write(path):
        path.write_bytes(b"half")
        fail_with(errno.ENOSPC)()

    with pytest.raises(ExportError, match="no space"):
        write_atomic(old, write)
    assert only_the_old_file_is_there(old)


@pytest.mark.parametrize("name", ["open", "fsync", "replace"])
@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EPERM])
def test_any_call_that_fails_leaves_the_old_file(old, monkeypatch, name, code):
    with monkeypatch.context() as patch:
        patch.setattr(Path if name == "replace" else atomic.os, name, fail_with(code))
        with pytest.raises(ExportError, match=r"not written, because .+; .+"):
            write_atomic(old, b"new")
    assert only_the_old_file_is_there(old)


def test_a_writer_that_is_interrupted_leaves_the_old_file(old):
    def write(path):
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomic(old, write)
    assert only_the_old_file_is_there(old)


def test_the_fault_of_a_writer_is_not_taken_for_one_of_the_disk(old):
    def write(_path):
        raise ValueError("no such column")

    with pytest.raises(ValueError, match="no such column"):
        write_atomic(old, write)
    assert only_the_old_file_is_there(old)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/runs.csv", "the folder does not exist"),
        ("old.csv/runs.csv", "the folder does not exist"),
        ("folder", "a folder has that name"),
        ("x" * 300 + ".csv", "the name is too long"),
        ("a\0b.csv", "a sign that no file may have"),
        ("/proc/self/runs.csv" if Path("/proc/self").is_dir() else "missing/runs.csv", "folder"),
    ],
)
@pytest.mark.parametrize("write", [lambda path: write_atomic(path, b"new"), check_target])
def test_what_can_be_no_target_is_named(tmp_path, name, reason, write):
    (tmp_path / "old.csv").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError, match=rf"not written, because .*{reason}.*; .+"):
        write(tmp_path / name)
    assert names(tmp_path) == ["folder", "old.csv"]


def test_a_read_only_file_is_refused(old, monkeypatch):
    monkeypatch.setattr(atomic.os, "access", lambda _path, _mode: False)  # root may write everything
    with pytest.raises(ExportError, match="because the file is read-only"):
        write_atomic(old, b"new")
    assert only_the_old_file_is_there(old)


@pytest.mark.parametrize(("mask", "expected"), [(0o027, 0o640), (0o002, 0o644)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path, mask, expected):
    before = os.umask(mask)
    try:
        write_atomic(tmp_path / "runs.csv", b"new")
    finally:
        os.umask(before)
    mode = stat.S_IMODE((tmp_path / "runs.csv").stat().st_mode)
    assert mode == (expected if os.name == "posix" else mode)


def test_an_old_file_keeps_its_permissions(old):
    old.chmod(0o600)
    before = stat.S_IMODE(old.stat().st_mode)
    write_atomic(old, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == before


def test_a_link_stays_a_link(old, tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(old)
    write_atomic(link, b"new")
    assert link.is_symlink() and old.read_bytes() == b"new"


@pytest.mark.parametrize("data", [b"new", lambda path: path.write_bytes(b"new") and None])
def test_what_is_no_file_is_written_to_and_not_replaced(old, monkeypatch, data):
    number = old.stat().st_ino
    monkeypatch.setattr(Path, "is_file", lambda _path: False)  # as of a pipe or a device, which must never be at stake
    write_atomic(old, data)
    assert old.read_bytes() == b"new" and old.stat().st_ino == number and names(old.parent) == ["runs.csv"]


def test_a_target_that_can_be_written_is_let_through_untouched(old):
    check_target(old)
    check_target(old.with_name("new.csv"))
    assert only_the_old_file_is_there(old)


def test_a_private_file_is_its_owners_alone_whatever_the_old_one_was(old):
    old.chmod(0o644)
    write_atomic(old, b"new", private=True)
    assert stat.S_IMODE(old.stat().st_mode) == (0o600 if os.name == "posix" else 0o666)


def test_a_damaged_file_is_put_aside_beside_the_earlier_ones(old):
    assert put_aside(old) == old.with_name("runs.bad-1.csv")
    old.write_bytes(b"newer")
    assert put_aside(old) == old.with_name("runs.bad-2.csv")
    assert names(old.parent) == ["runs.bad-1.csv", "runs.bad-2.csv"]
    assert put_aside(old) is None
