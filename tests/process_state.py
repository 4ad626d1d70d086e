"""What a plugin could have changed in the process, so that tests can compare before and after."""

import builtins
import gc
import locale
import os
import random
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def process_state() -> dict[str, Any]:
    """What a plugin could have changed."""
    return {
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "finders": list(sys.meta_path),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.stdout, sys.stderr),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), gc.isenabled()),
        "signals": (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)),
        "numpy": np.geterr(),
        "random": (random.getstate(), np.random.get_state()[1].tolist(), locale.setlocale(locale.LC_ALL)),
        "warnings": list(warnings.filters),
        "builtins": {name: value for name, value in vars(builtins).items() if name != "_"},
        "modules": {n: m for n, m in sys.modules.items() if n.startswith(("numpy", "optlab.", "os", "json"))},
    }
