"""A process of the window's own that runs an `optlab` command, with the modules that the window finds."""

import sys

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from optlab.engine.child import environment


def own_process(*arguments: str, parent: QObject | None = None) -> QProcess:
    """`optlab` with these arguments, ready to be started."""
    process = QProcess(parent)
    surroundings = QProcessEnvironment()
    for name, value in environment().items():
        surroundings.insert(name, value)
    process.setProcessEnvironment(surroundings)
    process.setProgram(sys.executable)
    process.setArguments(["-P", "-m", "optlab", *arguments])
    return process
