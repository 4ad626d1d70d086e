"""The author's commands: a new plugin, its check, the folder; and plugins that are dropped on the window."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from optlab.atomic import ExportError
from optlab.engine.catalogue import KINDS
from optlab.fields import FieldError
from optlab.gui.check_dialog import show_check
from optlab.gui.dropped_plugin import copied
from optlab.gui.message_bar import Action
from optlab.gui.new_plugin_dialog import NewPluginDialog
from optlab.host import PluginRecord, trust
from optlab.host.finder import Source
from optlab.i18n import tr
from optlab.paths import user_folder
from optlab.store.template import KINDS as NEW
from optlab.store.template import adopt, new_plugin, save_plugin
from optlab.store.text_editor import edit_in_window

if TYPE_CHECKING:
    from optlab.gui.window import Window


class Authoring(QObject):
    """Writes, checks and takes in plugin files of the user's own."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self._awaited: set[str] = set()
        window.keeper.settled.connect(self._on_settled)

    def new(self, kind: str = NEW[0]) -> None:
        """Ask for a kind and a name, write the file, and have it in the window at once."""
        dialog = NewPluginDialog(kind, self._window)
        if dialog.exec():
            self.write(dialog.kind, dialog.name, dialog.edit)
        dialog.deleteLater()

    def write(self, kind: str, words: str, edit: bool) -> None:
        """Write a new plugin, allow it, load it, and open it in the text editor."""
        path = self._adopted(lambda: new_plugin(kind, words))
        if path is not None and edit and (sentence := edit_in_window(path)):
            self._window.say(sentence, "warning")

    def keep(self, name: str, text: str, develop: bool = True) -> None:
        """Write a plugin whose text is there already, and load it; `develop` marks the folder as its author's."""
        self._adopted(lambda: save_plugin(name, text), develop)

    def _adopted(self, write: Callable[[], Path], develop: bool = True) -> Path | None:
        """Write a plugin file, allow it, and have it in the window; None and a sentence where that cannot be."""
        try:
            path = write()
            source = adopt(path, develop)
        except (FieldError, OSError) as error:
            self._window.say(str(error))
            return None
        self._window.desk.host.trust, _ = trust.load()
        self._admit(source)
        return path

    def check(self) -> None:
        """Ask for a plugin file, and show what the conformance kit finds in it."""
        folder = user_folder("plugins")
        start = str(folder if folder.is_dir() else Path.home())
        file, _ = QFileDialog.getOpenFileName(self._window, tr("Check a plugin"), start, tr("Plugins (*.py)"))
        if file:
            show_check(Path(file), self._window)

    def open_folder(self) -> None:
        """Show the folder in which the user's plugins are; it is made where there is none."""
        folder = user_folder("plugins")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._window.say(tr("{path}: cannot be made: {error}", path=folder, error=error.strerror or error))
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def take_in(self, file: Path) -> None:
        """Ask about a plugin file from elsewhere, and copy it into the user's folder; nothing of it runs before."""
        host = self._window.desk.host
        try:
            taken = copied(file, user_folder("plugins"), self._window)
            if taken is None:
                return
            source, pinned = taken
            host.trust = trust.allow(source, pinned)
        except (OSError, ValueError) as error:
            words = str(error) if isinstance(error, ExportError | ValueError) else error.strerror or str(error)
            self._window.say(words if file.name in words else f"{file.name}: {words}")
            return
        self._admit(source)

    def _admit(self, source: Source) -> None:
        """Have a plugin in the window as soon as it has been tried out."""
        record = self._window.desk.host.admit(source, panels=True, wait=False)
        if record.state == "waiting":
            self._awaited.add(source.key)
        else:
            self._tell(record)
        self._window.keeper.changed.emit()

    def _on_settled(self, records: list[PluginRecord]) -> None:
        for record in records:
            if record.source.key in self._awaited:
                self._awaited.remove(record.source.key)
                self._tell(record)

    def welcome(self, record: PluginRecord) -> None:
        """Say that a plugin is there whose file is new, unless it is said anyway."""
        if record.source.key not in self._awaited:
            self._tell(record)

    def _tell(self, record: PluginRecord) -> None:
        """Say how a plugin that has just come did, and offer to use it."""
        window = self._window
        if record.state != "on":
            return  # the renewer says why
        words = tr("{name} is loaded from {path}", name=record.name, path=record.path)
        window.messages.show_message(words, "info", actions=self._offers(record))

    def _offers(self, record: PluginRecord) -> list[Action]:
        kind, _, name = record.adds[0].partition(" ") if record.adds else ("", "", "")
        if kind in KINDS:
            return [(tr("Use it in this experiment"), partial(self._window.experiment.choose, kind, name))]
        if kind == "panel":
            return [(tr("Show it"), partial(self._window.views.show_view, name))]
        return []
