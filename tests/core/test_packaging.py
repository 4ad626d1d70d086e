"""What is built from the checkout holds all that the program needs, and works away from it."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

import optlab

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The source package, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(next(SdistBuilder(str(ROOT)).build(directory=str(folder)))) as archive:
        archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return next(path for path in folder.iterdir() if path.is_dir())


def members(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def shipped(folder):
    """The files under a folder of the checkout that users need."""
    unwanted = {"__pycache__", "pictures"}
    return {
        p.relative_to(ROOT).as_posix() for p in (ROOT / folder).rglob("*") if p.is_file() and not unwanted & {*p.parts}
    }


def test_the_wheel_holds_every_module_plugin_and_asset_and_nothing_else(wheel):
    bundled = {f"optlab/_bundled/{name}" for folder in ("plugins", "assets") for name in shipped(folder)}
    assert members(wheel) == shipped("optlab") | bundled
    assert "optlab/py.typed" in members(wheel)


def test_the_source_package_builds_the_same_wheel_and_brings_the_tests(wheel, unpacked, tmp_path):
    again = Path(next(WheelBuilder(str(unpacked)).build(directory=str(tmp_path))))
    assert again.name == wheel.name == f"optlab-{optlab.__version__}-py3-none-any.whl"
    assert members(again) == members(wheel)
    assert (unpacked / "tests" / "__main__.py").is_file()


def test_an_installed_wheel_finds_its_plugins_and_assets(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import optlab, optlab.paths\n"
        "print(optlab.paths.bundled('assets'))\n"
        "print(optlab.run('digits', steps=3).table()[0].steps)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == [str(tmp_path / "optlab" / "_bundled" / "assets"), "3"], done.stderr


def pyside(version, python):
    """Whether the dependencies let this pair be installed."""
    found = [r for r in map(Requirement, PROJECT["dependencies"]) if r.name.startswith("PySide6")]
    assert {r.name for r in found} == {"PySide6-Essentials"}  # the whole of PySide6 is 600 MB
    (fitting,) = (r for r in found if r.marker.evaluate({"python_version": python}))
    return version in fitting.specifier


def test_the_pair_of_python_and_pyside_that_aborts_is_never_installed():
    assert pyside("6.11.3", "3.11") and pyside("6.12.0", "3.12")
    assert not pyside("6.12.0", "3.11") and not pyside("6.12.1", "3.11")


def test_nobody_has_to_install_torch():
    everything = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    assert not any(Requirement(text).name == "torch" for text in everything)
