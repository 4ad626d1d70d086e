"""A plugin file that is dropped on the window: what it is, whether it may be copied, and under which name."""

import hashlib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from optlab.atomic import write_atomic
from optlab.gui.plugin_actions import question
from optlab.host import PluginRecord
from optlab.host.finder import Source
from optlab.host.loader import read_plugin
from optlab.host.pins import Pin
from optlab.i18n import tr

MOST = 100
"""Files of one name."""


def copied(file: Path, folder: Path, parent: QWidget) -> tuple[Source, Pin] | None:
    """Show what a file is, and copy it into `folder` where the user says so; None where not.

    Raises `OSError` or `ValueError` where it cannot be read or copied. Nothing of it runs.
    """
    if file.name.startswith(("_", ".")):  # which the finder passes over
        raise ValueError(tr("{name}: the name of a plugin begins with a letter; rename the file", name=file.name))
    content = read_plugin(file)
    target = _target(folder / f"{file.stem}.py", content, parent)
    if target is None:
        return None
    source, pinned = Source(target.stem, "yours", target), Pin(hashlib.sha256(content).hexdigest(), content)
    box = question(PluginRecord.of(source), pinned, parent)
    box.setText(tr("Copy {name} into your plugins, and allow it?", name=file.name))
    answer = box.exec()
    box.deleteLater()
    if answer != QMessageBox.StandardButton.Ok:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(target, content)
    return source, pinned


def _target(wished: Path, content: bytes, parent: QWidget) -> Path | None:
    """Where the copy goes: not in the place of another file unless the user says so; None where nowhere."""
    if not wished.exists() or wished.read_bytes() == content:
        return wished
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Plugins"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("You have another plugin called {name}.", name=wished.name))
    replace = box.addButton(tr("Replace it"), QMessageBox.ButtonRole.DestructiveRole)
    both = box.addButton(tr("Keep both"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(both)
    box.exec()
    pressed = box.clickedButton()
    box.deleteLater()
    if pressed is replace:
        return wished
    others = (wished.with_stem(f"{wished.stem}_{number}") for number in range(2, MOST))
    return next((other for other in others if not other.exists()), None) if pressed is both else None
