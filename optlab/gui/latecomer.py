"""The experiment that a start wants and that needs a plugin which is still tried out: it opens when it can."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from optlab.engine.experiment_file import load_experiment
from optlab.fields import FieldError
from optlab.i18n import tr
from optlab.store.library import find_experiment

if TYPE_CHECKING:
    from optlab.gui.window import Window


class Latecomer(QObject):
    """Opens `name` in the place of another experiment, unless the user has begun to work with that one."""

    def __init__(self, window: "Window", name: str) -> None:
        super().__init__(window)
        self._window, self._name = window, name
        self._shown = window.desk.document.name
        window.keeper.settled.connect(self._on_settled)
        window.say(tr("{name} opens as soon as its plugin has been tried out.", name=name), "info")

    def _on_settled(self) -> None:
        window, host = self._window, self._window.desk.host
        try:
            load_experiment(find_experiment(self._name, host), host.catalogue)
        except (FieldError, OSError) as error:
            if not host.waiting:
                window.say(str(error), "warning")
                self._leave()
            return
        if self._untouched():
            window.files.open_named(self._name)
        elif window.desk.document.name == self._shown:
            action = (tr("Open"), lambda: window.files.open_named(self._name))
            window.messages.show_message(tr("{name} can be opened now.", name=self._name), "info", actions=[action])
        self._leave()

    def _untouched(self) -> bool:
        """Runs that a lesson has put at their start do not count."""
        desk = self._window.desk
        begun = any(entry.run.step for entry in desk.entries) or not desk.document.undo_stack.isClean()
        return desk.document.name == self._shown and not begun

    def _leave(self) -> None:
        self._window.keeper.settled.disconnect(self._on_settled)
        self.deleteLater()
