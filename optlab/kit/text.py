"""What the kit reads in a plugin's file: its imports, what it does while it is imported, its norms."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from optlab import api
from optlab.i18n import tr
from optlab.kit.finding import Finding, advice, wrong
from optlab.promise import leaving

ALLOWED = ("optlab.api", "optlab.gui.api", "optlab.testing")
NORMS = ("np.linalg.norm", "numpy.linalg.norm", "linalg.norm")


def imports_the_api(tree: ast.Module) -> Iterator[Finding]:
    """What is not optlab.api may change without a word."""
    for node in ast.walk(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        for module in names:
            top = module.split(".")[0]
            if top == "optlab" and module not in ALLOWED:
                words = tr("imports {module}; everything that stays is in optlab.api", module=module)
                yield wrong("imports the API", words)
            elif top not in ("optlab", "numpy", "PySide6") and top not in sys.stdlib_module_names:
                yield advice("imports the API", tr("imports {module}, which not every user has", module=module))


def uses_new_names(tree: ast.Module) -> Iterator[Finding]:
    """What goes with the next version has a new name already."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == api.__name__:
            old = [alias.name for alias in node.names if alias.name in api.RENAMED]
            yield from (advice("uses new names", leaving(api.__name__, name, api.RENAMED[name])) for name in old)


def does_no_work_at_import(tree: ast.Module) -> Iterator[Finding]:
    kinds = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.Assign, ast.AnnAssign)
    for node in tree.body:
        constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, kinds) and not constant:
            words = tr("line {line} does something while the lab starts", line=node.lineno)
            yield advice("does no work at import", words)


def takes_norms_per_run(tree: ast.Module) -> Iterator[Finding]:
    """np.linalg.norm of (R, D) is one number for all runs, and so is what came from numpy.linalg by its bare name."""
    bare = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "numpy.linalg"
        for alias in node.names
        if alias.name == "norm"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {*NORMS, *bare}:
            along = [*node.args[2:], *(word.value for word in node.keywords if word.arg == "axis")]
            if not along or (isinstance(along[0], ast.Constant) and along[0].value is None):
                text = tr(
                    "line {line}: np.linalg.norm mixes the runs of a batch; optlab.api.norm(x) is one for each",
                    line=node.lineno,
                )
                yield wrong("takes norms per run", text)


CHECKS = (imports_the_api, uses_new_names, does_no_work_at_import, takes_norms_per_run)


def read(path: Path) -> Iterator[Finding]:
    """The findings of a plugin's text."""
    tree = ast.parse(path.read_text("utf-8-sig"))
    for check in CHECKS:
        yield from check(tree)
