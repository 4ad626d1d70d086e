"""`optlab plugins`: the commands of those who write plugins, and of those who allow them."""

from pathlib import Path
from typing import Annotated

import typer

from optlab.cli.shared import Shared
from optlab.i18n import tr


def add_plugins(app: typer.Typer, shared: Shared) -> None:
    """Add the group with its commands."""
    option = typer.Option
    group = typer.Typer(help=tr("Write plugins, and check that they keep the contract."), rich_markup_mode="rich")
    app.add_typer(group, name="plugins")
    what = typer.Argument(metavar="KIND", help=tr("optimizer, schedule, problem, landscape, panel or exporter."))
    called = typer.Argument(metavar="NAME", help=tr("A word such as my_momentum."))
    folder = option("--into", metavar="DIR", help=tr("The folder; your plugins without it."))
    original = option(
        "--against", metavar="torch:CLASS", help=tr("The original of a port, such as torch:torch.optim.Adam.")
    )
    pairs = option("--map", metavar="OURS=THEIRS", help=tr("A field and its argument there, such as decay=betas.1."))
    places = typer.Argument(
        metavar="PATH…", help=tr("A plugin file or folder, or the name of one of yours; repeatable.")
    )

    @group.command("new", help=tr("Write a commented plugin that runs as it is."))
    def new(
        kind: Annotated[str, what],
        name: Annotated[str, called],
        into: Annotated[Path | None, folder] = None,
        package: Annotated[bool, option("--package", help=tr("A project that pip installs, with a test."))] = False,
        edit: Annotated[bool, option("--edit", help=tr("Open it in the editor of $VISUAL or $EDITOR."))] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli import authoring

        return authoring.new(kind, name, into, package, edit)

    @group.command("check", help=tr("Try out everything that a plugin promises; exit code 1 where it is wrong."))
    def check(
        paths: Annotated[list[Path], places],
        against: Annotated[str, original] = "",
        map_: Annotated[list[str] | None, pairs] = None,
        json: Annotated[bool, option("--json", help=tr("Print JSON."))] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli import plugins

        return plugins.check(paths, json, against, map_ or [])

    _add_trust(group, shared)
    _add_debug(group, shared)
    _add_guide(group, shared)


def _add_trust(group: typer.Typer, shared: Shared) -> None:
    option = typer.Option
    named = typer.Argument(metavar="NAME", help=tr("A name or a path of `optlab plugins list`."))
    place = typer.Argument(metavar="PATH", help=tr("A plugin file, or the name of an installed package."))
    own = option("--develop", help=tr("Allow whatever is in its folder: you develop there."))
    as_json = option("--json", help=tr("Print JSON."))

    @group.command("list", help=tr("List the plugins with their states and reasons."))
    def list_(
        json: Annotated[bool, as_json] = False,
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli import trusting

        return trusting.show_all(json, [*shared.plugins, *(plugin or [])], safe_mode or shared.safe_mode)

    @group.command("info", help=tr("Say all that is known of a plugin."))
    def info(name: Annotated[str, named], language: Annotated[str | None, shared.language] = None) -> int:
        from optlab.cli import trusting

        return trusting.info(name)

    @group.command("trust", help=tr("Allow a plugin to run, as it is now."))
    def allow(
        path: Annotated[str, place],
        develop: Annotated[bool, own] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli import trusting

        return trusting.allow(path, develop)

    @group.command("enable", help=tr("Switch a plugin on, for later starts too; try one out again that was broken."))
    def enable(name: Annotated[str, named], language: Annotated[str | None, shared.language] = None) -> int:
        from optlab.cli import trusting

        return trusting.switch(name, True)

    @group.command("disable", help=tr("Switch a plugin off, for later starts too."))
    def disable(name: Annotated[str, named], language: Annotated[str | None, shared.language] = None) -> int:
        from optlab.cli import trusting

        return trusting.switch(name, False)


def _add_debug(group: typer.Typer, shared: Shared) -> None:
    file = typer.Argument(metavar="FILE", help=tr("A plugin file, or the name of one of yours."))

    @group.command("debug", help=tr("Run a plugin in the terminal, in one thread: print and breakpoint() work."))
    def debug(
        plugin: Annotated[Path, file],
        experiment: Annotated[str, shared.experiment] = "ravine",
        sets: Annotated[list[str] | None, shared.key] = None,
        steps: Annotated[str | None, shared.steps] = None,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli.debug import debug as carry_out

        return carry_out(plugin, experiment, [*(sets or []), *([] if steps is None else [f"steps={steps}"])])


def _add_guide(group: typer.Typer, shared: Shared) -> None:
    which = typer.Argument(metavar="[PAGE]", help=tr("A page, such as optimizer; the list of them without one."))

    @group.command("guide", help=tr("Print a page of the author's guide, or of the reference."))
    def guide(name: Annotated[str, which] = "", language: Annotated[str | None, shared.language] = None) -> int:
        from optlab.cli.guide import show_page

        return show_page(name)
