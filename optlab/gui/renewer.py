"""The renewer: the experiment, the runs and what is said of plugins follow when some were reloaded."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from optlab.engine import remedies
from optlab.engine.checkup import can_be_seen
from optlab.engine.renewal import Renewal
from optlab.gui.layer_series import measurable
from optlab.gui.message_bar import Action
from optlab.host import PluginRecord, reloads, trust
from optlab.host.parcel import classes
from optlab.i18n import tr

if TYPE_CHECKING:
    from optlab.gui.window import Window


class Renewer(QObject):
    """`renew` comes before forms and views are filled anew, and `tell` after it."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._host = window, window.desk.host
        self._complaints = {record.source.key: record.complaint for record in self._host.records if record.complaint}
        self._known = {record.source.key for record in self._host.records}
        self._reloads: dict[str, int] = {}
        self._said: dict[str, str] = {}
        """What was said last of each plugin that was reloaded."""

    def renew(self) -> None:
        """Rebuild the experiment from its values with the classes in force, and mark the runs of others."""
        document, host = self._window.desk.document, self._host
        renewal = Renewal(host.catalogue, partial(reloads.successor, host))
        if renewal.experiment(document.experiment) is not document.experiment:
            self._window.experiment.commit()  # what is being typed goes with its form
            renewal.said.clear()
            renewal.experiment(document.experiment)
            document.renew(Renewal(host.catalogue, renewal.successor).experiment)
            for words in renewal.said:
                self._window.say(words, "warning")
        else:
            document.renew(renewal.experiment)  # its undos
        for entry in self._window.desk.entries:
            entry.outdated = reloads.outdated(host, entry.run.trial)
        for forget in (remedies.forget, can_be_seen.cache_clear, measurable.cache_clear):
            forget()

    def tell(self) -> None:
        """Take back what is mended, and say what is broken, asks, was reloaded or is gone."""
        now = {record.source.key: record for record in self._host.records if record.outside}
        for key, words in list(self._complaints.items()):
            if key not in now or now[key].complaint != words:
                self._window.messages.withdraw(words)
                del self._complaints[key]
        for key, record in now.items():
            if record.complaint and key not in self._complaints:
                self._complaints[key] = record.complaint
                self._withdraw(key)
                self._window.messages.show_message(record.complaint, "warning", record.traceback, self._ways(record))
            if key not in self._known and record.state == "on":
                self._known.add(key)
                self._window.authoring.welcome(record)
            if record.reloads > self._reloads.get(key, 0) and record.state == "on":
                self._reloads[key] = record.reloads
                self._offer(record)
        self._window.table.refresh()

    def _ways(self, record: PluginRecord) -> tuple[Action, ...]:
        """What can be done about a plugin that asks."""
        actions = self._window.helpdesk.actions
        if record.state not in ("refused", "changed"):
            return ()
        if record.origin != "--plugin":
            return ((tr("Allow…"), partial(actions.allow, record)),)
        reload: Action = (tr("Reload"), partial(actions.retry, record))
        return (reload, (tr("Reload whatever is saved in its folder"), partial(self._develop, record)))

    def _develop(self, record: PluginRecord) -> None:
        """From now on the files of its folder are reloaded by themselves."""
        assert record.source.path is not None
        try:
            self._host.trust = trust.develop(record.source.path.parent)
        except OSError as error:
            self._window.say(str(error))
        self._window.helpdesk.actions.retry(record)

    def _offer(self, record: PluginRecord) -> None:
        """Say that a plugin was reloaded, and run the experiment again where it uses it, or offer to."""
        words = tr("{name} was reloaded.", name=Path(record.path).name)
        used = classes(self._window.desk.document.experiment.trials)
        self._withdraw(record.source.key)
        left = [cls.name for cls in used if self._left(cls, record)]
        if left:
            words += " " + tr("It has no {names} any more: the experiment keeps the last one.", names=", ".join(left))
        ways: tuple[Action, ...] = ()
        if any(cls in used for cls in record.classes):
            if self._window.settings.rerun:
                self._window.control.run()
            else:
                ways = ((tr("Run again"), self._window.control.run),)
        self._said[record.source.key] = words
        self._window.messages.show_message(words, "warning" if left else "info", actions=ways)

    def _left(self, cls: type, record: PluginRecord) -> bool:
        """Whether a class is of an earlier version of the plugin, and has no successor."""
        home = self._host.homes.get(cls)
        return home is not None and home.source.key == record.source.key and cls not in record.classes

    def _withdraw(self, key: str) -> None:
        """Take back what was said of an earlier reload of a plugin."""
        if key in self._said:
            self._window.messages.withdraw(self._said.pop(key))
