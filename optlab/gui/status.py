"""The status bar: what runs, how fast, and how the plugins are."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from optlab.gui.desk import Desk
from optlab.gui.player import Player
from optlab.gui.plugins_dialog import summary
from optlab.gui.theme import restyle
from optlab.host import Host
from optlab.i18n import tr


class Status(QStatusBar):
    """One line of small facts; the plugins' part is a button."""

    plugins_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._run = QLabel(tr("Ready"))
        self._plugins = QPushButton(flat=True)
        self._plugins.setToolTip(tr("Show the plugins"))
        self._plugins.clicked.connect(self.plugins_requested)
        for widget in (self._run, self._plugins):
            restyle(widget, role="quiet" if widget is self._plugins else "muted")
        self.setContentsMargins(10, 0, 6, 0)
        self.addWidget(self._run, 1)
        self.addPermanentWidget(self._plugins)

    def show_run(self, desk: Desk, player: Player, rate: float) -> None:
        """What runs and how fast."""
        self._run.setText(" · ".join(_facts(desk, player, rate)))

    def show_plugins(self, host: Host) -> None:
        """How many plugins there are, and how many of them do not work or are not allowed."""
        self._plugins.setText(" · ".join(summary(host.records)))
        self._plugins.setAccessibleName(self._plugins.text())


def _facts(desk: Desk, player: Player, rate: float) -> list[str]:
    runs = desk.entries
    open_runs = [entry for entry in runs if not entry.run.ended]
    if not runs:
        return [tr("Ready")]
    if not open_runs:
        steps = f"{max(e.run.step for e in runs):,}".replace(",", "\u2009")
        return [tr("{n} runs ended", n=len(runs)), tr("{n} steps", n=steps)]
    if desk.session.runner is not None and desk.session.runner.paused:
        return [tr("paused at step {step}", step=f"{desk.newest:,}".replace(",", "\u2009"))]
    pace = tr("flat out") if math.isinf(rate) else tr("in lockstep")
    speed = f"{player.rate:,.0f}".replace(",", "\u2009")
    frames = f"{player.frames_per_second:.0f}"
    return [
        tr("{n} runs {pace}", n=len(open_runs), pace=pace),
        tr("{n} steps/s", n=speed),
        tr("{n} frames/s", n=frames),
    ]
