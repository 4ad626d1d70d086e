"""What the plugins dialog does: allow a plugin after showing what it is, switch it on and off, open its folder."""

import difflib
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from optlab.gui.check_dialog import show_check
from optlab.host import Host, PluginRecord, trust
from optlab.host.pins import Pin, imports, pin
from optlab.i18n import tr


class PluginActions(QObject):
    """Asks, decides and loads; `done` says that records have changed, `failed` why nothing was done."""

    done = Signal()
    failed = Signal(str)

    def __init__(self, host: Host, parent: QWidget) -> None:
        super().__init__(parent)
        self._host, self._window = host, parent

    def allow(self, record: PluginRecord) -> None:
        """Show what a plugin is, and let it run where the user says so."""
        try:
            pinned = pin(record.source)
            box = question(record, pinned, self._window)
            answer = box.exec()
            box.deleteLater()
            if answer == QMessageBox.StandardButton.Ok:
                self._host.allow(record.source, panels=True, wait=False)
        except (OSError, ValueError) as error:
            self.failed.emit(str(error))
        self.done.emit()

    def switch(self, record: PluginRecord) -> None:
        """Switch a plugin off, or on again, for later starts too."""
        try:
            self._host.switch(record, record.state == "off", panels=True, wait=False)
        except OSError as error:
            self.failed.emit(str(error))
        self.done.emit()

    def retry(self, record: PluginRecord) -> None:
        """Try a plugin out again that was broken."""
        try:
            self._host.retry(record, panels=True, wait=False)
        except (OSError, ValueError) as error:
            self.failed.emit(str(error))
        self.done.emit()

    def check(self, record: PluginRecord) -> None:
        """Let the conformance kit try a plugin's file, beside the window."""
        show_check(Path(record.path), self._window)

    def run_inside(self, record: PluginRecord, on: bool) -> None:
        """Let a plugin's runs stay in the window's process, or not."""
        try:
            self._host.keep_inside(record, on)
        except OSError as error:
            self.failed.emit(str(error))
        self.done.emit()

    def open_folder(self, record: PluginRecord) -> None:
        """Show the folder that the plugin is in."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(record.path).parent)))


def question(record: PluginRecord, pinned: Pin, parent: QWidget) -> QMessageBox:
    """What a plugin is, as it is asked before it may run; the answer by default is no."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Allow a plugin"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    changed = record.state == "changed"
    box.setText(
        tr("Allow {name} as it is now?", name=record.name) if changed else tr("Allow {name}?", name=record.name)
    )
    modules = imports(pinned.content)
    facts = [
        tr("This code will run with your rights: it can read and delete your files."), "", record.source.key,
        f"{tr('size')}: {tr('{n} bytes', n=pinned.size)}",
        f"{tr('imports')}: {', '.join(modules) if modules is not None else tr('cannot be told')}",
        f"SHA-256: {pinned.sha256}",
    ]  # fmt: skip
    box.setInformativeText("\n".join(facts))
    box.setStandardButtons(QMessageBox.StandardButton.Ok | QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.button(QMessageBox.StandardButton.Ok).setText(tr("Allow"))
    box.button(QMessageBox.StandardButton.Cancel).setText(tr("Cancel"))
    box.setDetailedText(difference(record, pinned) if changed else pinned.content.decode("utf-8", "replace"))
    return box


def difference(record: PluginRecord, pinned: Pin) -> str:
    """What has changed since the plugin was allowed, line by line."""
    copy = trust.approved(trust.load()[0].allowed.get(record.source.key, ""))
    try:
        before = copy.read_text("utf-8", "replace").splitlines()
    except OSError:
        return tr("the copy of what you allowed is gone")
    now = pinned.content.decode("utf-8", "replace").splitlines()
    return "\n".join(difflib.unified_diff(before, now, tr("allowed"), tr("now"), lineterm=""))
