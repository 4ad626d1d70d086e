"""Views are tried in a process of its own, with Qt off-screen: the kit itself knows no window."""

import json
import os
import subprocess
import sys
from pathlib import Path

from optlab.i18n import language, tr
from optlab.kit.finding import Finding, wrong

LIMIT = 120.0
"""Seconds for all views of a file."""
TRIAL = "optlab.gui.panel_kit"


def check_views(path: Path) -> tuple[list[str], list[tuple[str, Finding]]]:
    """The views of a plugin file, and what was found of each."""
    command = [sys.executable, "-m", TRIAL, str(path), language()]
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return [], [("", wrong("ends", tr("the views were not tried out within {n:g} s", n=LIMIT)))]
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or [""])[-1][:300]
        text = tr("the views ended their process (code {code}): {last}", code=done.returncode, last=last)
        return [], [("", wrong("ends", text))]
    found = json.loads(lines[-1])
    return found["components"], [(component, Finding(*finding)) for component, finding in found["findings"]]
