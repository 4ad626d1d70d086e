"""What every process apart from the lab begins with: a channel of its own, an end with the lab, less of everything."""

import contextlib
import ctypes
import faulthandler
import os
import sys
from typing import BinaryIO


def open_channel(parent: int) -> tuple[BinaryIO, BinaryIO]:
    """What comes from the lab, and what goes there; what plugins read or print is neither.

    On Linux the kernel ends this process with the thread that started it, whatever goes on here.
    """
    inward, outward = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    faulthandler.enable()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
        if os.getppid() != parent:
            os._exit(0)
    return inward, outward


def limit(memory: int) -> None:
    """No more memory than that, no core file, and less of the processor than the window gets."""
    if sys.platform == "win32":
        return
    import resource

    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    for what, size in ((resource.RLIMIT_AS, min(memory, half)), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (size, size))
    os.nice(5)
