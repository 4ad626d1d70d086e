"""The sub-commands, declared with typer inside a function, so that their help speaks the language in force."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from optlab.cli.arguments import check_plugin
from optlab.cli.plugin_commands import add_plugins
from optlab.cli.shared import Shared
from optlab.cli.terminal import complain
from optlab.i18n import tr
from optlab.store.library import FIRST

BAD_INPUT, INTERRUPTED = 2, 130


def call(args: Sequence[str]) -> int:
    """Carry out a sub-command and return the exit code."""
    command = typer.main.get_command(make_app())
    try:
        code = command.main(args=list(args), prog_name="optlab", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except Exception as error:
        format_message = getattr(error, "format_message", None)  # usage errors; their class moved between versions
        if format_message is None:
            raise
        complain(format_message())
        return BAD_INPUT
    return int(code or 0)


def make_app() -> typer.Typer:
    """The commands with their options."""
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        subcommand_metavar="[EXPERIMENT] | COMMAND [ARGS]",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    shared = Shared()
    _add_window(app, shared)
    _add_run(app, shared)
    _add_tune(app, shared)
    _add_list(app, shared)
    _add_screenshot(app, shared)
    _add_report(app, shared)
    add_plugins(app, shared)
    return app


def _add_window(app: typer.Typer, shared: Shared) -> None:
    epilog = tr("Without a command the window opens, with EXPERIMENT (a name or a .toml file) or the last one.")

    @app.callback(help=tr("See how optimizers behave, and where the gradient of a deep network dies."), epilog=epilog)
    def window(
        language: Annotated[str | None, shared.language] = None,
        theme: Annotated[str | None, shared.colours] = None,
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        version: Annotated[bool, typer.Option("--version", help=tr("Print the version."))] = False,
    ) -> None:
        shared.plugins, shared.safe_mode, shared.theme = plugin or [], safe_mode, theme


def _add_run(app: typer.Typer, shared: Shared) -> None:
    option = typer.Option
    export_as = option("--export", metavar="NAME FILE", help=tr("Write the runs with a plugin's exporter."))

    @app.command("run", help=tr("Run an experiment without the window and print what came of it."))
    def run(
        experiment: Annotated[str, shared.experiment],
        sets: Annotated[list[str] | None, shared.key] = None,
        steps: Annotated[str | None, shared.steps] = None,
        seeds: Annotated[str | None, shared.seeds] = None,
        csv: Annotated[Path | None, option("--csv", metavar="FILE", help=tr("Write all recorded rows as CSV."))] = None,
        png: Annotated[Path | None, option("--png", metavar="FILE", help=tr("Save a picture of the window."))] = None,
        json: Annotated[bool, shared.json] = False,
        export: Annotated[tuple[str, Path] | None, export_as] = None,
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli.running import Order
        from optlab.cli.running import run as carry_out

        plugins, safe = [*shared.plugins, *(plugin or [])], safe_mode or shared.safe_mode
        return carry_out(Order(experiment, _changes(sets, steps, seeds), csv, png, json, export, plugins, safe))


def _changes(sets: list[str] | None, steps: str | None, seeds: str | None) -> list[str]:
    tops = [None if steps is None else f"steps={steps}", None if seeds is None else f"seeds=[{seeds}]"]
    return [*(sets or []), *(each for each in tops if each is not None)]


def _add_tune(app: typer.Typer, shared: Shared) -> None:
    option = typer.Option
    rates = option("--grid", metavar="LO HI N", help=tr("N rates from LO to HI, the same for every trial."))

    @app.command("tune", help=tr("Find the best lr of every trial on one grid, with the same seeds, and rank them."))
    def tune(
        experiment: Annotated[str, shared.experiment],
        sets: Annotated[list[str] | None, shared.key] = None,
        grid: Annotated[tuple[float, float, int], rates] = (1e-4, 10.0, 11),
        steps: Annotated[str | None, shared.steps] = None,
        seeds: Annotated[str | None, shared.seeds] = None,
        csv: Annotated[Path | None, option("--csv", metavar="FILE", help=tr("Write every run as a row."))] = None,
        save: Annotated[Path | None, option("--save", metavar="FILE", help=tr("Save it with these rates."))] = None,
        json: Annotated[bool, shared.json] = False,
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli.tuning import TuneOrder, tune

        plugins, safe = [*shared.plugins, *(plugin or [])], safe_mode or shared.safe_mode
        return tune(TuneOrder(experiment, _changes(sets, steps, seeds), grid, csv, save, json, plugins, safe))


def _add_list(app: typer.Typer, shared: Shared) -> None:
    option = typer.Option
    one_of = typer.Argument(metavar="[KIND]", help=tr("One of these five words; everything without one."))

    @app.command("list", help=tr("List optimizers, schedules, problems, experiments or plugins."))
    def list_(
        kind: Annotated[str | None, one_of] = None,
        verbose: Annotated[bool, option("--verbose", "-v", help=tr("With documentation and all fields."))] = False,
        json: Annotated[bool, option("--json", help=tr("Print JSON."))] = False,
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli.lists import list_kind
        from optlab.cli.running import load_host

        host = load_host([*shared.plugins, *(plugin or [])], safe_mode or shared.safe_mode)
        return list_kind(kind, host, verbose, json)


def _add_screenshot(app: typer.Typer, shared: Shared) -> None:
    option = typer.Option
    target = typer.Argument(metavar="OUT.png", help=tr("The file."))
    name = option("--experiment", metavar="NAME", help=tr("A name of `optlab list experiments`, or a .toml file."))
    in_front = option("--view", metavar="training|landscape", help=tr("The view in front."))
    pixels = option("--size", metavar="WxH", help=tr("Size of the window in pixels."))

    @app.command("screenshot", help=tr("Save a picture of the window, rendered off-screen."))
    def screenshot(
        out: Annotated[Path, target],
        experiment: Annotated[str, name] = FIRST,
        theme: Annotated[str | None, shared.colours] = None,
        view: Annotated[str, in_front] = "training",
        steps: Annotated[str | None, shared.steps] = None,
        size: Annotated[str, pixels] = "1600x980",
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli.pictures import parse_size, parse_steps, take

        plugins = [check_plugin(path) for path in (*shared.plugins, *(plugin or []))]
        colours, safe = theme or shared.theme or "dark", safe_mode or shared.safe_mode
        take(out, experiment, colours, view, parse_steps(steps), parse_size(size), plugins, safe)
        return 0


def _add_report(app: typer.Typer, shared: Shared) -> None:
    which = typer.Argument(metavar="LESSON", help=tr("A name of `optlab list lessons`, or a .toml file."))
    target = typer.Argument(metavar="OUT.html", help=tr("The file."))

    @app.command("report", help=tr("Run a lesson step by step, and write what it asks and shows as one web page."))
    def report(
        lesson: Annotated[str, which],
        out: Annotated[Path, target],
        plugin: Annotated[list[Path] | None, shared.plugin] = None,
        safe_mode: Annotated[bool, shared.safe] = False,
        language: Annotated[str | None, shared.language] = None,
    ) -> int:
        from optlab.cli.pictures import write_report

        plugins = [check_plugin(path) for path in (*shared.plugins, *(plugin or []))]
        return write_report(out, lesson, plugins, safe_mode or shared.safe_mode)
