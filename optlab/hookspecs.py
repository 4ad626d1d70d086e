"""Every hook, one sentence each. A hook returns a list of classes and changes nothing."""

from typing import Any

import pluggy

hookspec = pluggy.HookspecMarker("optlab")
hookimpl = pluggy.HookimplMarker("optlab")
"""Marks the functions of a plugin that the lab calls, such as `register_optimizers`."""


@hookspec
def register_optimizers() -> list[type]:  # type: ignore[empty-body]
    """Return the optimizer classes of this plugin."""


@hookspec
def register_schedules() -> list[type]:  # type: ignore[empty-body]
    """Return the schedule classes of this plugin."""


@hookspec
def register_problems() -> list[type]:  # type: ignore[empty-body]
    """Return the problem and landscape classes of this plugin."""


@hookspec
def register_panels() -> list[type]:  # type: ignore[empty-body]
    """Return the panel classes of this plugin: views of the window."""


@hookspec
def register_exporters() -> list[type]:  # type: ignore[empty-body]
    """Return the exporter classes of this plugin: further file formats of the runs."""


@hookspec
def run_started(run: Any) -> None:
    """Hear that a run starts; `run` is read-only."""


@hookspec
def run_finished(run: Any) -> None:
    """Hear that a run ended, with its status."""
