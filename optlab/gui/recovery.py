"""After a window that was not closed: who is to blame, whether plugins are left out, and what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from optlab.gui.message_bar import Action
from optlab.gui.own_process import own_process
from optlab.host import trust
from optlab.host.finder import Source, find_plugins
from optlab.host.witness import Death, blame, witness
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window

FAILED_STARTS = 2
"""So many starts in a row that nobody is to blame for, and the next one is without plugins from outside."""

GOOD = 10_000
"""Milliseconds after which a start was a good one."""


@dataclass(frozen=True)
class Recovery:
    """What is known of the window before this one."""

    death: Death | None = None
    suspect: Source | None = None
    safe_mode: bool = False
    """Whether this start is without plugins because of it."""


def recover(death: Death | None, plugins: Sequence[Path], safe_mode: bool) -> Recovery:
    """Judge how the window before ended: a plugin that is to blame is broken from now on."""
    if death is None:
        return Recovery()
    suspect = blame(death, find_plugins(plugins, False, trust.load()[0].files()))
    return Recovery(death, suspect, suspect is None and death.starts >= FAILED_STARTS and not safe_mode)


def tell(window: "Window", recovery: Recovery, messages: Sequence[str]) -> None:
    """Say what there is to say at the start, and begin to count it as a good one."""
    QTimer.singleShot(GOOD, window, witness.started)
    host, death, suspect = window.desk.host, recovery.death, recovery.suspect
    record = next((r for r in host.records if suspect is not None and r.source.key == suspect.key), None)
    safe: Action = (tr("Start in safe mode"), lambda: restart(window, "--safe-mode"))
    for sentence in messages:
        if record is None or record.error not in sentence:
            window.say(sentence, "warning")
    if death is None:
        return
    if record is not None:
        again: Action = (tr("Switch on again"), lambda: window.helpdesk.actions.retry(record))
        text = tr("OptLab ended in the middle of the plugin {name} when it last ran; it is left out now.",
                  name=record.name)  # fmt: skip
        window.messages.show_message(text, "warning", death.text, (again, safe))
    elif recovery.safe_mode:
        back: Action = (tr("Start with all plugins"), lambda: restart(window))
        text = tr("OptLab ended {n} times while it started; this is safe mode, with the shipped plugins alone.",
                  n=death.starts)  # fmt: skip
        window.messages.show_message(text, "warning", death.text, (back,))
    elif death.text:
        outside = any(r.outside and r.state == "on" for r in host.records)
        text = tr("OptLab crashed when it last ran.")
        window.messages.show_message(text, "warning", death.text, (safe,) if outside else ())


def restart(window: "Window", *options: str) -> None:
    """Close the window, and open another one in a new process."""
    if window.close():
        own_process(*options).startDetached()
