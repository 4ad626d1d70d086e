"""The guard of overridden Qt virtuals: what they raise is reported, and Qt gets a default instead of an exception."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from optlab.gui import errors

P = ParamSpec("P")
T = TypeVar("T")


def guard(default: Any = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorate a virtual that Qt calls (`paintEvent`, `data`, `eventFilter`): an exception in it becomes a report.

    An exception that leaves a virtual ends in the caller of an unrelated function, or in the middle of a paint, and can
    end the process. Slots need no guard: theirs reach `sys.excepthook`.
    """

    def decorate(virtual: Callable[P, T]) -> Callable[P, T]:
        @wraps(virtual)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return virtual(*args, **kwargs)
            except (Exception, SystemExit):  # a plugin may leave: the window would go without a word
                errors.report(*sys.exc_info())
                return default  # type: ignore[no-any-return]

        return guarded

    return decorate
