"""Keeps an exception inside a Qt event override from taking the whole program down."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def guarded(override: Callable[P, None]) -> Callable[P, None]:
    """Hand an exception of an event override (`mousePressEvent`, `paint`, ...) to `sys.excepthook`.

    On Python 3.11 an exception that leaves such an override through Qt can end the process.
    """

    @functools.wraps(override)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            override(*args, **kwargs)
        except Exception:
            sys.excepthook(*sys.exc_info())

    return wrapped
