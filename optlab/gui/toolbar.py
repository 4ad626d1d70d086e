"""The toolbar: Run and its kin, the pace, Export, and the picker of experiments at the right."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from optlab.gui.commands import fill_toolbar
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window


def make_toolbar(window: "Window") -> QToolBar:
    """The window's toolbar, filled from its commands and widgets."""
    bar = QToolBar(tr("Toolbar"))
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    fill_toolbar(bar, window.actions_, ("run", "pause", "step", "stop", "-"), primary="run")
    bar.addWidget(window.pace)
    bar.addSeparator()
    bar.addWidget(window.files.export_button())
    gap = QWidget()
    gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(gap)
    window.picker.setMinimumWidth(280)
    window.picker.setMaximumWidth(440)
    window.picker.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    bar.addWidget(window.picker)
    return bar
