"""Who may name whom, where import-linter does not look: its own lists, and the panels."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PANELS = sorted((ROOT / "plugins" / "panels").glob("*.py"))


def names(folder):
    """The modules and packages of a folder."""
    return {
        path.stem
        for path in folder.iterdir()
        if not path.name.startswith("_") and (path.suffix == ".py" or (path / "__init__.py").is_file())
    }


def imported(file):
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def test_only_the_window_is_free_to_name_qt():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (c for c in contracts if "PySide6" in c.get("forbidden_modules", ()))
    assert set(contract["source_modules"]) == {f"optlab.{name}" for name in names(ROOT / "optlab") - {"gui"}}


@pytest.mark.parametrize("file", PANELS, ids=[file.stem for file in PANELS])
def test_a_panel_imports_only_the_apis_qt_numpy_and_the_standard_library(file):
    free = {"PySide6", "numpy", *sys.stdlib_module_names}
    assert [
        m for m in imported(file) if m.split(".")[0] not in free and m not in ("optlab.api", "optlab.gui.api")
    ] == []


@pytest.mark.parametrize("file", PANELS, ids=[file.stem for file in PANELS])
def test_a_panel_does_no_work_at_import(file):
    first, *rest = ast.parse(file.read_text("utf-8")).body
    declarations = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    assert isinstance(first, ast.Expr)
    for node in rest:
        value = node.value if isinstance(node, ast.Assign | ast.Expr) else None
        assert isinstance(value, ast.Constant) or isinstance(node, declarations), ast.unparse(node)


def test_optlab_imports_no_plugin_and_no_test():
    for file in (ROOT / "optlab").rglob("*.py"):
        assert {module.split(".")[0] for module in imported(file)}.isdisjoint({"plugins", "tests"}), file
