"""What holds for every shipped component."""

import ast
import json
import sys

from optlab.engine.catalogue import KINDS
from optlab.fields import Real


def test_every_shipped_plugin_works(host):
    assert [(record.name, record.error) for record in host.broken] == []
    assert len(host.catalogue.names("optimizer")) >= 4


def test_docstring_says_idea_and_source(shipped):
    cls, _ = shipped
    idea, *rest = (cls.__doc__ or "").strip().split("\n")
    assert idea.endswith((".", ")")) or rest[0].startswith("    "), idea
    assert any(line.strip().startswith("Source: ") for line in rest)


def test_name_is_the_file_name(shipped):
    cls, file = shipped
    assert cls.name == file.stem


def test_every_field_is_described_and_has_bounds(shipped):
    cls, _ = shipped
    for key, field in cls.fields().items():
        assert field.doc, key
        if isinstance(field, Real):
            assert -1e12 < field.lo <= field.default <= field.hi < 1e12, key
            assert field.lo > 0 or not field.log, key


def test_file_is_short(shipped):
    _, file = shipped
    assert len(file.read_text("utf-8").splitlines()) <= 80


def test_values_round_trip_through_json(component, host):
    kind = next(kind for kind, bases in KINDS.items() if isinstance(component, bases))
    values = json.loads(json.dumps(component.values(), allow_nan=False))
    assert host.catalogue.build(kind, {"name": component.name, **values}, kind) == component


def test_imports_only_the_api_numpy_and_the_standard_library(shipped):
    _, file = shipped
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        modules = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or "."]
        for module in modules:
            top = module.split(".")[0]
            assert module == "optlab.api" or top == "numpy" or top in sys.stdlib_module_names, module


def test_no_work_is_done_at_import(shipped):
    _, file = shipped
    tree = ast.parse(file.read_text("utf-8"))
    allowed = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    assert all(isinstance(node, allowed) for node in tree.body[1:])
    assert isinstance(tree.body[0], ast.Expr)
