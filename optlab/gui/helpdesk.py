"""What explains: help pages, the command palette, shortcuts, plugins, about."""

import platform
from typing import TYPE_CHECKING

import numpy as np
import PySide6
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from optlab import __version__
from optlab.engine import faults
from optlab.engine.gradient import Gradient
from optlab.gui.command_palette import CommandPalette, ShortcutsDialog
from optlab.gui.fence import SlowError
from optlab.gui.form import ComponentForm
from optlab.gui.guide_dialog import GuideDialog
from optlab.gui.help_dialog import HelpDialog
from optlab.gui.lessons_dialog import LessonsDialog
from optlab.gui.panel import Panel
from optlab.gui.plugin_actions import PluginActions
from optlab.gui.plugins_dialog import PluginsDialog
from optlab.gui.renewer import Renewer
from optlab.gui.views import View, failure
from optlab.host import brought
from optlab.i18n import tr
from optlab.store import predictions
from optlab.store.guide import FIRST
from optlab.store.library import lessons

if TYPE_CHECKING:
    from optlab.gui.window import Window


class Helpdesk(QObject):
    """Dialogs are made when first asked for, and stay."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self.actions = PluginActions(window.desk.host, window)
        self.actions.failed.connect(window.say)
        self.actions.done.connect(window.keeper.changed)
        self.renewer = Renewer(window)
        for follow in (self.renewer.renew, self.refresh_plugins, self.renewer.tell):  # in this order
            window.keeper.changed.connect(follow)
        window.views.failed.connect(self.tell_view)
        self._help: HelpDialog | None = None
        self._guide: GuideDialog | None = None
        self._plugins: PluginsDialog | None = None
        self._palette: CommandPalette | None = None
        self._shortcuts: ShortcutsDialog | None = None
        self._lessons: LessonsDialog | None = None

    def show_help(self) -> None:
        """The page of what has the focus: a form's component, or the view in front."""
        if self._help is None:
            self._help = HelpDialog(self._window)
        self._help.show_component(self._topic(QApplication.focusWidget()))
        self._help.show()
        self._help.raise_()

    def _topic(self, widget: QWidget | None) -> type:
        dock = self._window.experiment
        while widget is not None:
            if isinstance(widget, ComponentForm) and widget.component() is not None:
                return type(widget.component())
            if isinstance(widget, Panel):
                return type(widget)
            for kind, section in dock.sections.items():
                if widget is section:
                    return type(dock.forms[kind].component())
            widget = widget.parentWidget()
        view = self._window.views.current
        return type(view.panel) if view is not None and view.panel is not None else Gradient

    def show_guide(self, name: str = "") -> None:
        """The author's guide: the page of that name, else the one that was shown last."""
        if self._guide is None:
            self._guide = GuideDialog(self._window)
            self._guide.new_requested.connect(self._window.authoring.new)
            self._guide.save_requested.connect(self._window.authoring.keep)
        self._guide.show_page(name or self._guide.current or FIRST)

    def show_plugins(self) -> None:
        """The table of plugins with their states and reasons."""
        if self._plugins is None:
            self._plugins = PluginsDialog(self._window)
            self._plugins.allow_requested.connect(self.actions.allow)
            self._plugins.retry_requested.connect(self.actions.retry)
            self._plugins.check_requested.connect(self.actions.check)
            self._plugins.switch_requested.connect(self.actions.switch)
            self._plugins.inside_requested.connect(self.actions.run_inside)
            self._plugins.folder_requested.connect(self.actions.open_folder)
            help_key = QKeySequence(QKeySequence.StandardKey.HelpContents)
            QShortcut(help_key, self._plugins, lambda: self.show_guide("sharing"))
        self._show_records()
        self._plugins.show()
        self._plugins.raise_()

    def refresh_plugins(self) -> None:
        """Show the plugins as they are now, and what they add, wherever they are shown."""
        window, host = self._window, self._window.desk.host
        window.experiment.relist()
        window.files.relist()
        window.views.set_panels(host.panels)
        window.status.show_plugins(host)
        self._show_records()

    def tell_view(self, view: View, error: BaseException) -> None:
        """Say why a view is switched off, with a way to switch it on again."""
        window = self._window

        def again() -> None:
            if view in window.views.views:  # its plugin may be gone meanwhile
                view.switch_on()

        words = tr("The view {title} failed and is switched off: {error}", title=view.windowTitle(),
                   error=failure(error))  # fmt: skip
        details = "" if isinstance(error, SlowError) else faults.details(error)
        window.messages.show_message(words, "error", details, [(tr("Switch on again"), again)])

    def _show_records(self) -> None:
        host = self._window.desk.host
        if self._plugins is not None:
            brought.look(host.records, host.catalogue)
            self._plugins.set_records(host.records, host.runs_inside)

    def show_palette(self) -> None:
        """Find a command by some of its letters."""
        if self._palette is None:
            self._palette = CommandPalette(self._window.actions_, self._window)
        self._window.refresh_actions()
        self._palette.popup()

    def show_shortcuts(self) -> None:
        """All commands with their keys."""
        if self._shortcuts is None:
            self._shortcuts = ShortcutsDialog(self._window.actions_, self._window)
        self._shortcuts.show()

    def show_lessons(self, following: str = "") -> None:
        """All lessons as cards, from which one is opened; `following` is the one that Enter opens."""
        if self._lessons is None:
            self._lessons = LessonsDialog(self._window)
            self._lessons.chosen.connect(self._window.files.open_lesson)
            self._lessons.write_requested.connect(self._window.authoring.new)
        self._lessons.set_lessons(lessons(self._window.desk.host), predictions.load(), following)
        self._lessons.show()
        self._lessons.raise_()

    def show_about(self) -> None:
        """Versions, for a report of a fault."""
        text = tr(
            "OptLab {version}\n\nSee how optimizers and learning-rate schedules behave, and where the gradient of a "
            "deep network dies.\n\nPython {python} · NumPy {numpy} · PySide {pyside}",
            version=__version__, python=platform.python_version(), numpy=np.__version__, pyside=PySide6.__version__,
        )  # fmt: skip
        QMessageBox.about(self._window, tr("About OptLab"), text)
