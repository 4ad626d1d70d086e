"""The main window: toolbar, experiment dock, views, runs table, status bar; put together from their own files."""

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from optlab.gui.authoring import Authoring
from optlab.gui.commands import build_actions, dress, fill_menus, refresh
from optlab.gui.desk import Desk
from optlab.gui.dresser import Dresser
from optlab.gui.experiment_dock import ROOMY, ExperimentDock
from optlab.gui.files import Files
from optlab.gui.guard import guard
from optlab.gui.helpdesk import Helpdesk
from optlab.gui.icons import icon
from optlab.gui.keeper import Keeper
from optlab.gui.menu import commands
from optlab.gui.message_bar import MessageBar
from optlab.gui.pace import Pace
from optlab.gui.picker import Picker
from optlab.gui.places import Places
from optlab.gui.player import Player
from optlab.gui.run_control import RunControl
from optlab.gui.run_list import RunList
from optlab.gui.run_table import RunTable
from optlab.gui.scrubber import Scrubber
from optlab.gui.settings import Settings
from optlab.gui.stage import Stage
from optlab.gui.status import Status
from optlab.gui.toolbar import make_toolbar
from optlab.gui.tutor import Tutor
from optlab.gui.views import Views
from optlab.i18n import tr


class Window(QMainWindow):
    """Holds the widgets and connects them; what they do is in `RunControl`, `Files` and the widgets themselves."""

    closing = Signal()

    def __init__(self, desk: Desk, settings: Settings) -> None:
        super().__init__()
        self.desk, self.settings = desk, settings
        desk.smoothing = settings.smoothing
        for owned in (desk, desk.document):  # they go with the window: a stack that dies later would still speak to it
            owned.setParent(self)
        self.setWindowTitle("OptLab")
        self.setObjectName("window")
        self.resize(1400, 860)
        self._make_children()
        self._lay_out()
        self._make_actions()
        self._connect()

    def _make_children(self) -> None:
        desk = self.desk
        self.messages = MessageBar()
        self.views = Views(desk)
        self.scrubber = Scrubber()
        self.runs = RunList()
        self.control = RunControl(desk, self.messages, self)
        self.experiment = ExperimentDock(desk.document, desk.host.catalogue, desk.colour_of)
        self.files = Files(desk, self)
        self.table = RunTable(desk, self.runs, self)
        self.pace = Pace()
        self.picker = Picker(tr("Experiment"))
        self.status = Status()
        self.player = Player(desk, self)
        self.keeper = Keeper(desk.host, self)
        self.table.player = self.player
        self.dresser = Dresser(self)
        self.helpdesk = Helpdesk(self)
        self.authoring = Authoring(self)
        self.tutor = Tutor(self)
        self.stage = Stage(self)
        self.setAcceptDrops(True)

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(10, 0, 10, 4)
        column.setSpacing(4)
        self.below = QHBoxLayout()
        self.below.addWidget(self.scrubber, 1)
        column.addWidget(self.messages)
        column.addWidget(self.stage.strip)
        column.addWidget(self.views, 1)
        column.addWidget(self.stage.caption)
        column.addWidget(self.stage.knobs)
        column.addLayout(self.below)
        self.setCentralWidget(centre)
        self.left = self._dock(tr("Experiment"), "experiment", self.experiment, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.bottom = self._dock(tr("Runs"), "runs", self.runs, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setStatusBar(self.status)
        self.places = Places(self, self.left, self.bottom, self.views)
        self.places.usual_sizes()

    def _dock(self, title: str, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(f"dock.{name}")
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def _make_actions(self) -> None:
        self.actions_ = build_actions(self, commands(self))
        fill_menus(self.menuBar(), self.actions_, ("File", "Edit", "Run", "View", "Plugins", "Help"))
        self.addToolBar(make_toolbar(self))

    def _connect(self) -> None:
        desk, control = self.desk, self.control
        self.player.frame.connect(self._on_frame)
        self.player.facts.connect(self._on_facts)
        self.player.settled.connect(self._on_settled)
        self.scrubber.moved.connect(self._on_scrubbed)
        self.experiment.trouble.connect(control.set_trouble)
        self.pace.rate_changed.connect(control.set_rate)
        self.picker.picked.connect(self.files.open_named)
        control.changed.connect(self.refresh_actions)
        desk.runs_changed.connect(self._on_runs_changed)
        desk.selection_changed.connect(self._on_selection)
        desk.cursor_changed.connect(self._on_cursor)
        desk.remedy_requested.connect(control.beside)
        desk.start_requested.connect(self._on_start_point)
        desk.document.changed.connect(self._on_document)
        desk.document.opened.connect(self._on_opened)
        desk.document.undo_stack.indexChanged.connect(self._on_undo_stack)
        desk.document.undo_stack.cleanChanged.connect(self._on_undo_stack)
        self.views.current_changed.connect(self._on_view_changed)
        self.files.listed.connect(self._on_listed)
        self.runs.export_requested.connect(self.files.export_keys)
        self.runs.rate_requested.connect(control.ask_rate)
        self.experiment.colour_requested.connect(self.table.recolour_trial)
        self.status.plugins_requested.connect(self.helpdesk.show_plugins)

    # what commands and tests call

    def refresh_actions(self) -> None:
        """Enable what can work now."""
        refresh(self.actions_)
        pause = self.actions_["pause"]
        pause.setText(tr("Resume") if self.control.paused else tr("Pause"))
        run = self.actions_["run"]
        run.setToolTip(self.control.trouble or tr("Run the experiment from its start (F5)"))

    def say(self, sentence: str, level: str = "error", details: str = "") -> None:
        """Show a message."""
        self.messages.show_message(sentence, level, details)

    def restyle(self) -> None:
        """Take the theme that is in force everywhere."""
        dress(self.actions_)
        self.actions_["run"].setIcon(icon("run", self.desk.theme, "on_accent"))
        self.experiment.show_chips()
        self.views.restyle()
        self.table.refresh()

    def show_full_screen(self, on: bool) -> None:
        """Fill the screen, or not."""
        self.setWindowState(Qt.WindowState.WindowFullScreen if on else Qt.WindowState.WindowNoState)

    def take(self, dropped: Sequence[Path]) -> None:
        """Open an experiment, or take in a plugin; anything else is refused with a sentence."""
        file = dropped[0]
        if len(dropped) > 1 or file.is_dir():
            self.say(tr("Drop one file at a time: an experiment (.toml) or a plugin (.py)."))
        elif file.suffix.lower() == ".toml":
            self.files.open_file(file, str(file))
        elif file.suffix.lower() == ".py":
            self.authoring.take_in(file)
        else:
            self.say(tr("{name}: expected an experiment (.toml) or a plugin (.py)", name=file.name))

    # slots

    def _on_frame(self) -> None:
        self.scrubber.set_range(self.desk.newest, self.desk.horizon)
        self.views.refresh()

    def _on_facts(self) -> None:
        self.table.refresh()
        self.status.show_run(self.desk, self.player, self.control.rate)

    def _on_settled(self) -> None:
        self._on_frame()
        self._on_facts()
        self.refresh_actions()

    def _on_runs_changed(self) -> None:
        self.scrubber.set_range(self.desk.newest, self.desk.horizon)
        self.scrubber.set_follow(self.desk.cursor is None)
        self.experiment.show_chips()
        self.views.reset()
        self.table.refresh()
        self.refresh_actions()

    def _on_scrubbed(self, step: int) -> None:
        self.desk.set_cursor(None if self.scrubber.follow else step)

    def _on_selection(self) -> None:
        if self.desk.selected is not None:
            self.runs.select(str(self.desk.selected.key))
        self.views.refresh()

    def _on_cursor(self) -> None:
        if self.desk.cursor is None:
            self.scrubber.set_follow(True)
        self.views.refresh()
        self.table.refresh()

    def _on_start_point(self, point: tuple[float, ...]) -> None:
        problem = self.desk.document.part("problem")
        if "at" in problem.fields():
            self.desk.document.set_all_starts(point)

    def _on_document(self) -> None:
        e = self.desk.document.experiment
        self.pace.set_play(None if math.isinf(e.play) else e.play, e.steps)
        self.control.set_rate(self.pace.rate)

    def _on_undo_stack(self) -> None:
        self.refresh_actions()
        self._title()

    def _on_opened(self) -> None:
        self.desk.session.clear()
        self.desk.set_cursor(None)
        self.desk.runs_changed.emit()
        self.picker.set_current(self.desk.document.name)
        panels = self.desk.document.experiment.panels
        if panels and self.views.views:
            self.views.show_view(panels[0])
        if self.settings.lessons and self.desk.document.experiment.lesson is not None:
            self.tutor.begin()
        else:
            self.tutor.end()

    def _on_view_changed(self) -> None:
        """The tools of the view in front stand beside the step slider; those of one dragged out go with it."""
        for view in self.views.views:
            if view.panel is not None:
                docked, inside = not view.isFloating(), view.panel.layout()
                (self.below if docked or inside is None else inside).addWidget(view.panel.tools)
                in_front = view is self.views.current and not self.desk.projected
                view.panel.tools.setVisible(not docked or in_front)
        self.refresh_actions()

    def _on_listed(self, items: list[tuple[str, str, str]]) -> None:
        self.picker.set_items(items)
        self.picker.set_current(self.desk.document.name)

    def _title(self) -> None:
        e, stack = self.desk.document.experiment, self.desk.document.undo_stack
        self.setWindowTitle(f"{tr(e.title) or self.desk.document.name}[*] — OptLab")
        self.setWindowModified(not stack.isClean())

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        with self.desk.session.turn:
            return super().event(event)

    @guard()
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.oldSize().height() >= ROOMY) != (event.size().height() >= ROOMY):
            self.experiment.fold_for(event.size().height())

    @guard()
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    @guard()
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        dropped = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        QTimer.singleShot(0, self, lambda: self.take(dropped))  # or where it comes from waits for an answer too

    @guard()
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave():
            event.ignore()
            return
        self.player.stop()
        self.stage.clear()  # what is put away comes back before its place is remembered
        self.keeper.stop()
        self.desk.session.stop(1.2)  # a worker process has a second to obey
        self.desk.host.workers.close()
        self.places.remember(self.settings)
        self.settings.smoothing = self.desk.smoothing
        self.closing.emit()
        event.accept()
