"""The command `optlab`: opens the window at once, and loads what a sub-command needs only for that."""

from optlab.cli.entry import main

__all__ = ["main"]
