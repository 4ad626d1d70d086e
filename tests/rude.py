"""The plugins of the tests: a good one, and those that misbehave while they are imported or run."""

import tomllib
from pathlib import Path

PLUGINS = Path(__file__).parent / "plugins"
AT_RUN = PLUGINS / "at_run.py"
"""A plugin whose components misbehave while a run goes."""

API = "from optlab.api import Landscape, Optimizer, Schedule, hookimpl, part, real\n"
CLASS = '''
class Good(Optimizer):
    """Walk downhill. Source: none."""

    name = "good"
    lr: float = real(0.1, 0.0, 1.0)

    def step(self, params, grads, state):
        params -= state.lr * grads
'''
REGISTER = """
@hookimpl
def register_optimizers():
    return [Good]
"""
GOOD = "\n" + API + CLASS + REGISTER
"""The source of a plugin with which nothing is wrong."""

AT_IMPORT = tomllib.loads((PLUGINS / "at_import.toml").read_text("utf-8"))
"""What misbehaves while it is imported: its `source`, and the words `error` of its record where it does not work."""


def good(name: str) -> str:
    """The source of a good plugin whose optimizer has this name."""
    return GOOD.replace('"good"', f'"{name}"')


def filled(source: str) -> str:
    """The whole source of an entry of `AT_IMPORT`."""
    text = source.replace("{good}", CLASS).replace("{register}", REGISTER).replace("{plus}", "+".join("1" * 50_000))
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return mark + API + text.removeprefix(mark)


def expected(name: str) -> tuple[str, ...]:
    """How the sentence in the record of an entry of `AT_IMPORT` begins; empty for one that works."""
    words = AT_IMPORT[name].get("error")
    if words is None:
        return ("",)
    return tuple(f"{name}.py: {start}" for start in ([words] if isinstance(words, str) else words))
