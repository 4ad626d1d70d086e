"""What the kit tries of every component: its page, its fields, its file."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from optlab.fields import Component, Part
from optlab.i18n import tr
from optlab.kit.finding import Finding, advice, wrong

ALLOWED = ("optlab.api", "optlab.gui.api")


def has_a_page(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    """The docstring is the help page; it says where the idea comes from."""
    text = (cls.__doc__ or "").strip()
    if not text or text.startswith(f"{cls.__name__}("):  # what dataclasses write by themselves
        yield advice(
            "has a page", tr("no docstring: the help page stays empty; say the idea, the equations, the source")
        )
    elif not any(line.strip().startswith("Source:") for line in text.splitlines()):
        yield advice("has a page", tr("no line that begins with Source: (authors, title, venue, year, equation)"))


def describes_its_fields(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    for key, declaration in cls.fields().items():
        if not declaration.doc and not isinstance(declaration, Part):
            yield advice("describes its fields", tr("{key} has no doc=: say in a few words what it does", key=key))


def survives_json(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    if any(isinstance(declaration, Part) for declaration in cls.fields().values()):
        return
    values = json.loads(json.dumps(cls().values(), allow_nan=False))
    if cls(**values) != cls():
        yield wrong("survives JSON", tr("the fields read back from JSON make another component"))


def has_a_name_of_its_own(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    if name != cls.name:
        text = tr("{taken} is taken by another plugin: this one is called {name}", taken=cls.name, name=name)
        yield wrong("has a name of its own", text)
    if path is not None and cls.name != path.stem:
        yield advice(
            "has a name of its own",
            tr("the file is called {file}.py and the component {name}", file=path.stem, name=cls.name),
        )


def imports_the_api(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    """What is not optlab.api may change without a word."""
    for node in ast.walk(_tree(path)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        for module in names:
            top = module.split(".")[0]
            if top == "optlab" and module not in ALLOWED:
                yield wrong(
                    "imports the API", tr("imports {module}; everything that stays is in optlab.api", module=module)
                )
            elif top not in ("optlab", "numpy", "PySide6") and top not in sys.stdlib_module_names:
                yield advice("imports the API", tr("imports {module}, which not every user has", module=module))


def does_no_work_at_import(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    kinds = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    for node in _tree(path).body:
        constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, kinds) and not constant:
            yield advice(
                "does no work at import", tr("line {line} does something while the lab starts", line=node.lineno)
            )


def takes_norms_per_run(cls: type[Component], name: str, path: Path | None) -> Iterator[Finding]:
    """np.linalg.norm of (R, D) is one number for all runs."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.linalg.norm", "numpy.linalg.norm"):
            along = len(node.args) > 2 or any(keyword.arg == "axis" for keyword in node.keywords)
            words = tr(
                "line {line}: np.linalg.norm mixes the runs of a batch; optlab.api.norm(x) is one for each",
                line=node.lineno,
            )
            if not along:
                yield wrong("takes norms per run", words)


def _tree(path: Path | None) -> ast.Module:
    return ast.parse(path.read_text("utf-8-sig")) if path is not None else ast.Module(body=[], type_ignores=[])


CHECKS = (
    has_a_page, describes_its_fields, survives_json, has_a_name_of_its_own, imports_the_api, does_no_work_at_import,
    takes_norms_per_run,
)  # fmt: skip
