"""A typed function as a plugin file of its own: the same formula, and room to go on by hand."""

import re

from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.landscape import Landscape

TEMPLATE = '''"""{title}: a function typed in OptLab."""

from optlab.api import Array, Formula, Landscape, hookimpl

FORMULA = Formula({formula!r})


class {cls}(Landscape):
    """f({variables}) = {shown}

    Source: typed in OptLab.
    """

    name = {name!r}
    domain = {domain!r}
    at = {at!r}
    coordinates = {coordinates!r}

    def evaluate(self, x: Array, loss: Array, grad: Array) -> None:
        FORMULA.evaluate(x, loss, grad)


@hookimpl
def register_problems() -> list[type]:
    return [{cls}]
'''


def plugin_name(words: str) -> str:
    """`My bowl 2` as the name of a component; raises `FieldError` where nothing of it is left."""
    name = re.sub(r"[^a-z0-9]+", "_", words.strip().lower()).strip("_")[:40]
    if not name or not name[0].isalpha():
        raise FieldError(tr("name: expected a word such as my_bowl, got {that!r}", that=words))
    return name


def plugin_source(name: str, landscape: Landscape) -> str:
    """The source of a plugin with the formula of `landscape` (the component `formula`)."""
    formula = str(landscape.values()["f"])
    variables = landscape.tracks()
    return TEMPLATE.format(
        title=name.replace("_", " "),
        formula=formula,
        shown=formula.replace("\\", "\\\\").replace('"', "'"),
        cls="".join(part.capitalize() for part in name.split("_")),
        variables=", ".join(variables),
        name=name,
        domain=tuple(tuple(axis) for axis in landscape.domain),
        at=tuple(landscape.at),
        coordinates=tuple(variables),
    )
