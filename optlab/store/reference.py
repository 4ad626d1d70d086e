"""The reference of a module as Markdown: signatures and docstrings, read from its source without importing it."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEADING = ("optimizer", "schedule", "problem", "landscape", "net_problem", "sequence_problem", "exporter", "fields",
           "kernels", "panel", "desk", "plot", "curves", "axis")  # fmt: skip
"""The last words of the modules whose names come first, in this order; the others follow by their own words."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Places = dict[str, list[tuple[str, ast.AST]]]


def read_ahead(module: str) -> Iterator[str]:
    """Read the sources of a module's names, one name after another: most of the time that `reference` takes."""
    for name in _public(module):
        _find(module, name)
        yield name


@cache
def reference(module: str) -> str:
    """What the names in `__all__` of a module are, grouped by the modules that they come from."""
    public = _public(module)
    places: Places = {}
    for name in public:
        home, node = _find(module, name)
        places.setdefault(home, []).append((name, node))
    parts = []
    for home in sorted(places, key=_rank):
        parts.append(f"## {_first_line(_tree(home))}")
        parts += [_entry(home, name, node, public) for name, node in places[home]]
    return "\n\n".join(parts) + "\n"


def _rank(home: str) -> tuple[int, str]:
    word = home.rpartition(".")[2]
    return LEADING.index(word) if word in LEADING else len(LEADING), home


def _entry(home: str, name: str, node: ast.AST, public: Sequence[str]) -> str:
    """The heading of one name, its text, and what it has."""
    if isinstance(node, ast.Module):
        functions = [each for each in node.body if isinstance(each, Function) and each.name[0] != "_"]
        return _joined(name, "", "", [_item(f"{name}.{_signature(each)}", _doc(each)) for each in functions])
    if isinstance(node, Function):
        return _joined(name, _signature(node), _doc(node), [])
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if isinstance(each, Function) and each.name == "__init__"]
        bases = [base for base in map(ast.unparse, node.bases) if base in public]
        line = _signature(made[0], name) if made else f"{name}({', '.join(bases)})".removesuffix("()")
        members = dict(reversed([*_members(home, node, public)]))  # the class's own before those of its bases
        return _joined(name, line, _doc(node), [*reversed(members.values())])
    return _joined(name, _value(node), _doc_below(_tree(home).body, node), [])


def _value(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) < 60 else ""


def _joined(name: str, line: str, doc: str, members: list[str]) -> str:
    shown = f"`{line}`" if line and line != name else ""
    return "\n\n".join(part for part in (f"### {name}", shown, doc, "\n".join(members)) if part)


def _members(home: str, node: ast.ClassDef, public: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What a class has beside what it has from other public ones, each as an item of a list."""
    for each in node.body:
        if isinstance(each, Function) and each.name[0] != "_":
            line = f"{each.name}{_returns(each)}" if _is_property(each) else _signature(each)
            yield each.name, _item(line, _doc(each))
        elif isinstance(each, ast.AnnAssign | ast.Assign):
            target = each.target if isinstance(each, ast.AnnAssign) else each.targets[0]
            if isinstance(target, ast.Name) and target.id[0] != "_":
                of = f": {_type(each.annotation)}" if isinstance(each, ast.AnnAssign) else ""
                yield target.id, _item(f"{target.id}{of}", _doc_below(node.body, each) or _field_doc(each.value))
    for base in node.bases:
        name = ast.unparse(base)
        if name not in public:
            place = _search(home, name)
            if place is not None and isinstance(place[1], ast.ClassDef):
                yield from _members(place[0], place[1], public)


def _item(line: str, doc: str) -> str:
    return f"- `{line}`" + (f"\n\n{textwrap.indent(doc, '  ')}\n" if doc else "")


def _signature(node: ast.AST, name: str = "") -> str:
    """`step(params: Array, …) -> None`, as it is written, without self."""
    assert isinstance(node, Function)
    return f"{name or node.name}({ast.unparse(_without_self(node.args))}){'' if name else _returns(node)}"


def _without_self(given: ast.arguments) -> ast.arguments:
    first = [*given.posonlyargs, *given.args][:1]
    if not first or first[0].arg not in ("self", "cls"):
        return given
    return ast.arguments(
        posonlyargs=given.posonlyargs, args=given.args[1:], vararg=given.vararg, kwonlyargs=given.kwonlyargs,
        kw_defaults=given.kw_defaults, kwarg=given.kwarg, defaults=given.defaults,
    )  # fmt: skip


def _returns(node: ast.AST) -> str:
    returns = getattr(node, "returns", None)
    return f" -> {_type(returns)}" if returns is not None else ""


def _type(annotation: ast.AST) -> str:
    """As it is written, but for whose value it is."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "ClassVar":
        return ast.unparse(annotation.slice)
    return ast.unparse(annotation)


def _is_property(node: ast.AST) -> bool:
    return any("property" in ast.unparse(each) for each in getattr(node, "decorator_list", ()))


def _doc(node: ast.AST) -> str:
    assert isinstance(node, ast.Module | ast.ClassDef | Function)
    return ast.get_docstring(node) or ""


def _doc_below(body: Sequence[ast.AST], node: ast.AST) -> str:
    """The text that stands below an assignment."""
    following = body[body.index(node) + 1 : body.index(node) + 2]
    for each in following:
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str):
            return inspect.cleandoc(each.value.value)
    return ""


def _field_doc(value: ast.AST | None) -> str:
    """What `real(…, doc="…")` says of itself."""
    words = value.keywords if isinstance(value, ast.Call) else []
    return next((str(w.value.value) for w in words if w.arg == "doc" and isinstance(w.value, ast.Constant)), "")


def _first_line(tree: ast.Module) -> str:
    return (ast.get_docstring(tree) or "").split("\n", 1)[0].rstrip(".")


def _public(module: str) -> list[str]:
    for node in _tree(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(word) for word in ast.literal_eval(node.value)]
    raise LookupError(f"{module}: expected a list __all__, got none")


def _find(module: str, name: str) -> tuple[str, ast.AST]:
    place = _search(module, name)
    if place is None:
        raise LookupError(f"{module}.{name}: not found in the source")
    return place


def _search(module: str, name: str) -> tuple[str, ast.AST] | None:
    """Where a name of a module is defined, through the modules of OptLab that hand it on."""
    for node in _tree(module).body:
        if isinstance(node, ast.ClassDef | Function) and node.name == name:
            return module, node
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == name:
                return module, node
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("optlab"):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    inner = f"{node.module}.{alias.name}"
                    return (inner, _tree(inner)) if _file(inner) else _search(str(node.module), alias.name)
    return None


@cache
def _tree(module: str) -> ast.Module:
    file = _file(module)
    assert file is not None
    return ast.parse(file.read_text("utf-8"))


def _file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)
